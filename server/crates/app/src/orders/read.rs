//! Reading orders.

use std::collections::HashMap;

use futures::future::try_join_all;
use hypo_shared::{OrderId, ServiceId, order::OrderState};
use hypo_store::{
    Slice,
    documents::{self, ListQuery, kind},
};
use serde_json::json;

use super::{Order, document};
use crate::{
    App, Ctx, Result,
    page::{Page, Window},
    permit::{Permit, may},
};

/// Orders of the caller's tenant, newest first; in one state when it is given.
///
/// # Errors
/// Those of the store.
pub async fn list(
    app: &App,
    ctx: &Ctx,
    _: Permit<may::Read>,
    window: Window,
    state: Option<OrderState>,
) -> Result<Page<Order>> {
    let query = ListQuery {
        states: state.iter().map(|state| state.as_str().to_owned()).collect(),
        descending: true,
        slice: window.slice(),
        ..ListQuery::of(kind::SERVICE_ORDER)
    };
    let page = documents::list(app.store().read(), ctx.reach(), &query).await?;
    let items = page.items.into_iter().map(document::read).collect::<Result<Vec<_>>>()?;
    Ok(Page::of(window, hypo_store::Page { items, total: page.total }, |order| order))
}

/// One of them.
///
/// # Errors
/// Those of the store.
pub async fn find(app: &App, ctx: &Ctx, _: Permit<may::Read>, id: OrderId) -> Result<Option<Order>> {
    visible(app, ctx, id).await
}

/// Many of them.
///
/// # Errors
/// Those of the store.
pub async fn by_ids(app: &App, ctx: &Ctx, _: Permit<may::Read>, ids: &[OrderId]) -> Result<HashMap<OrderId, Order>> {
    let found = try_join_all(ids.iter().map(|id| visible(app, ctx, *id))).await?;
    Ok(found.into_iter().flatten().map(|order| (order.id, order)).collect())
}

/// Orders of services, newest first.
///
/// # Errors
/// Those of the store.
pub async fn of_services(
    app: &App,
    ctx: &Ctx,
    _: Permit<may::Read>,
    ids: &[ServiceId],
) -> Result<HashMap<ServiceId, Vec<Order>>> {
    let found = ids.iter().map(|id| async move {
        let query = ListQuery {
            filters: vec![("serviceOrderItem.service.id".to_owned(), json!(id))],
            descending: true,
            slice: Slice::default(),
            ..ListQuery::of(kind::SERVICE_ORDER)
        };
        let page = documents::list(app.store().read(), ctx.reach(), &query).await?;
        let orders = page.items.into_iter().map(document::read).collect::<Result<Vec<_>>>()?;
        Ok::<_, crate::Error>((*id, orders))
    });
    Ok(try_join_all(found).await?.into_iter().collect())
}

/// An order the caller may see.
pub(super) async fn visible(app: &App, ctx: &Ctx, id: OrderId) -> Result<Option<Order>> {
    let found = documents::find(app.store().read(), ctx.reach(), kind::SERVICE_ORDER, id.0).await?;
    found.map(document::read).transpose()
}
