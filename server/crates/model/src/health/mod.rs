//! Observed health of a component.

use hypo_shared::service::Health;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Health of a component in one cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComponentHealth {
    pub health: Health,
    /// Replicas that are ready; for a Job, completions.
    pub ready: u32,
    pub desired: u32,
    /// A sentence for people.
    pub message: String,
}

/// Health of a component from its workload and its pods. `None` as workload: it is not there.
#[must_use]
pub fn of_component(workload: Option<&Value>, pods: &[Value]) -> ComponentHealth {
    let _ = (workload, pods);
    ComponentHealth::default()
}
