//! Who is signed in, and the overview.

use async_graphql::SimpleObject;
use hypo_app::{access::sessions, overview};
use hypo_shared::{Action, Role};

use super::{Order, Service, Tenant, User, int};

/// Who is signed in, with what rights.
#[derive(SimpleObject)]
pub struct Session {
    /// Who is signed in.
    user: User,
    /// Tenant of the user.
    tenant: Tenant,
    /// Role of the session or token.
    role: Role,
    /// What the role may do.
    actions: Vec<Action>,
    /// Of the server.
    version: String,
    /// A demonstration with twins instead of clusters.
    demo: bool,
}

impl From<sessions::Current> for Session {
    fn from(current: sessions::Current) -> Self {
        let sessions::Current { user, tenant, role, actions, version, demo } = current;
        Self { user: user.into(), tenant: tenant.into(), role, actions, version, demo }
    }
}

/// Counts for the overview.
#[derive(SimpleObject)]
pub struct Overview {
    /// Packages of the tenant.
    packages: i32,
    /// Orders that are worked on.
    orders_running: i32,
    /// Orders that wait for a person.
    orders_held: i32,
    /// Services that run.
    services_active: i32,
    /// Services that run and are not healthy.
    services_unhealthy: i32,
    /// Clusters of one's own and granted ones.
    clusters: i32,
    /// Clusters that do not answer.
    clusters_unreachable: i32,
    /// The newest orders.
    recent_orders: Vec<Order>,
    /// The newest services.
    services: Vec<Service>,
}

impl From<overview::Overview> for Overview {
    fn from(overview: overview::Overview) -> Self {
        Self {
            packages: int(overview.packages),
            orders_running: int(overview.orders_running),
            orders_held: int(overview.orders_held),
            services_active: int(overview.services_active),
            services_unhealthy: int(overview.services_unhealthy),
            clusters: int(overview.clusters),
            clusters_unreachable: int(overview.clusters_unreachable),
            recent_orders: overview.recent_orders.into_iter().map(Order::from).collect(),
            services: overview.services.into_iter().map(Service::from).collect(),
        }
    }
}
