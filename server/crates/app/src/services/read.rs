//! Reading services.

use std::collections::HashMap;

use hypo_shared::{ErrorCode, ServiceId, service::ServiceState};
use hypo_store::documents::{self, Document, ListQuery, Showing, kind};

use super::{Service, document};
use crate::{
    App, Ctx, Error, Result,
    page::{Page, Window},
    permit::{Permit, may},
};

/// Applications of the caller's tenant, newest first; in one state when it is given.
///
/// # Errors
/// Those of the store.
pub async fn list(
    app: &App,
    ctx: &Ctx,
    _: Permit<may::Read>,
    window: Window,
    state: Option<ServiceState>,
) -> Result<Page<Service>> {
    let query = ListQuery {
        states: state.iter().map(|state| state.as_str().to_owned()).collect(),
        showing: Showing::Applications,
        descending: true,
        slice: window.slice(),
        ..ListQuery::of(kind::SERVICE)
    };
    let page = documents::list(app.store().read(), ctx.reach(), &query).await?;
    let items = page.items.into_iter().map(document::read).collect::<Result<Vec<_>>>()?;
    Ok(Page::of(window, hypo_store::Page { items, total: page.total }, |service| service))
}

/// One of them.
///
/// # Errors
/// Those of the store.
pub async fn find(app: &App, ctx: &Ctx, _: Permit<may::Read>, id: ServiceId) -> Result<Option<Service>> {
    visible(app, ctx, id).await?.map(document::read).transpose()
}

/// Many of them.
///
/// # Errors
/// Those of the store.
pub async fn by_ids(
    app: &App,
    ctx: &Ctx,
    _: Permit<may::Read>,
    ids: &[ServiceId],
) -> Result<HashMap<ServiceId, Service>> {
    let found = visible_many(app, ctx, ids).await?;
    found.into_iter().map(|(id, document)| Ok((id, document::read(document)?))).collect()
}

/// Documents of applications the caller may see.
pub(crate) async fn visible_many(app: &App, ctx: &Ctx, ids: &[ServiceId]) -> Result<HashMap<ServiceId, Document>> {
    let ids: Vec<_> = ids.iter().map(|id| id.0).collect();
    let found = crate::documents::by_ids(app, ctx.reach(), kind::SERVICE, &ids).await?;
    let applications = found.into_iter().filter(|(_, document)| document.is_application());
    Ok(applications.map(|(id, document)| (ServiceId(id), document)).collect())
}

/// The document of an application the caller may see.
pub(crate) async fn visible(app: &App, ctx: &Ctx, id: ServiceId) -> Result<Option<Document>> {
    let found = documents::find(app.store().read(), ctx.reach(), kind::SERVICE, id.0).await?;
    Ok(found.filter(Document::is_application))
}

/// The document of an application the caller may change: seeing it is not enough, and neither is having had it.
pub(crate) async fn own(app: &App, ctx: &Ctx, id: ServiceId) -> Result<Document> {
    let found = visible(app, ctx, id).await?.filter(|document| ctx.reach().covers(document.tenant));
    found.ok_or_else(|| Error::of(ErrorCode::ServiceNotFound))
}
