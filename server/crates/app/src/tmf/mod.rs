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
        return Ok(cut(query, candidates(app, ctx, kind).await?));
    }
    Ok(cut(query, view::all(app, ctx, resource).await?))
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
