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
mod placed;
mod references;
mod rejected;
mod remove;

use hypo_shared::ErrorCode;
use hypo_store::{
    Slice,
    documents::{self, Document, ListQuery, Text},
};
use hypo_tmf::{Query, Resource};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    App, Ctx, Error, Result,
    permit::{Permit, may},
};

pub use change::{Change, change};
pub use children::{child, children};
pub use create::create;
pub(crate) use create::subject;
pub(crate) use document::{instant, numbered};
pub use document::{parse, read};
pub(crate) use hooks::begin;
pub use permission::{action, permit};
pub use remove::remove;

use document::shown;

/// A page of documents, read or as the text they are stored as.
#[derive(Clone, Debug, PartialEq)]
pub struct Found<T = Shown> {
    pub documents: Vec<T>,
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
    let page = documents::list(app.store().read(), ctx.reach(), &wanted(resource, query)).await?;
    Ok(Found { documents: page.items.into_iter().map(shown).collect(), total: page.total })
}

/// As [`list`], with the documents as the text they are stored as: most are sent as they are, see
/// [`hypo_tmf::shape::is_outward`]. The others are [`read`].
///
/// # Errors
/// As [`list`].
pub async fn list_text(
    app: &App,
    ctx: &Ctx,
    _: Permit<may::Read>,
    resource: &Resource,
    query: &Query,
) -> Result<Found<Text>> {
    let page = documents::list_text(app.store().read(), ctx.reach(), &wanted(resource, query)).await?;
    Ok(Found { documents: page.items, total: page.total })
}

fn wanted(resource: &Resource, query: &Query) -> ListQuery {
    let (offset, limit) = query.window();
    ListQuery {
        filter: query.filter.clone(),
        order: query.sort.clone(),
        slice: Slice { offset, limit },
        ..ListQuery::of(resource.kind)
    }
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
