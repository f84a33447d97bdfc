//! TMF documents, one engine for all of them: the registry of `hypo-tmf` says what a resource is, [`hooks`] what a
//! kind does beside being stored. Clusters and domains (TMF639), packages (TMF633) and tenants (TMF632) have rows of
//! their own; their documents are written with the rows and are read only here.

mod change;
mod children;
mod create;
mod document;
mod hooks;
pub(crate) mod key;
mod permission;
mod references;
mod rejected;
mod remove;

use hypo_shared::ErrorCode;
use hypo_store::{
    Slice,
    documents::{self, Document, ListQuery},
};
use hypo_tmf::{
    Query, Resource,
    query::{Compare, Filter, Operator},
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    App, Ctx, Error, Result,
    permit::{Permit, may},
};

pub use change::{Change, change};
pub use children::{child, children};
pub use create::create;
pub use document::parse;
pub use permission::{action, permit};
pub use remove::remove;

use document::shown;

/// Documents that are looked through at most when a filter cannot be put into the store's words.
const CANDIDATES: u64 = 10_000;

/// A page of documents.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    pub documents: Vec<Shown>,
    pub total: u64,
}

/// A document and its revision.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    pub id: Uuid,
    pub rev: i64,
    pub document: Value,
}

/// Documents of a resource that the caller may see, oldest first.
///
/// # Errors
/// `HYP-6007` when a filter has more than 10,000 candidates.
pub async fn list(app: &App, ctx: &Ctx, _: Permit<may::Read>, resource: &Resource, query: &Query) -> Result<Found> {
    let (offset, limit) = query.window();
    if let Some(filters) = plain(query) {
        let wanted = ListQuery { filters, slice: Slice { offset, limit }, ..ListQuery::of(resource.kind) };
        let page = documents::list(app.store().read(), ctx.reach(), &wanted).await?;
        return Ok(Found { documents: page.items.into_iter().map(shown).collect(), total: page.total });
    }
    Ok(cut(query, candidates(app, ctx, resource.kind).await?))
}

/// One document.
///
/// # Errors
/// Those of the store.
pub async fn find(app: &App, ctx: &Ctx, _: Permit<may::Read>, resource: &Resource, id: Uuid) -> Result<Option<Shown>> {
    let found = documents::find(app.store().read(), ctx.reach(), resource.kind, id).await?;
    Ok(found.map(shown))
}

/// A document the caller may change: seeing it is not enough.
async fn own(app: &App, ctx: &Ctx, resource: &Resource, id: Uuid) -> Result<Document> {
    let found = documents::find(app.store().read(), ctx.reach(), resource.kind, id).await?;
    let missing = || Error::new(ErrorCode::NotFound, format!("There is no {} {id}.", resource.collection));
    let found = found.ok_or_else(missing)?;
    if ctx.reach().covers(found.tenant) {
        return Ok(found);
    }
    Err(Error::new(ErrorCode::Forbidden, "Another tenant owns this document."))
}

/// The filters as the store compares them, or `None` when it has to be looked at each document.
fn plain(query: &Query) -> Option<Vec<(String, Value)>> {
    let Filter::And(all) = &query.filter else { return None };
    let each = all.iter().map(|filter| match filter {
        Filter::Compare(Compare { path, operator: Operator::Eq, any_of }) => match any_of.as_slice() {
            [one] if one.number().is_none() && one.boolean().is_none() && one.instant().is_none() => {
                Some((path.to_string(), json!(one.text())))
            }
            _ => None,
        },
        _ => None,
    });
    each.collect::<Option<_>>().filter(|_| query.sort.is_empty())
}

async fn candidates(app: &App, ctx: &Ctx, kind: &str) -> Result<Vec<Shown>> {
    let mut found = Vec::new();
    loop {
        let wanted =
            ListQuery { slice: Slice { offset: found.len() as u64, limit: Slice::MAX }, ..ListQuery::of(kind) };
        let page = documents::list(app.store().read(), ctx.reach(), &wanted).await?;
        if page.total > CANDIDATES {
            return Err(Error::new(
                ErrorCode::QueryTooComplex,
                "The filter has too many candidates. Filter by a text first.",
            ));
        }
        let last = page.items.is_empty();
        found.extend(page.items.into_iter().map(shown));
        if last || found.len() as u64 >= page.total {
            return Ok(found);
        }
    }
}

fn cut(query: &Query, all: Vec<Shown>) -> Found {
    let (documents, total) = query.apply(all, |shown| &shown.document, |shown| shown.id);
    Found { documents, total }
}
