//! The plan: what would happen in every cluster, from desired and observed objects. Pure, and shown before it is done.

mod build;
mod desired;
mod diff;
mod digest;
pub(crate) mod phase;
mod redact;
mod volumes;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use hypo_package::{Graph, Render};
use hypo_shared::{
    ClusterId, ErrorCode,
    analysis::{Analysis, ObjectRef},
    placement::{Placement, PlacementRequest},
    plan::ChangeKind,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    cluster::Cluster,
    fabric::{LinkOptions, MintRequest},
    identity::{KeptVolume, ServiceIdentity},
    ports::cluster::Observed,
};

pub use build::build;
pub use desired::objects;
pub use diff::diff;
pub use digest::{facts_digest, hash};
pub(crate) use volumes::claimed_bytes;

/// Everything a plan is made from.
#[derive(Clone, Copy, Debug)]
pub struct PlanInput<'a> {
    pub render: &'a Render,
    pub graph: &'a Graph,
    pub analysis: &'a Analysis,
    /// At least the clusters of the placement and those the service runs on now.
    pub clusters: &'a [Cluster],
    pub request: &'a PlacementRequest,
    pub placement: &'a Placement,
    pub identity: &'a ServiceIdentity,
    /// Live objects by cluster: everything that carries the service's label, and those named by
    /// [`wanted`] whether they are ours or not. Empty for a plan without a look at the clusters.
    pub observed: &'a BTreeMap<ClusterId, Vec<Observed>>,
    /// Volumes that may be re-attached.
    pub kept: &'a [KeptVolume],
    pub link: &'a LinkOptions,
}

/// An object as the order applies it, secret data included. Never stored, never shown.
#[derive(Clone, Debug, PartialEq)]
pub struct ApplyObject {
    pub object: Value,
    /// `None` for shared, link and namespace objects.
    pub component: Option<String>,
    /// Smaller first; the same numbers as in the plan.
    pub phase: u8,
    pub change: ChangeKind,
    /// The Secret is a placeholder: mint this identity and fill its data in before it is applied.
    pub mint: Option<MintRequest>,
}

/// What the order does in one cluster.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClusterObjects {
    pub namespace: String,
    /// Whether HypO makes the namespace.
    pub makes_namespace: bool,
    /// In apply order; creations, updates and unchanged ones.
    pub apply: Vec<ApplyObject>,
    /// Ours, live, and no longer wanted; in delete order. Claims of volumes are never among them.
    pub delete: Vec<ObjectRef>,
    /// Kept claims that come back to this service: before anything is applied, patch their label
    /// `hypo.etsi.org/service` to this service's id.
    pub adopt: Vec<ObjectRef>,
}

/// Why there is no plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{message}")]
pub struct PlanError {
    pub code: ErrorCode,
    pub message: String,
    pub component: Option<String>,
}

/// The identities of the objects a plan would want, by cluster: what to observe before [`build`].
///
/// # Errors
/// As [`objects`].
pub fn wanted(input: &PlanInput<'_>) -> Result<BTreeMap<ClusterId, Vec<ObjectRef>>, PlanError> {
    let all = objects(input)?;
    Ok(all
        .into_iter()
        .map(|(cluster, objects)| {
            (cluster, objects.apply.iter().map(|apply| crate::object::reference(&apply.object)).collect())
        })
        .collect())
}
