//! Counts for the overview.

use hypo_shared::{
    ServiceId,
    order::OrderState,
    resource::ResourceStatus,
    service::{Health, ServiceState},
};
use hypo_store::{
    Slice,
    documents::{self, ListQuery, Showing, kind},
    packages,
};

use crate::{
    App, Ctx, Result, clusters,
    orders::{self, Order},
    page::Window,
    permit::{Permit, may},
    services::{self, Service},
};

/// Counts for the overview.
#[derive(Clone, Debug)]
pub struct Overview {
    pub packages: u64,
    pub orders_running: u64,
    pub orders_held: u64,
    pub services_active: u64,
    /// Active ones that are failed or degraded.
    pub services_unhealthy: u64,
    pub clusters: u64,
    pub clusters_unreachable: u64,
    pub recent_orders: Vec<Order>,
    pub services: Vec<Service>,
}

/// Items in the overview's lists.
const RECENT: i32 = 8;

/// Counts what the caller may see.
///
/// # Errors
/// Those of the store.
pub async fn read(app: &App, ctx: &Ctx, permit: Permit<may::Read>) -> Result<Overview> {
    let read = app.store().read();
    let one = Slice { offset: 0, limit: 1 };
    let packages = packages::list(read, ctx.reach(), None, one).await?.total;
    let running =
        [OrderState::Acknowledged, OrderState::InProgress, OrderState::Pending, OrderState::PendingCancellation];
    let orders_running = count(app, ctx, kind::SERVICE_ORDER, &running.map(OrderState::as_str)).await?;
    let orders_held = count(app, ctx, kind::SERVICE_ORDER, &[OrderState::Held.as_str()]).await?;
    let query = ListQuery {
        states: vec![ServiceState::Active.as_str().to_owned()],
        showing: Showing::Applications,
        slice: Slice { offset: 0, limit: Slice::MAX },
        ..ListQuery::of(kind::SERVICE)
    };
    let active = documents::list(read, ctx.reach(), &query).await?;
    let unhealthy = active.items.iter().filter(|service| {
        let view = app.orchestrator().live().service(ServiceId(service.id));
        view.is_some_and(|view| matches!(view.health, Health::Failed | Health::Degraded))
    });
    let all = clusters::list(app, ctx, app.permit(ctx).await?).await?;
    let away = all.iter().filter(|cluster| cluster.status == ResourceStatus::Alarm).count();
    let window = Window::read("recent", Some(RECENT), None)?;
    Ok(Overview {
        packages,
        orders_running,
        orders_held,
        services_active: active.total,
        services_unhealthy: unhealthy.count() as u64,
        clusters: all.len() as u64,
        clusters_unreachable: away as u64,
        recent_orders: orders::list(app, ctx, permit, window, None).await?.items,
        services: services::list(app, ctx, permit, window, Some(ServiceState::Active)).await?.items,
    })
}

async fn count(app: &App, ctx: &Ctx, kind: &str, states: &[&str]) -> Result<u64> {
    let query = ListQuery {
        states: states.iter().map(|state| (*state).to_owned()).collect(),
        slice: Slice { offset: 0, limit: 1 },
        ..ListQuery::of(kind)
    };
    Ok(documents::list(app.store().read(), ctx.reach(), &query).await?.total)
}
