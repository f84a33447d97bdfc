//! Domains and their clusters: whose they are, who may use them, what a probe found.

mod add;
mod domain;
mod names;
mod offered;
mod probe;
mod read;
mod remove;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use hypo_shared::{
    ClusterId, DomainId,
    resource::{Flavour, ResourceStatus},
};
use serde_json::Value;

use crate::access::Tenant;

pub use add::{NewCluster, add, cluster_role, role};
pub use domain::{NewDomain, add_domain, domains, domains_by_ids};
pub(crate) use names::{ClusterNames, cluster_names};
pub(crate) use offered::{Offered, left, offered};
pub use probe::probe;
pub use read::{by_ids, find, list};
pub use remove::remove;

/// An administrative domain: TMF639 resource, `@type` HypoDomain.
#[derive(Clone, Debug, PartialEq)]
pub struct Domain {
    pub id: DomainId,
    pub name: String,
    pub owner: Tenant,
    /// ISO 3166 code.
    pub country: Option<String>,
    /// Degrees, WGS 84.
    pub latitude: Option<f64>,
    /// Degrees, WGS 84.
    pub longitude: Option<f64>,
}

/// A Kubernetes cluster as a caller sees it: facts, never credentials.
#[derive(Clone, Debug, PartialEq)]
pub struct Cluster {
    pub id: ClusterId,
    pub name: String,
    pub domain: DomainId,
    pub owner: Tenant,
    /// Belongs to the caller's tenant.
    pub own: bool,
    pub country: String,
    pub labels: BTreeMap<String, String>,
    pub status: ResourceStatus,
    pub status_reason: Option<String>,
    pub probed_at: Option<DateTime<Utc>>,
    pub version: String,
    pub flavour: Flavour,
    pub storage_classes: Vec<String>,
    pub ingress_classes: Vec<String>,
    pub architectures: Vec<String>,
    pub pod_security: String,
    pub load_balancer: bool,
    pub metrics: bool,
    pub nodes: u32,
    pub cpu_millis: u64,
    pub cpu_used_millis: u64,
    pub memory_bytes: u64,
    pub memory_used_bytes: u64,
}

impl Cluster {
    /// The labels as JSON.
    #[must_use]
    pub fn labels_json(&self) -> Value {
        self.labels
            .iter()
            .map(|(key, value)| (key.clone(), Value::String(value.clone())))
            .collect::<serde_json::Map<_, _>>()
            .into()
    }
}
