//! What is shown of a running service.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use hypo_model::entry::EntryPoint;
use hypo_shared::{ClusterId, service::Health};
use serde::{Deserialize, Serialize};

use crate::Failure;

/// One service over all its clusters.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ServiceView {
    pub health: Health,
    pub message: String,
    /// By component name, then cluster.
    pub components: Vec<ComponentView>,
    /// Newest first.
    pub events: Vec<EventView>,
    pub entry_points: BTreeMap<ClusterId, Vec<EntryPoint>>,
    pub claims: Vec<ClaimView>,
    /// Clusters whose watch is broken, and what they said.
    pub away: BTreeMap<ClusterId, String>,
}

impl ServiceView {
    /// Whether another view says the same, whenever it was observed.
    #[must_use]
    pub fn says(&self, other: &Self) -> bool {
        let timeless = |view: &Self| {
            let mut view = view.clone();
            view.components.iter_mut().for_each(|component| component.observed_at = None);
            view
        };
        self.components.len() == other.components.len() && timeless(self) == timeless(other)
    }
}

/// One component in one cluster.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComponentView {
    pub component: String,
    pub kind: String,
    pub cluster: ClusterId,
    pub namespace: String,
    pub health: Health,
    pub message: String,
    pub ready: u32,
    pub desired: u32,
    pub restarts: u32,
    pub images: Vec<String>,
    pub pods: Vec<PodView>,
    pub cause: Option<Failure>,
    /// When the cluster's watch last said something; older than now while the watch is broken.
    pub observed_at: Option<DateTime<Utc>>,
}

/// One pod.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PodView {
    pub name: String,
    pub phase: String,
    pub ready: bool,
    pub restarts: u32,
    pub node: Option<String>,
    /// The pod runs in a simulated cluster and nothing real is behind it.
    pub simulated: bool,
    pub started_at: Option<DateTime<Utc>>,
    pub containers: Vec<String>,
}

/// One Kubernetes Event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EventView {
    pub at: DateTime<Utc>,
    pub cluster: ClusterId,
    /// `Kind/name`.
    pub object: String,
    /// `Normal` or `Warning`.
    pub kind: String,
    pub reason: String,
    pub message: String,
    pub count: u32,
}

/// One volume claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimView {
    pub cluster: ClusterId,
    pub component: String,
    pub claim: String,
    pub bytes: u64,
    pub bound: bool,
}
