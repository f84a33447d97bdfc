//! The exact plan a provider sees before the order: what happens in every cluster.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    analysis::{Note, ObjectRef},
    ids::ClusterId,
    placement::Placement,
};

/// What happens to one object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum))]
#[cfg_attr(feature = "graphql", graphql(rename_items = "camelCase"))]
pub enum ChangeKind {
    Create,
    Update,
    Delete,
    NoChange,
}

/// A plan is data: its hash is the SHA-256 of its canonical JSON (RFC 8785 member order).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    pub placement: Placement,
    /// In the order they are applied per cluster.
    pub clusters: Vec<ClusterPlan>,
    pub links: Vec<LinkPlan>,
    /// Volumes that are created, kept or at risk.
    pub volumes: Vec<VolumePlan>,
    /// Secrets touched: reference and digest, never values.
    pub secrets: Vec<SecretPlan>,
    /// Warnings first in every view.
    pub warnings: Vec<Note>,
    /// How an edge picks among several instances.
    pub routing: Vec<Note>,
}

/// What happens in one cluster.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClusterPlan {
    pub cluster: ClusterId,
    /// The namespace everything of this order lives in.
    pub namespace: String,
    /// Whether HypO makes the namespace (and may delete it).
    pub makes_namespace: bool,
    /// In apply order: namespace, configuration, links, data tier, the rest.
    pub objects: Vec<ObjectPlan>,
}

/// What happens to one object of one cluster.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ObjectPlan {
    pub object: ObjectRef,
    /// The component it belongs to; `None` for shared and link objects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub component: Option<String>,
    pub change: ChangeKind,
    /// Why the object is here, for shared and link objects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Phase of the apply: smaller first.
    pub phase: u8,
    /// The object as it will be applied. Secret data is replaced by digests.
    pub desired: Value,
    /// Recorded differences to the package: flavour, overrides, names.
    pub overrides: Vec<RecordedOverride>,
    /// Field-level difference to what is live; empty for a creation.
    pub diff: Vec<FieldDiff>,
}

/// A change made to the package's object, recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecordedOverride {
    /// JSON pointer.
    pub path: String,
    pub from: Value,
    pub to: Value,
    pub reason: String,
}

/// One field that differs from what is live.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldDiff {
    /// JSON pointer.
    pub path: String,
    pub from: Value,
    pub to: Value,
}

/// A declared encrypted link from the cluster of a caller to the cluster of its peer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LinkPlan {
    /// Caller component.
    pub from: String,
    pub from_cluster: ClusterId,
    /// Called component.
    pub to: String,
    pub to_cluster: ClusterId,
    /// The Service name that keeps working.
    pub service: String,
    pub port: u16,
    pub protocol: String,
    /// Fabric provider, `link`.
    pub provider: String,
}

/// A volume and what the plan means for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VolumePlan {
    pub cluster: ClusterId,
    pub component: String,
    pub claim: String,
    pub bytes: u64,
    pub change: ChangeKind,
    pub note: String,
}

/// A secret the plan writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretPlan {
    pub cluster: ClusterId,
    /// `namespace/name`.
    pub name: String,
    /// HMAC-SHA-256 of the data under a key of the tenant, hex: it tells a change, and nobody can guess by it.
    pub digest: String,
}
