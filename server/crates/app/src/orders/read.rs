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
    documents::all,
    page::{Page, Window},
    permit::{Permit, may},
};

/// Up to this many services are asked for their orders one by one.
const FEW: usize = 4;

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
    let ids: Vec<_> = ids.iter().map(|id| id.0).collect();
    let found = crate::documents::by_ids(app, ctx.reach(), kind::SERVICE_ORDER, &ids).await?;
    found.into_values().map(|document| document::read(document).map(|order| (order.id, order))).collect()
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
    let read = app.store().read();
    let mut found: HashMap<ServiceId, Vec<Order>> = ids.iter().map(|id| (*id, Vec::new())).collect();
    let newest = ListQuery { descending: true, ..ListQuery::of(kind::SERVICE_ORDER) };
    let mut pages = Vec::new();
    if ids.len() > FEW {
        let page = documents::list(read, ctx.reach(), &ListQuery { slice: all(), ..newest.clone() }).await?;
        if page.total <= Slice::MAX {
            pages.push(page);
        }
    }
    if pages.is_empty() {
        let each = ids.iter().map(|id| ListQuery {
            filters: vec![("serviceOrderItem.service.id".to_owned(), json!(id))],
            ..newest.clone()
        });
        let each: Vec<ListQuery> = each.collect();
        pages = try_join_all(each.iter().map(|query| documents::list(read, ctx.reach(), query))).await?;
    }
    for document in pages.into_iter().flat_map(|page| page.items) {
        let order = document::read(document)?;
        if let Some(list) = order.service.and_then(|service| found.get_mut(&service)) {
            list.push(order);
        }
    }
    Ok(found)
}

/// An order the caller may see.
pub(super) async fn visible(app: &App, ctx: &Ctx, id: OrderId) -> Result<Option<Order>> {
    let found = documents::find(app.store().read(), ctx.reach(), kind::SERVICE_ORDER, id.0).await?;
    found.map(document::read).transpose()
}
