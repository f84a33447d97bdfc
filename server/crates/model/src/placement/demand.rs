//! What a component asks of a cluster's nodes.

use hypo_shared::{
    ClusterId,
    analysis::Component,
    placement::{Override, PlacementRequest},
    quantity,
};
use serde_json::Value;

/// Requests of one component.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Demand {
    pub(super) replicas: u64,
    /// Of one replica.
    pub(super) cpu_millis: u64,
    /// Of one replica.
    pub(super) memory_bytes: u64,
    /// One pod per node.
    pub(super) daemon: bool,
}

impl Demand {
    /// The demand of a component with its override.
    pub(super) fn of(component: &Component, patch: Option<&Override>) -> Self {
        let rendered = u64::from(component.replicas);
        let per_replica = |total: u64| if rendered == 0 { 0 } else { total.div_ceil(rendered) };
        let containers = component.images.len().max(1) as u64;
        let requests = patch.and_then(|patch| patch.resources.as_ref());
        let asked = |key: &str, parse: fn(&str) -> Result<u64, quantity::Invalid>| {
            let value = requests.and_then(|resources| {
                let pointer = |section: &str| resources.pointer(&format!("/{section}/{key}"));
                // Kubernetes takes the limit as the request where only the limit is given.
                pointer("requests").or_else(|| pointer("limits"))
            })?;
            parse(&text(value)).ok().map(|amount| amount.saturating_mul(containers))
        };
        Self {
            replicas: patch.and_then(|patch| patch.replicas).map_or(rendered, u64::from),
            cpu_millis: asked("cpu", quantity::cpu_millis).unwrap_or_else(|| per_replica(component.cpu_millis)),
            memory_bytes: asked("memory", quantity::bytes).unwrap_or_else(|| per_replica(component.memory_bytes)),
            daemon: component.kind == "DaemonSet",
        }
    }

    /// The same with the replicas that were chosen for one cluster.
    pub(super) fn on(self, patch: Option<&Override>, cluster: ClusterId) -> Self {
        let replicas = patch.and_then(|patch| patch.replicas_at(cluster)).map_or(self.replicas, u64::from);
        Self { replicas, ..self }
    }

    /// What comes on top where this many replicas run already.
    pub(super) fn beyond(self, running: u64) -> Self {
        if self.daemon {
            return Self { replicas: 0, ..self };
        }
        Self { replicas: self.replicas.saturating_sub(running), ..self }
    }
}

/// Replicas that a component has on a cluster it runs on: what the earlier request chose, else what is rendered.
pub(super) fn running(component: &Component, before: Option<&PlacementRequest>, cluster: ClusterId) -> u64 {
    let patch = before.and_then(|before| before.overrides.get(&component.name));
    u64::from(patch.and_then(|patch| patch.replicas_at(cluster)).unwrap_or(component.replicas))
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
