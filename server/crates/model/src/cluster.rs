//! What is known about a cluster: facts with the time of the probe, and who may use it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use hypo_shared::{ClusterId, DomainId, TenantId, resource::Flavour};
use serde::{Deserialize, Serialize};

/// A cluster as the planner sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cluster {
    pub id: ClusterId,
    pub name: String,
    pub domain: DomainId,
    /// Owner of the domain.
    pub owner: TenantId,
    pub owner_name: String,
    /// ISO 3166 country code, empty when unknown.
    #[serde(default)]
    pub country: String,
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Round-trip time in milliseconds to other clusters, where it was measured or published.
    #[serde(default)]
    pub latency_ms: BTreeMap<ClusterId, f64>,
    /// Price of one vCPU hour in the owner's unit; `None` when not published.
    #[serde(default)]
    pub price_per_cpu_hour: Option<f64>,
    pub facts: ClusterFacts,
}

/// What a probe found. `Known` facts; promised ones come with the orders that deliver them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ClusterFacts {
    pub probed_at: Option<DateTime<Utc>>,
    /// `gitVersion` of `/version`, for example `v1.34.2`.
    pub version: String,
    pub flavour: Flavour,
    /// Served API versions, `group/version` (core is `v1`).
    pub api_versions: Vec<String>,
    /// Kinds per served API version, `group/version/Kind`.
    pub kinds: Vec<String>,
    pub storage_classes: Vec<StorageClass>,
    /// Ingress class names; the default one first.
    pub ingress_classes: Vec<String>,
    /// A Service of type LoadBalancer gets an address.
    pub load_balancer: bool,
    /// Node architectures, `amd64`, `arm64`.
    pub architectures: Vec<String>,
    /// Allocatable minus requested, per node.
    pub nodes: Vec<NodeFacts>,
    /// Pod Security level new namespaces get: privileged, baseline or restricted; empty when none is enforced.
    #[serde(default)]
    pub pod_security: String,
    /// The credentials may create namespaces and cluster-scoped objects.
    pub cluster_admin: bool,
    /// The metrics API answers.
    pub metrics: bool,
}

/// A storage class and what it can do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StorageClass {
    pub name: String,
    pub provisioner: String,
    pub default: bool,
}

/// Free capacity of a node.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodeFacts {
    pub name: String,
    pub arch: String,
    pub ready: bool,
    /// Allocatable CPU in millicores.
    pub cpu_millis: u64,
    /// Allocatable memory in bytes.
    pub memory_bytes: u64,
    /// Requested by pods that run, in millicores.
    pub cpu_used_millis: u64,
    /// Requested by pods that run, in bytes.
    pub memory_used_bytes: u64,
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
}
