//! In which order objects are applied: namespace, configuration, links, data tier, the rest from callees to callers.

use std::collections::{BTreeMap, BTreeSet};

use hypo_package::{Graph, Render};
use serde_json::Value;

use crate::{object, split::Call};

pub(super) const NAMESPACE: u8 = 0;
pub(super) const CONFIG: u8 = 1;
pub(super) const LINKS: u8 = 2;
/// Jobs that have to run before the rest.
pub(super) const BEFORE: u8 = 2;
pub(super) const DATA: u8 = 3;
/// Components that call nobody; their callers follow, one phase per step.
pub(super) const REST: u8 = 4;
/// Objects of kinds the package defines itself: their controller has to run first.
pub(super) const CUSTOM: u8 = 200;
/// Jobs that run after everything.
pub(super) const AFTER: u8 = 250;
/// What is no longer wanted goes last.
pub(super) const DELETE: u8 = 255;

pub(super) struct Phases {
    /// By component.
    component: BTreeMap<String, u8>,
    /// By document index.
    hook: BTreeMap<usize, u8>,
    /// API groups the package defines.
    brought: BTreeSet<String>,
}

impl Phases {
    pub(super) fn new(render: &Render, graph: &Graph, calls: &[Call], stateful: &BTreeSet<&str>) -> Self {
        let hook = render
            .hooks
            .iter()
            .map(|hook| {
                let before = hook.events.iter().any(|event| event.starts_with("pre-"));
                (hook.document, if before { BEFORE } else { AFTER })
            })
            .collect();
        let brought = render
            .documents
            .iter()
            .filter(|document| document.kind() == "CustomResourceDefinition")
            .map(|document| object::text(&document.object, "/spec/group").to_owned())
            .collect();
        let names: Vec<&str> = graph.components.iter().map(|node| node.name.as_str()).collect();
        let depth = depths(&names, calls);
        let component = names
            .iter()
            .zip(depth)
            .map(|(name, depth)| {
                let phase = if stateful.contains(name) { DATA } else { REST.saturating_add(depth).min(CUSTOM - 1) };
                ((*name).to_owned(), phase)
            })
            .collect();
        Self { component, hook, brought }
    }

    /// Phase of a document that became `object`.
    pub(super) fn of(&self, object: &Value, source: Option<usize>, component: Option<&str>) -> u8 {
        let kind = object::kind(object);
        if kind == "Namespace" {
            return NAMESPACE;
        }
        if let Some(hook) = source.and_then(|source| self.hook.get(&source))
            && object::pod_spec_pointer(kind).is_some()
        {
            return *hook;
        }
        if self.brought.contains(object::group(object::api_version(object))) {
            return CUSTOM;
        }
        let with_component = object::pod_spec_pointer(kind).is_some()
            || matches!(
                kind,
                "HorizontalPodAutoscaler" | "PodDisruptionBudget" | "Ingress" | "HTTPRoute" | "GRPCRoute" | "Route"
            );
        match component.and_then(|component| self.component.get(component)) {
            Some(phase) if with_component => *phase,
            None if with_component && kind != "PodDisruptionBudget" => CUSTOM - 1,
            _ => CONFIG,
        }
    }
}

/// Position inside a phase: what others refer to first.
pub(crate) fn rank(kind: &str) -> u8 {
    match kind {
        "Namespace" | "CustomResourceDefinition" => 0,
        "PriorityClass" | "StorageClass" | "ResourceQuota" | "LimitRange" => 1,
        "ServiceAccount" => 2,
        "Role" | "ClusterRole" => 3,
        "RoleBinding" | "ClusterRoleBinding" => 4,
        "ConfigMap" | "Secret" => 5,
        "PersistentVolume" => 6,
        "PersistentVolumeClaim" => 7,
        // Services before pods: the variables they inject are set when a pod starts.
        "NetworkPolicy" | "Service" => 8,
        kind if object::pod_spec_pointer(kind).is_some() => 10,
        _ => 12,
    }
}

/// Longest chain of calls below each component; components that call each other in a circle share one.
fn depths(names: &[&str], calls: &[Call]) -> Vec<u8> {
    let index: BTreeMap<&str, usize> = names.iter().enumerate().map(|(at, name)| (*name, at)).collect();
    let edges: BTreeSet<(usize, usize)> = calls
        .iter()
        .filter_map(|call| Some((*index.get(call.from.as_str())?, *index.get(call.to.as_str())?)))
        .collect();
    // Reachability closes circles: two components that reach each other are one step.
    let count = names.len();
    let mut reach = vec![vec![false; count]; count];
    for (from, to) in &edges {
        reach[*from][*to] = true;
    }
    for middle in 0..count {
        let through = reach[middle].clone();
        for row in reach.iter_mut().filter(|row| row[middle]) {
            for (cell, more) in row.iter_mut().zip(&through) {
                *cell |= more;
            }
        }
    }
    let mut depth = vec![0_u8; count];
    for _ in 0..count {
        let mut settled = true;
        for (from, to) in &edges {
            let step = if reach[*to][*from] { depth[*to] } else { depth[*to].saturating_add(1) };
            if depth[*from] < step {
                depth[*from] = step;
                settled = false;
            }
        }
        if settled {
            break;
        }
    }
    depth
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callees_come_before_callers_and_circles_share_a_step() {
        let call = |from: &str, to: &str| Call {
            from: from.into(),
            to: to.into(),
            service: to.into(),
            port: 80,
            protocol: "TCP".into(),
        };
        let names = ["db", "a", "b", "web"];
        let calls = [call("a", "b"), call("b", "a"), call("a", "db"), call("web", "b")];
        assert_eq!(depths(&names, &calls), [0, 1, 1, 2]);
    }
}
