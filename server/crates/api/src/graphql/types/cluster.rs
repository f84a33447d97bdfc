//! Domains and clusters (TMF639 resources).

use async_graphql::{ComplexObject, Context, SimpleObject};
use chrono::{DateTime, Utc};
use hypo_app::clusters;
use hypo_shared::{DomainId, resource::ResourceStatus};
use serde_json::Value;
use uuid::Uuid;

use super::{Flavour, Tenant, float, int};
use crate::graphql::{error::Result, loaders};

/// An administrative domain.
#[derive(Clone, SimpleObject)]
#[graphql(complex)]
pub struct Domain {
    /// Identifier.
    id: Uuid,
    /// Name for people.
    name: String,
    /// Tenant it belongs to.
    owner: Tenant,
    /// ISO 3166 code; empty when unknown.
    country: String,
    /// Degrees north.
    latitude: Option<f64>,
    /// Degrees east.
    longitude: Option<f64>,
}

#[ComplexObject]
impl Domain {
    /// Those the caller may see.
    async fn clusters(&self, context: &Context<'_>) -> Result<Vec<Cluster>> {
        loaders::clusters_of_domain(context, DomainId(self.id)).await
    }
}

impl From<clusters::Domain> for Domain {
    fn from(domain: clusters::Domain) -> Self {
        let clusters::Domain { id, name, owner, country, latitude, longitude } = domain;
        let country = country.unwrap_or_default();
        Self { id: id.0, name, owner: owner.into(), country, latitude, longitude }
    }
}

/// A Kubernetes cluster: facts, never credentials.
#[derive(Clone, SimpleObject)]
#[graphql(complex)]
pub struct Cluster {
    /// Identifier.
    id: Uuid,
    /// Name for people.
    name: String,
    /// Tenant it belongs to.
    owner: Tenant,
    /// Belongs to the caller's tenant.
    own: bool,
    /// Country of its domain, two letters.
    country: String,
    /// Labels that placement can ask for.
    labels: Value,
    /// Whether it can be used.
    status: ResourceStatus,
    /// Why it cannot be used.
    status_reason: Option<String>,
    /// When it was looked at last.
    probed_at: Option<DateTime<Utc>>,
    /// Kubernetes version.
    version: String,
    /// Kubernetes distribution.
    flavour: Flavour,
    /// Names of its storage classes.
    storage_classes: Vec<String>,
    /// Names of its ingress classes.
    ingress_classes: Vec<String>,
    /// Processor architectures of its nodes.
    architectures: Vec<String>,
    /// Pod Security level new namespaces get; empty when none is enforced.
    pod_security: String,
    /// Whether Services of type LoadBalancer get an address.
    load_balancer: bool,
    /// Whether it serves the metrics API.
    metrics: bool,
    /// Nodes that are ready.
    nodes: i32,
    /// Thousandths of a core its pods may use.
    cpu_millis: i32,
    /// Thousandths of a core in use.
    cpu_used_millis: i32,
    /// Bytes; a float because GraphQL integers have 32 bits.
    memory_bytes: f64,
    /// Bytes of memory in use.
    memory_used_bytes: f64,
    #[graphql(skip)]
    in_domain: DomainId,
}

#[ComplexObject]
impl Cluster {
    /// Domain it belongs to.
    async fn domain(&self, context: &Context<'_>) -> Result<Domain> {
        loaders::domain(context, self.in_domain).await
    }
}

impl From<clusters::Cluster> for Cluster {
    fn from(cluster: clusters::Cluster) -> Self {
        Self {
            id: cluster.id.0,
            labels: cluster.labels_json(),
            name: cluster.name,
            owner: cluster.owner.into(),
            own: cluster.own,
            country: cluster.country,
            status: cluster.status,
            status_reason: cluster.status_reason,
            probed_at: cluster.probed_at,
            version: cluster.version,
            flavour: cluster.flavour.into(),
            storage_classes: cluster.storage_classes,
            ingress_classes: cluster.ingress_classes,
            architectures: cluster.architectures,
            pod_security: cluster.pod_security,
            load_balancer: cluster.load_balancer,
            metrics: cluster.metrics,
            nodes: int(cluster.nodes),
            cpu_millis: int(cluster.cpu_millis),
            cpu_used_millis: int(cluster.cpu_used_millis),
            memory_bytes: float(cluster.memory_bytes),
            memory_used_bytes: float(cluster.memory_used_bytes),
            in_domain: cluster.domain,
        }
    }
}
