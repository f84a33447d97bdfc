//! Domains and their clusters: what is known, who owns them, where their credentials lie (never what they are).

mod cluster;
mod domain;
mod offer;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use hypo_shared::{ClusterId, DomainId, TenantId, resource::ResourceStatus};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use cluster::{create, delete, find, get, list, record_probe, update};
pub use domain::{create_domain, delete_domain, find_domain, get_domain, list_domains, update_domain};
pub use offer::{Offer, offered, offered_one};

use crate::sql::table;

/// The topic of cluster and domain events: those of their documents.
pub const TOPIC: &str = crate::documents::kind::RESOURCE;

/// An administrative domain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DomainRow {
    pub id: DomainId,
    /// The owner.
    pub tenant: TenantId,
    /// Unique per owner.
    pub name: String,
    /// ISO 3166 country code, empty when unknown.
    pub country: String,
    /// WGS 84 degrees.
    pub lat: Option<f64>,
    pub lon: Option<f64>,
    pub description: String,
    pub created_at: DateTime<Utc>,
}

table!(DomainRow, "domains" { id, tenant, name, country, lat, lon, description, created_at });

/// A Kubernetes cluster.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClusterRow {
    pub id: ClusterId,
    pub domain: DomainId,
    /// The owner.
    pub tenant: TenantId,
    /// Unique per owner.
    pub name: String,
    /// ISO 3166 country code, empty when unknown.
    pub country: String,
    pub labels: BTreeMap<String, String>,
    /// Name of the kubeconfig in the owner's part of the secret store. `None` for everybody but the owner.
    pub kubeconfig: Option<String>,
    /// What the last successful probe found (`ClusterFacts`); null before.
    pub facts: Value,
    /// Time of the last probe, successful or not.
    pub probed_at: Option<DateTime<Utc>>,
    pub status: ResourceStatus,
    /// Why the last probe failed, in words for its owner.
    pub problem: Option<String>,
    /// Price of one vCPU hour in the owner's unit.
    pub price_per_cpu_hour: Option<f64>,
    /// Round-trip time to other clusters, in milliseconds.
    pub latency_ms: BTreeMap<ClusterId, f64>,
    pub created_at: DateTime<Utc>,
}

table!(ClusterRow, "clusters" {
    id, domain, tenant, name, country, labels, kubeconfig, facts, probed_at, status, problem, price_per_cpu_hour,
    latency_ms, created_at
});
