//! TMF documents for the REST face: the same records the other functions speak of, as TM Forum spells them.
//!
//! Orders and services are stored as documents. Clusters (TMF639), packages (TMF633) and tenants (TMF632) have rows of
//! their own and are shown as documents.

mod order;
mod view;

use hypo_store::{
    Slice,
    documents::{self, Document, ListQuery, kind},
};
use hypo_tmf::{Query, Resource};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    App, Ctx, Result,
    permit::{Permit, may},
};

pub use order::create_order;

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
/// `HYP-6007` when a filter with a pattern has more than 10,000 candidates.
pub async fn list(app: &App, ctx: &Ctx, _: Permit<may::Read>, resource: &Resource, query: &Query) -> Result<Found> {
    let (offset, limit) = query.window();
    if let Some(kind) = stored(resource) {
        let wanted = ListQuery {
            filter: query.filter.clone(),
            order: query.sort.clone(),
            slice: Slice { offset, limit },
            ..ListQuery::of(kind)
        };
        let page = documents::list(app.store().read(), ctx.reach(), &wanted).await?;
        return Ok(Found { documents: page.items.into_iter().map(shown).collect(), total: page.total });
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

fn cut(query: &Query, all: Vec<Shown>) -> Found {
    let (documents, total) = query.apply(all, |shown| &shown.document, |shown| shown.id);
    Found { documents, total }
}
