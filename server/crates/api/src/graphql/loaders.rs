//! Loading related objects in batches: one statement per kind and level, however long the list. Every batch asks the
//! application with the caller's own context and permit, so nothing is reached here that a root field would refuse.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{
    Context,
    dataloader::{DataLoader, Loader},
};
use hypo_app::{App, Ctx, Error, clusters, orders, packages, permit::may, services};
use hypo_shared::{ClusterId, DomainId, ErrorCode, OrderId, PackageId, ServiceId};

use crate::graphql::{
    error::{Refusal, Result},
    gate,
    types::{AppliedObject, Cluster, Domain, Order, Package, Service},
};

/// The loaders of one request or subscription. Nothing is kept between batches: a subscription lives long.
pub struct Loaders {
    batch: DataLoader<Batch>,
}

/// Asks the application for many at once.
struct Batch {
    app: App,
    ctx: Arc<Ctx>,
}

impl Loaders {
    /// For one caller.
    pub fn new(app: App, ctx: Arc<Ctx>) -> Self {
        Self { batch: DataLoader::new(Batch { app, ctx }, tokio::spawn) }
    }
}

/// The timeline of an order, as a key.
#[derive(Clone, PartialEq, Eq, Hash)]
struct TimelineOf(OrderId);
/// Orders of a service, as a key.
#[derive(Clone, PartialEq, Eq, Hash)]
struct OrdersOf(ServiceId);
/// What the clusters say about a service, as a key.
#[derive(Clone, PartialEq, Eq, Hash)]
struct LiveOf(ServiceId);
/// Clusters of a domain, as a key.
#[derive(Clone, PartialEq, Eq, Hash)]
struct ClustersOf(DomainId);

macro_rules! loader {
    ($key:ty => $value:ty, $action:ident, |$app:ident, $ctx:ident, $permit:ident, $keys:ident| $load:expr) => {
        impl Loader<$key> for Batch {
            type Value = $value;
            type Error = Arc<Error>;

            async fn load(&self, $keys: &[$key]) -> Result<HashMap<$key, $value>, Arc<Error>> {
                let ($app, $ctx) = (&self.app, &*self.ctx);
                let $permit = $app.permit::<may::$action>($ctx).await.map_err(Arc::new)?;
                $load.map_err(Arc::new)
            }
        }
    };
}

loader!(ClusterId => clusters::Cluster, ReadClusters, |app, ctx, permit, keys| clusters::by_ids(app, ctx, permit, keys).await);
loader!(DomainId => clusters::Domain, ReadClusters, |app, ctx, permit, keys| clusters::domains_by_ids(app, ctx, permit, keys).await);
loader!(PackageId => packages::Package, Read, |app, ctx, permit, keys| packages::by_ids(app, ctx, permit, keys).await);
loader!(OrderId => orders::Order, Read, |app, ctx, permit, keys| orders::by_ids(app, ctx, permit, keys).await);
loader!(ServiceId => services::Service, Read, |app, ctx, permit, keys| services::by_ids(app, ctx, permit, keys).await);
loader!(TimelineOf => orders::Timeline, Read, |app, ctx, permit, keys| {
    let ids: Vec<OrderId> = keys.iter().map(|key| key.0).collect();
    orders::timelines(app, ctx, permit, &ids)
        .await
        .map(|found| found.into_iter().map(|(id, timeline)| (TimelineOf(id), timeline)).collect())
});
loader!(OrdersOf => Vec<orders::Order>, Read, |app, ctx, permit, keys| {
    let ids: Vec<ServiceId> = keys.iter().map(|key| key.0).collect();
    orders::of_services(app, ctx, permit, &ids)
        .await
        .map(|found| found.into_iter().map(|(id, orders)| (OrdersOf(id), orders)).collect())
});
loader!(LiveOf => services::Live, Read, |app, ctx, permit, keys| {
    let ids: Vec<ServiceId> = keys.iter().map(|key| key.0).collect();
    services::live(app, ctx, permit, &ids).await.map(|found| found.into_iter().map(|(id, live)| (LiveOf(id), live)).collect())
});
loader!(ClustersOf => Vec<clusters::Cluster>, ReadClusters, |app, ctx, permit, keys| {
    clusters::list(app, ctx, permit).await.map(|all| {
        let mut found: HashMap<ClustersOf, Vec<clusters::Cluster>> =
            keys.iter().map(|key| (key.clone(), Vec::new())).collect();
        for cluster in all {
            if let Some(list) = found.get_mut(&ClustersOf(cluster.domain)) {
                list.push(cluster);
            }
        }
        found
    })
});

async fn one<K>(context: &Context<'_>, key: K) -> Result<Option<<Batch as Loader<K>>::Value>>
where
    K: Send + Sync + std::hash::Hash + Eq + Clone + 'static,
    Batch: Loader<K, Error = Arc<Error>>,
{
    let loaders = loaders(context)?;
    loaders.batch.load_one(key).await.map_err(|error| Refusal((*error).clone()))
}

fn loaders<'a>(context: &Context<'a>) -> Result<&'a Loaders> {
    Ok(context.data_opt::<Loaders>().ok_or_else(|| Error::of(ErrorCode::Unauthenticated))?)
}

fn there<T>(found: Option<T>, code: ErrorCode) -> Result<T> {
    Ok(found.ok_or_else(|| Error::of(code))?)
}

/// A cluster that something of the caller's refers to.
pub async fn cluster(context: &Context<'_>, id: ClusterId) -> Result<Cluster> {
    there(one(context, id).await?, ErrorCode::ClusterNotFound).map(Cluster::from)
}

/// The same, when it may have been removed.
pub async fn cluster_if_there(context: &Context<'_>, id: ClusterId) -> Result<Option<Cluster>> {
    Ok(one(context, id).await?.map(Cluster::from))
}

/// Many clusters at once.
pub async fn clusters(
    context: &Context<'_>,
    ids: impl Iterator<Item = ClusterId>,
) -> Result<HashMap<ClusterId, clusters::Cluster>> {
    loaders(context)?.batch.load_many(ids).await.map_err(|error| Refusal((*error).clone()))
}

/// The clusters of a domain the caller may see.
pub async fn clusters_of_domain(context: &Context<'_>, id: DomainId) -> Result<Vec<Cluster>> {
    Ok(one(context, ClustersOf(id)).await?.unwrap_or_default().into_iter().map(Cluster::from).collect())
}

/// The domain of a cluster.
pub async fn domain(context: &Context<'_>, id: DomainId) -> Result<Domain> {
    there(one(context, id).await?, ErrorCode::DomainNotFound).map(Domain::from)
}

/// A package.
pub async fn package(context: &Context<'_>, id: PackageId) -> Result<Package> {
    there(one(context, id).await?, ErrorCode::PackageNotFound).map(Package::from)
}

/// An order.
pub async fn order_if_there(context: &Context<'_>, id: OrderId) -> Result<Option<Order>> {
    Ok(one(context, id).await?.map(Order::from))
}

/// A service.
pub async fn service_if_there(context: &Context<'_>, id: ServiceId) -> Result<Option<Service>> {
    Ok(one(context, id).await?.map(Service::from))
}

/// The timeline of an order.
pub async fn timeline(context: &Context<'_>, id: OrderId) -> Result<orders::Timeline> {
    Ok(one(context, TimelineOf(id)).await?.unwrap_or_default())
}

/// The orders of a service.
pub async fn orders_of_service(context: &Context<'_>, id: ServiceId) -> Result<Vec<Order>> {
    Ok(one(context, OrdersOf(id)).await?.unwrap_or_default().into_iter().map(Order::from).collect())
}

/// What the clusters say about a service.
pub async fn live(context: &Context<'_>, id: ServiceId) -> Result<services::Live> {
    Ok(one(context, LiveOf(id)).await?.unwrap_or_default())
}

/// The objects of a service, read from its clusters.
pub async fn objects(context: &Context<'_>, id: ServiceId) -> Result<Vec<AppliedObject>> {
    let gate::Gate { app, ctx, permit } = gate::nested::<may::Read>(context).await?;
    Ok(services::objects(&app, &ctx, permit, id).await?.into_iter().map(AppliedObject::from).collect())
}
