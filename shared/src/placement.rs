//! Where components go: what a provider chooses, what the planner answers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ids::ClusterId;

/// A provider's choice. Components that are not named are placed by the planner.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlacementRequest {
    /// Component name to the clusters it runs on (one or more).
    #[serde(default)]
    pub pins: BTreeMap<String, Vec<ClusterId>>,
    /// Hard wishes per component.
    #[serde(default)]
    pub requires: BTreeMap<String, Requirement>,
    /// Recorded patches per component, never edits of the package.
    #[serde(default)]
    pub overrides: BTreeMap<String, Override>,
    /// Edges drawn by hand, for packages that name no peers.
    #[serde(default)]
    pub extra_edges: Vec<ExtraEdge>,
    /// What to do where the package names no peers.
    #[serde(default)]
    pub peers: PeerPolicy,
    /// Seed of the planner; the same input and seed give the same plan.
    #[serde(default)]
    pub seed: u64,
}

/// What to do about components whose peers are unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum))]
#[cfg_attr(feature = "graphql", graphql(rename_items = "camelCase"))]
pub enum PeerPolicy {
    /// Only accepted and hand-drawn edges cross clusters.
    #[default]
    Declared,
    /// Every service of the package is reachable from every cluster of the order. Least privilege is lost.
    Everything,
    /// As `everything`, and meant to be narrowed once connections are observed. Nothing observes them yet, so that
    /// today the two are the same.
    Learn,
}

/// A hand-drawn edge.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExtraEdge {
    pub from: String,
    pub to: String,
    pub port: u16,
}

/// Hard constraints on the clusters a component may use.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// Cluster labels that must be equal.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// ISO 3166 country codes data may live in; empty means anywhere.
    #[serde(default)]
    pub residency: Vec<String>,
    /// `amd64`, `arm64`; empty means any.
    #[serde(default)]
    pub arch: Vec<String>,
}

/// Recorded patches for one component. `${site.name}`, `${site.country}`, `${site.owner}` and
/// `${site.label.KEY}` in strings become the facts of the cluster it lands on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Override {
    /// Environment variables set on every container of the component.
    #[serde(default)]
    pub env: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replicas: Option<u32>,
    /// Replicas on single clusters, where they differ from `replicas`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub replicas_on: BTreeMap<ClusterId, u32>,
    /// Kubernetes `resources` of every container, for example `{"requests":{"cpu":"100m"}}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resources: Option<Value>,
}

impl Override {
    /// Replicas chosen for a cluster; `None` leaves what the package says.
    #[must_use]
    pub fn replicas_at(&self, cluster: ClusterId) -> Option<u32> {
        self.replicas_on.get(&cluster).copied().or(self.replicas)
    }
}

/// Where every component runs and why.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Placement {
    /// Component name to clusters, both sorted.
    pub assignments: BTreeMap<String, Vec<ClusterId>>,
    /// Component name to the reason of its place and of every cluster that was rejected.
    pub reasons: BTreeMap<String, PlacementReason>,
    /// The soft cost that was minimised; smaller is better, without unit.
    pub cost: f64,
}

/// Why a component is where it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlacementReason {
    pub chosen: String,
    /// Cluster and the constraint that ruled it out.
    pub rejected: Vec<Rejection>,
}

/// A cluster that a component cannot use.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Rejection {
    pub cluster: ClusterId,
    pub reason: String,
}
