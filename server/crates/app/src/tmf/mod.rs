//! TMF documents for the REST face: the same records the other functions speak of, as TM Forum spells them.
//!
//! Orders and services are stored as documents. Clusters (TMF639), packages (TMF633) and tenants (TMF632) have rows of
//! their own and are shown as documents.

mod order;
mod view;

use hypo_shared::ErrorCode;
use hypo_store::{
    Slice,
    documents::{self, Document, ListQuery, kind},
};
use hypo_tmf::{Query, Resource};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    App, Ctx, Error, Result,
    permit::{Permit, may},
};

pub use order::create_order;

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
    if let Some(kind) = stored(resource) {
        if let Some(filters) = plain(query) {
            let wanted = ListQuery { filters, slice: Slice { offset, limit }, ..ListQuery::of(kind) };
            let page = documents::list(app.store().read(), ctx.reach(), &wanted).await?;
            return Ok(Found { documents: page.items.into_iter().map(shown).collect(), total: page.total });
        }
        return Ok(cut(matching(app, ctx, kind, query).await?, offset, limit));
    }
    let all = view::all(app, ctx, resource).await?;
    Ok(cut(all.into_iter().filter(|shown| query.matches(&shown.document)).collect(), offset, limit))
}

/// One document.
///
/// # Errors
/// Those of the store.
pub async fn find(app: &App, ctx: &Ctx, _: Permit<may::Read>, resource: &Resource, id: Uuid) -> Result<Option<Shown>> {
    if let Some(kind) = stored(resource) {
        let found = documents::find(app.store().read(), ctx.reach(), kind, id).await?;
        return Ok(found.map(shown));
    }
    Ok(view::all(app, ctx, resource).await?.into_iter().find(|shown| shown.id == id))
}

fn stored(resource: &Resource) -> Option<&'static str> {
    match resource.collection {
        "serviceOrder" => Some(kind::SERVICE_ORDER),
        "service" => Some(kind::SERVICE),
        _ => None,
    }
}

fn shown(document: Document) -> Shown {
    Shown { id: document.id, rev: document.rev, document: document.doc }
}

/// The filters as the store compares them, or `None` when one has alternatives or may mean a number or a boolean.
fn plain(query: &Query) -> Option<Vec<(String, Value)>> {
    query
        .filters
        .iter()
        .map(|filter| match filter.any_of.as_slice() {
            [one] if one.parse::<f64>().is_err() && one != "true" && one != "false" => {
                Some((filter.path.clone(), json!(one)))
            }
            _ => None,
        })
        .collect()
}

async fn matching(app: &App, ctx: &Ctx, kind: &str, query: &Query) -> Result<Vec<Shown>> {
    let mut found = Vec::new();
    let mut offset = 0;
    loop {
        let wanted = ListQuery { slice: Slice { offset, limit: Slice::MAX }, ..ListQuery::of(kind) };
        let page = documents::list(app.store().read(), ctx.reach(), &wanted).await?;
        if page.total > CANDIDATES {
            return Err(Error::new(
                ErrorCode::QueryTooComplex,
                "The filter has too many candidates. Filter by a text first.",
            ));
        }
        let read = page.items.len() as u64;
        found.extend(page.items.into_iter().map(shown).filter(|shown| query.matches(&shown.document)));
        offset += read;
        if read == 0 || offset >= page.total {
            return Ok(found);
        }
    }
}

fn cut(all: Vec<Shown>, offset: u64, limit: u64) -> Found {
    let total = all.len() as u64;
    let (skip, take) = (usize::try_from(offset).unwrap_or(usize::MAX), usize::try_from(limit).unwrap_or(usize::MAX));
    Found { documents: all.into_iter().skip(skip).take(take).collect(), total }
}
