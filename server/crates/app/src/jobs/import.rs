//! Reading a catalogue from a file: all of its elements become documents of the job's owner, or none does.

use std::collections::HashMap;

use hypo_store::documents::{self, Document};
use hypo_tmf::{Resource, shape, validate};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    Failure, address, collections,
    content::{self, Format},
    moved, refused,
};
use crate::{
    App, Ctx,
    access::audit,
    new_id,
    tmf::{numbered, subject},
};

/// Elements of one file: they are written in one transaction.
const MOST: usize = 1000;
/// Findings that are told.
const TOLD: usize = 20;

/// Reads the file and writes its elements and the end of the job.
pub(super) async fn run(app: &App, resource: &'static Resource, job: &Document) -> Result<(), Failure> {
    let format = Format::of(&job.doc["contentType"]).map_err(refused)?;
    let targets = collections(resource, &job.doc["path"])?;
    let file = app.files().read(address(job)?).await.map_err(refused)?;
    let elements = format.read(&file).map_err(refused)?;
    if elements.len() > MOST {
        return Err(Failure::Refused(format!("the file has {} elements; {MOST} are imported at once", elements.len())));
    }
    let ctx = Ctx::system("jobs", job.tenant);
    let rows = rows(app, &ctx, &targets, elements)?;
    let done = moved(app, job, "Succeeded");
    hypo_store::write!(app.store(), |tx| {
        for row in &rows {
            documents::create(tx, row).await?;
        }
        let detail = json!({"documents": rows.len()});
        audit::done(tx, app, &ctx, "importCatalogue", subject(resource, job.id), detail);
        documents::update(tx, &done).await
    })?;
    Ok(())
}

/// The elements as new documents. Those that refer to each other do so by their new ids.
fn rows(app: &App, ctx: &Ctx, targets: &[&'static Resource], elements: Vec<Value>) -> Result<Vec<Document>, Failure> {
    let (mut wrong, mut known, mut ids) = (Vec::new(), Vec::new(), HashMap::new());
    for (position, element) in elements.into_iter().enumerate() {
        let number = position + 1;
        let Some(target) = content::collection(targets, &element) else {
            wrong.push(format!("element {number}: neither its href nor its @type tells what it is"));
            continue;
        };
        if let Err(problem) = validate::create(target, &element) {
            wrong.push(format!("element {number}: {}", problem.reason));
        }
        let id: Uuid = new_id();
        if let Some(old) = element["id"].as_str()
            && ids.insert(old.to_owned(), id).is_some()
        {
            wrong.push(format!("element {number}: the id {old:?} is there twice"));
        }
        known.push((target, id, element));
    }
    if !wrong.is_empty() {
        let more = wrong.len().saturating_sub(TOLD);
        wrong.truncate(TOLD);
        if more > 0 {
            wrong.push(format!("and {more} more"));
        }
        return Err(Failure::Refused(wrong.join("\n")));
    }
    let now = app.now();
    let row = |(target, id, element): (&'static Resource, Uuid, Value)| {
        let mut doc = shape::inward(target, element);
        content::refer(&mut doc, &ids);
        numbered(ctx, target, id, doc, now)
    };
    Ok(known.into_iter().map(row).collect())
}
