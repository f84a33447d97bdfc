//! What the clusters say about a service.

use async_graphql::{ComplexObject, Context, Object, SimpleObject};
use chrono::{DateTime, Utc};
use hypo_app::services;
use hypo_shared::{
    ClusterId,
    service::{Health, LinkState},
};
use serde_json::Value;

use super::{Cluster, Failure, float, int, plan::some};
use crate::graphql::{error::Result, loaders, yaml};

/// Adds the field `cluster`, loaded by id.
macro_rules! on_a_cluster {
    ($($name:ident),+ $(,)?) => {$(
        #[ComplexObject]
        impl $name {
            async fn cluster(&self, context: &Context<'_>) -> Result<Cluster> {
                loaders::cluster(context, self.on).await
            }
        }
    )+};
}

on_a_cluster!(ServiceComponent, EntryPoint, ServiceVolume, Drift);

/// A component on a cluster.
#[derive(Clone, SimpleObject)]
#[graphql(complex)]
pub struct ServiceComponent {
    name: String,
    kind: String,
    health: Health,
    message: String,
    ready: i32,
    desired: i32,
    restarts: i32,
    images: Vec<String>,
    pods: Vec<Pod>,
    cause: Option<Failure>,
    observed_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    on: ClusterId,
}

impl From<services::Component> for ServiceComponent {
    fn from(component: services::Component) -> Self {
        Self {
            name: component.name,
            kind: component.kind,
            health: component.health,
            message: component.message,
            ready: int(component.ready),
            desired: int(component.desired),
            restarts: int(component.restarts),
            images: component.images,
            pods: component.pods.into_iter().map(Pod::from).collect(),
            cause: component.cause.map(Failure::from),
            observed_at: component.observed_at,
            on: component.cluster,
        }
    }
}

/// A pod.
#[derive(Clone, SimpleObject)]
pub struct Pod {
    name: String,
    phase: String,
    ready: bool,
    restarts: i32,
    node: String,
    /// No process runs for it: the twin plays it.
    simulated: bool,
    started_at: Option<DateTime<Utc>>,
}

impl From<services::Pod> for Pod {
    fn from(pod: services::Pod) -> Self {
        let services::Pod { name, phase, ready, restarts, node, simulated, started_at } = pod;
        Self { name, phase, ready, restarts: int(restarts), node, simulated, started_at }
    }
}

/// A declared link.
#[derive(Clone, SimpleObject)]
#[graphql(complex)]
pub struct ServiceLink {
    from: String,
    to: String,
    service: String,
    port: i32,
    state: LinkState,
    provider: String,
    #[graphql(skip)]
    ends: (ClusterId, ClusterId),
}

#[ComplexObject]
impl ServiceLink {
    #[graphql(name = "fromCluster")]
    async fn caller_cluster(&self, context: &Context<'_>) -> Result<Cluster> {
        loaders::cluster(context, self.ends.0).await
    }

    async fn to_cluster(&self, context: &Context<'_>) -> Result<Cluster> {
        loaders::cluster(context, self.ends.1).await
    }
}

impl From<services::Link> for ServiceLink {
    fn from(link: services::Link) -> Self {
        Self {
            from: link.from,
            to: link.to,
            service: link.service,
            port: link.port.into(),
            state: link.state,
            provider: link.provider,
            ends: (link.from_cluster, link.to_cluster),
        }
    }
}

/// Where a user opens the application.
#[derive(Clone, SimpleObject)]
#[graphql(complex)]
pub struct EntryPoint {
    component: String,
    url: String,
    /// `ingress`, `loadBalancer` or `nodePort`.
    kind: String,
    #[graphql(skip)]
    on: ClusterId,
}

impl From<services::EntryPoint> for EntryPoint {
    fn from(entry: services::EntryPoint) -> Self {
        let services::EntryPoint { component, cluster, url, kind } = entry;
        Self { component, url, kind, on: cluster }
    }
}

/// A volume claim of a service.
#[derive(Clone, SimpleObject)]
#[graphql(complex)]
pub struct ServiceVolume {
    component: String,
    claim: String,
    bytes: f64,
    bound: bool,
    #[graphql(skip)]
    on: ClusterId,
}

impl From<services::Volume> for ServiceVolume {
    fn from(volume: services::Volume) -> Self {
        let services::Volume { cluster, component, claim, bytes, bound } = volume;
        Self { component, claim, bytes: float(bytes), bound, on: cluster }
    }
}

/// A field that is not as planned.
#[derive(Clone, SimpleObject)]
#[graphql(complex)]
pub struct Drift {
    /// `Kind/name`.
    object: String,
    /// JSON pointer.
    path: String,
    expected: Option<Value>,
    live: Option<Value>,
    since: DateTime<Utc>,
    #[graphql(skip)]
    on: ClusterId,
}

impl From<services::Drift> for Drift {
    fn from(drift: services::Drift) -> Self {
        let services::Drift { cluster, object, path, expected, live, since } = drift;
        Self { object, path, expected: some(expected), live: some(live), since, on: cluster }
    }
}

/// A Kubernetes Event.
#[derive(Clone, SimpleObject)]
pub struct ClusterEvent {
    at: DateTime<Utc>,
    /// The cluster's name.
    cluster: String,
    /// `Kind/name`.
    object: String,
    /// Normal or Warning.
    #[graphql(name = "type")]
    kind: String,
    reason: String,
    message: String,
    count: i32,
}

impl From<services::Event> for ClusterEvent {
    fn from(event: services::Event) -> Self {
        let services::Event { at, cluster, object, kind, reason, message, count } = event;
        Self { at, cluster, object, kind, reason, message, count: int(count) }
    }
}

/// An object as applied and as it is.
pub struct AppliedObject(services::AppliedObject);

/// An object as applied and as it is.
#[Object]
impl AppliedObject {
    async fn cluster(&self, context: &Context<'_>) -> Result<Cluster> {
        loaders::cluster(context, self.0.cluster).await
    }

    async fn api_version(&self) -> &str {
        &self.0.api_version
    }

    async fn kind(&self) -> &str {
        &self.0.kind
    }

    async fn namespace(&self) -> &str {
        &self.0.namespace
    }

    async fn name(&self) -> &str {
        &self.0.name
    }

    async fn component(&self) -> Option<&str> {
        self.0.component.as_deref()
    }

    /// As it was applied, YAML; secret data as digests.
    async fn applied(&self) -> String {
        yaml::to_string(&self.0.applied)
    }

    /// As it is now, YAML; null when it is gone.
    async fn live(&self) -> Option<String> {
        self.0.live.as_ref().map(yaml::to_string)
    }
}

impl From<services::AppliedObject> for AppliedObject {
    fn from(object: services::AppliedObject) -> Self {
        Self(object)
    }
}
