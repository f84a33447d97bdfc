//! Deletion is a plan too (architecture rule 13): nothing with data goes without being named.

use std::collections::BTreeMap;

use hypo_shared::{
    ClusterId, ErrorCode,
    analysis::{Note, ObjectRef},
    plan::VolumePlan,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::identity::ServiceIdentity;

/// What runs and what shall happen to its data.
#[derive(Clone, Copy, Debug)]
pub struct TerminateInput<'a> {
    pub identity: &'a ServiceIdentity,
    /// Everything live with the service's label, by cluster, complete; claims of volumes among them, and the
    /// namespace. Claims that a StatefulSet made are found by the labels of their pods.
    pub live: &'a BTreeMap<ClusterId, Vec<Value>>,
    /// Volumes to delete: cluster and claim name to what the person typed, which must be the claim's name.
    pub delete_volumes: &'a BTreeMap<(ClusterId, String), String>,
}

/// What the termination does, shown before it is done. Serialisable and hashable like a plan.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TerminatePlan {
    pub clusters: Vec<TerminateCluster>,
    /// Every volume: kept (`noChange`) or deleted.
    pub volumes: Vec<VolumePlan>,
    pub warnings: Vec<Note>,
}

/// What goes in one cluster, in order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TerminateCluster {
    pub cluster: ClusterId,
    pub namespace: String,
    /// Reverse of the apply order: workloads before configuration, the namespace last.
    pub delete: Vec<ObjectRef>,
    /// What stays and why.
    pub stays: Vec<Stays>,
}

/// An object that is not deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stays {
    pub object: ObjectRef,
    pub reason: String,
}

/// Why there is no termination plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{message}")]
pub struct TerminateError {
    pub code: ErrorCode,
    pub message: String,
}

/// Plans the end of a service.
///
/// # Errors
/// `HYP-3110` when a typed name is not the claim's name, `HYP-3111` when there is no such claim.
pub fn plan(input: &TerminateInput<'_>) -> Result<TerminatePlan, TerminateError> {
    let _ = input;
    Ok(TerminatePlan::default())
}
