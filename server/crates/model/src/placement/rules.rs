//! Hard constraints of one component on one cluster, each with the sentence that explains it.

use std::collections::{BTreeMap, BTreeSet};

use hypo_shared::{
    analysis::{Analysis, Component, ObjectRef},
    placement::Requirement,
};

use super::{Needs, PlacementInput, demand::Demand};
use crate::{
    cluster::{Cluster, NodeFacts},
    flavour::{self, Served},
    object,
};

/// What is asked of every cluster, gathered once per component.
pub(super) struct Rules<'a> {
    pub(super) demand: Demand,
    component: &'a Component,
    requirement: Option<&'a Requirement>,
    needs: Option<&'a Needs>,
    /// Owned and shared objects.
    objects: Vec<&'a ObjectRef>,
}

impl<'a> Rules<'a> {
    pub(super) fn of(input: &PlacementInput<'a>, component: &'a Component) -> Self {
        let shared = input
            .analysis
            .shared
            .iter()
            .filter(|shared| shared.used_by.is_empty() || shared.used_by.contains(&component.name));
        Self {
            demand: Demand::of(component, input.request.overrides.get(&component.name)),
            component,
            requirement: input.request.requires.get(&component.name),
            needs: input.needs.get(&component.name),
            objects: component.owned.iter().chain(shared.map(|shared| &shared.object)).collect(),
        }
    }

    /// Why the cluster cannot take the component; empty when it can.
    pub(super) fn obstacles(&self, cluster: &Cluster, brought: &BTreeSet<&str>) -> Vec<String> {
        let mut out = Vec::new();
        self.wishes(cluster, &mut out);
        if probed(cluster) {
            self.served(cluster, brought, &mut out);
            self.storage(cluster, &mut out);
            self.security(cluster, &mut out);
            self.size(cluster, &mut out);
        }
        out
    }

    fn wishes(&self, cluster: &Cluster, out: &mut Vec<String>) {
        let Some(wish) = self.requirement else { return };
        for (key, value) in &wish.labels {
            match cluster.labels.get(key) {
                Some(found) if found == value => {}
                Some(found) => out.push(format!("label {key} is {found}, not {value}")),
                None => out.push(format!("has no label {key}={value}")),
            }
        }
        if !wish.residency.is_empty() && !wish.residency.iter().any(|code| code.eq_ignore_ascii_case(&cluster.country))
        {
            let place = if cluster.country.is_empty() { "an unknown country" } else { &cluster.country };
            out.push(format!("lies in {place}; data must stay in {}", wish.residency.join(", ")));
        }
        if !wish.arch.is_empty()
            && probed(cluster)
            && !cluster.facts.architectures.iter().any(|arch| wish.arch.contains(arch))
        {
            out.push(format!("has no node of architecture {}", wish.arch.join(" or ")));
        }
    }

    fn served(&self, cluster: &Cluster, brought: &BTreeSet<&str>, out: &mut Vec<String>) {
        let mut missing = BTreeSet::new();
        let mut wide = BTreeSet::new();
        for object in &self.objects {
            let own = brought.contains(object::group(&object.api_version));
            if !own && flavour::served(&object.api_version, &object.kind, &cluster.facts) == Served::No {
                missing.insert(format!("{} {}", object.api_version, object.kind));
            }
            if !cluster.facts.cluster_admin && object.kind != "Namespace" && object::cluster_scoped(&object.kind) {
                wide.insert(format!("{} {}", object.kind, object.name));
            }
        }
        out.extend(missing.into_iter().map(|what| format!("does not serve {what}")));
        if !wide.is_empty() {
            let list: Vec<_> = wide.into_iter().collect();
            out.push(format!("its credentials may not create cluster-wide objects ({})", list.join(", ")));
        }
    }

    fn storage(&self, cluster: &Cluster, out: &mut Vec<String>) {
        for claim in &self.component.volumes {
            if let Err(reason) = flavour::storage_class(claim.class.as_deref(), &claim.access_modes, &cluster.facts) {
                out.push(format!("volume {}: {reason}", claim.name));
            }
        }
    }

    fn security(&self, cluster: &Cluster, out: &mut Vec<String>) {
        let Some(needs) = self.needs else { return };
        let (level, list) = match flavour::pod_security(&cluster.facts) {
            flavour::Level::Restricted => ("restricted", &needs.restricted),
            flavour::Level::Baseline => ("baseline", &needs.baseline),
            flavour::Level::Privileged => return,
        };
        if !list.is_empty() {
            out.push(format!("Pod Security {level} forbids {}", list.join(", ")));
        }
    }

    /// One replica has to fit an empty enough node; whether all fit beside the others is the search's question.
    fn size(&self, cluster: &Cluster, out: &mut Vec<String>) {
        if cluster.facts.nodes.is_empty() || self.demand.replicas == 0 {
            return;
        }
        let usable: Vec<&NodeFacts> = cluster.facts.nodes.iter().filter(|node| self.accepts(node)).collect();
        if usable.is_empty() {
            out.push("has no ready node that the component may use".to_owned());
            return;
        }
        let fits = |node: &&NodeFacts| {
            let (cpu, memory) = free(node);
            cpu >= self.demand.cpu_millis && memory >= self.demand.memory_bytes
        };
        if !usable.iter().any(fits) {
            let cpu = usable.iter().map(|node| free(node).0).max().unwrap_or_default();
            let memory = usable.iter().map(|node| free(node).1).max().unwrap_or_default();
            out.push(format!(
                "no node has room for one replica ({}m CPU and {} asked; at most {cpu}m and {} free)",
                self.demand.cpu_millis,
                hypo_shared::quantity::format_bytes(self.demand.memory_bytes),
                hypo_shared::quantity::format_bytes(memory),
            ));
        }
    }

    /// Whether a pod of the component may run on the node.
    pub(super) fn accepts(&self, node: &NodeFacts) -> bool {
        let arch = self.requirement.is_none_or(|wish| wish.arch.is_empty() || wish.arch.contains(&node.arch));
        let selector = self.needs.is_none_or(|needs| {
            needs.node_selector.iter().all(|(key, value)| node_label(node, key).is_some_and(|found| found == value))
        });
        node.ready && arch && selector
    }
}

/// A cluster whose facts are unknown limits nothing: an offline split has no facts.
pub(super) fn probed(cluster: &Cluster) -> bool {
    let facts = &cluster.facts;
    facts.probed_at.is_some() || !facts.nodes.is_empty() || !facts.api_versions.is_empty() || !facts.kinds.is_empty()
}

/// Free CPU in millicores and memory in bytes.
pub(super) fn free(node: &NodeFacts) -> (u64, u64) {
    (node.cpu_millis.saturating_sub(node.cpu_used_millis), node.memory_bytes.saturating_sub(node.memory_used_bytes))
}

fn node_label<'a>(node: &'a NodeFacts, key: &str) -> Option<&'a String> {
    match key {
        "kubernetes.io/arch" | "beta.kubernetes.io/arch" if !node.labels.contains_key(key) => Some(&node.arch),
        "kubernetes.io/hostname" if !node.labels.contains_key(key) => Some(&node.name),
        key => node.labels.get(key),
    }
}

/// API groups whose definitions the package brings itself: a CRD is called `plural.group`.
pub(super) fn brought(analysis: &Analysis) -> BTreeSet<&str> {
    analysis
        .components
        .iter()
        .flat_map(|component| &component.owned)
        .chain(analysis.shared.iter().map(|shared| &shared.object))
        .filter(|object| object.kind == "CustomResourceDefinition")
        .filter_map(|object| object.name.split_once('.').map(|(_, group)| group))
        .collect()
}

/// The rules of every component, by name.
pub(super) fn all<'a>(input: &PlacementInput<'a>) -> BTreeMap<&'a str, Rules<'a>> {
    input.analysis.components.iter().map(|component| (component.name.as_str(), Rules::of(input, component))).collect()
}
