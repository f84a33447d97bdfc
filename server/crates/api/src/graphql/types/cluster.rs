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
    id: Uuid,
    name: String,
    owner: Tenant,
    /// ISO 3166 code; empty when unknown.
    country: String,
    latitude: Option<f64>,
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
    id: Uuid,
    name: String,
    owner: Tenant,
    /// Belongs to the caller's tenant.
    own: bool,
    country: String,
    labels: Value,
    status: ResourceStatus,
    status_reason: Option<String>,
    probed_at: Option<DateTime<Utc>>,
    version: String,
    flavour: Flavour,
    storage_classes: Vec<String>,
    ingress_classes: Vec<String>,
    architectures: Vec<String>,
    /// Pod Security level new namespaces get; empty when none is enforced.
    pod_security: String,
    load_balancer: bool,
    metrics: bool,
    nodes: i32,
    cpu_millis: i32,
    cpu_used_millis: i32,
    /// Bytes; a float because GraphQL integers have 32 bits.
    memory_bytes: f64,
    memory_used_bytes: f64,
    #[graphql(skip)]
    in_domain: DomainId,
}

#[ComplexObject]
impl Cluster {
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
