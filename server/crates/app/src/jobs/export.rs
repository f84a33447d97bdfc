//! Writing a catalogue, or what a query finds of it, to a file.

use hypo_model::ports::files;
use hypo_store::{
    Slice,
    documents::{self, Document, ListQuery},
};
use hypo_tmf::{Query, Resource, shape};
use serde_json::Value;

use super::{Failure, address, collections, content::Format, moved, refused};
use crate::App;

/// Elements of one file.
const MOST: usize = 20_000;

/// Writes what the job's owner may read.
pub(super) async fn run(app: &App, resource: &'static Resource, job: &Document) -> Result<(), Failure> {
    let format = Format::of(&job.doc["contentType"]).map_err(refused)?;
    let query = job.doc["query"].as_str().unwrap_or_default();
    let query = Query::parse(query.trim_start_matches('?')).map_err(|problem| refused(problem.reason))?;
    let mut elements = Vec::new();
    for source in collections(resource, &job.doc["path"])? {
        read(app, source, job, &query, &mut elements).await?;
    }
    let text = format.write(&elements);
    if text.len() > files::LIMIT {
        return Err(Failure::Refused(format!(
            "the file would be larger than {} bytes; narrow it by query",
            files::LIMIT
        )));
    }
    app.files().write(address(job)?, format.media_type(), text.into_bytes()).await.map_err(refused)?;
    let done = moved(app, job, "Succeeded");
    hypo_store::write!(app.store(), |tx| documents::update(tx, &done).await)?;
    Ok(())
}

async fn read(
    app: &App,
    source: &Resource,
    job: &Document,
    query: &Query,
    elements: &mut Vec<Value>,
) -> Result<(), Failure> {
    let (first, most) = (query.offset.unwrap_or(0), query.limit.unwrap_or(u64::MAX));
    let mut seen = 0;
    while seen < most {
        let page = ListQuery {
            filter: query.filter.clone(),
            order: query.sort.clone(),
            slice: Slice { offset: first + seen, limit: Slice::MAX.min(most - seen) },
            ..ListQuery::of(source.kind)
        };
        let page = documents::list(app.store().read(), job.tenant, &page).await?;
        let count = page.items.len() as u64;
        let outward = |document: Document| shape::outward(source, &document.id.to_string(), document.doc);
        elements.extend(page.items.into_iter().map(outward).map(|element| query.fields.select(element)));
        if elements.len() > MOST {
            return Err(Failure::Refused(format!("there are more than {MOST} elements; narrow them by query")));
        }
        seen += count;
        if count == 0 || first + seen >= page.total {
            break;
        }
    }
    Ok(())
}
