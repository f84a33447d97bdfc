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

use std::collections::{BTreeMap, BTreeSet};

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
    digest::DigestKey,
    fabric::{LinkOptions, MintRequest},
    identity::{KeptVolume, ServiceIdentity},
    ports::cluster::Observed,
};

pub use build::{Made, build, make};
pub use desired::objects;
pub use diff::{diff, same};
pub use digest::{facts_digest, hash};
pub use redact::redacted;
pub(crate) use volumes::claimed_bytes;
pub use volumes::homes;

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
    /// Volumes that are to be attached again; each must find what mounts it.
    pub kept: &'a [KeptVolume],
    /// Claims this plan leaves behind that are to be deleted, by cluster and typed name.
    pub delete_volumes: &'a BTreeSet<(ClusterId, String)>,
    pub link: &'a LinkOptions,
    /// The request the service runs by now; `None` for a new one.
    pub before: Option<&'a PlacementRequest>,
    /// Key of what stands in place of secret data.
    pub digests: &'a DigestKey,
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
    /// Kept claims, and the namespace they lie in, that come to this service: before anything is applied, patch their
    /// label `hypo.etsi.org/service` to this service's id.
    pub adopt: Vec<ObjectRef>,
    /// Claims that what is wanted here mounts. Every other claim of the service is kept, and listed as kept.
    pub mounts: Vec<String>,
    /// Claims to delete when everything else is done: left behind, and named by a person.
    pub discard: Vec<String>,
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
    let desired = desired::Desired::new(input)?;
    Ok(desired
        .sites
        .into_iter()
        .map(|(cluster, site)| {
            (cluster, site.items.iter().map(|item| crate::object::reference(&item.split.object)).collect())
        })
        .collect())
}
