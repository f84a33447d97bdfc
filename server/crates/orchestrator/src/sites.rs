//! What a saga must know of a cluster without asking the store.

use hypo_shared::ClusterId;
use serde::{Deserialize, Serialize};

/// A cluster that takes part in an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    pub cluster: ClusterId,
    /// Display name.
    pub name: String,
    pub namespace: String,
    /// HypO made the namespace.
    pub makes_namespace: bool,
    /// Phases that have something to apply here, ascending.
    pub phases: Vec<u8>,
    pub workloads: Vec<WorkloadRef>,
    /// Something that ran here is no longer wanted.
    pub prunes: bool,
}

/// A workload whose readiness an order waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorkloadRef {
    pub component: String,
    pub api_version: String,
    pub kind: String,
    pub name: String,
    /// The phase it is applied in.
    pub phase: u8,
}

/// Kinds that run pods.
pub(crate) const WORKLOADS: [&str; 5] = ["Deployment", "StatefulSet", "DaemonSet", "Job", "Pod"];
