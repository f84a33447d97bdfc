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
            /// The cluster it is in.
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
    /// Name of the component.
    name: String,
    /// Kind of its workload.
    kind: String,
    /// Its health.
    health: Health,
    /// Why it is not healthy.
    message: String,
    /// Replicas that are ready.
    ready: i32,
    /// Replicas that are wanted.
    desired: i32,
    /// Restarts of its containers.
    restarts: i32,
    /// Images of its containers.
    images: Vec<String>,
    /// Its pods.
    pods: Vec<Pod>,
    /// Why it does not become ready, with a remedy.
    cause: Option<Failure>,
    /// When it was looked at last.
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
    /// Name of the pod.
    name: String,
    /// Phase in the cluster's words.
    phase: String,
    /// Whether all its containers are ready.
    ready: bool,
    /// Restarts of its containers.
    restarts: i32,
    /// Node it runs on.
    node: String,
    /// No process runs for it: the twin plays it.
    simulated: bool,
    /// When it was started.
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
    /// Component that calls.
    from: String,
    /// Component that is called.
    to: String,
    /// Kubernetes Service that is called.
    service: String,
    /// Port that is called.
    port: i32,
    /// Whether the connection works.
    state: LinkState,
    /// What carries it.
    provider: String,
    #[graphql(skip)]
    ends: (ClusterId, ClusterId),
}

#[ComplexObject]
impl ServiceLink {
    /// Cluster of the calling component.
    #[graphql(name = "fromCluster")]
    async fn caller_cluster(&self, context: &Context<'_>) -> Result<Cluster> {
        loaders::cluster(context, self.ends.0).await
    }

    /// Cluster of the called component.
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
    /// Component that answers there.
    component: String,
    /// Address for a browser or client.
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
    /// Component that writes it.
    component: String,
    /// Name of its claim.
    claim: String,
    /// Size.
    bytes: f64,
    /// Whether the claim is bound.
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
    /// What was applied.
    expected: Option<Value>,
    /// What is there now.
    live: Option<Value>,
    /// When the difference was seen first.
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
    /// When it was seen last.
    at: DateTime<Utc>,
    /// The cluster's name.
    cluster: String,
    /// `Kind/name`.
    object: String,
    /// Normal or Warning.
    #[graphql(name = "type")]
    kind: String,
    /// Reason in the cluster's words.
    reason: String,
    /// Message in the cluster's words.
    message: String,
    /// How often it was seen.
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
    /// Cluster it is in.
    async fn cluster(&self, context: &Context<'_>) -> Result<Cluster> {
        loaders::cluster(context, self.0.cluster).await
    }

    /// API version, for example apps/v1.
    async fn api_version(&self) -> &str {
        &self.0.api_version
    }

    /// Kind, for example Deployment.
    async fn kind(&self) -> &str {
        &self.0.kind
    }

    /// Namespace; empty for objects of the whole cluster.
    async fn namespace(&self) -> &str {
        &self.0.namespace
    }

    /// Name of the object.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Component it belongs to.
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
