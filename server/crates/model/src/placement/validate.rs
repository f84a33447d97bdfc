//! Checks a placement against the input alone: no groups, tables or packing of the solver are used, so that a mistake
//! there shows here. Only the facts tables of `flavour` (what a cluster serves) are common.

mod capacity;

use std::collections::{BTreeMap, BTreeSet};

use hypo_shared::{ClusterId, ErrorCode, analysis::Component, placement::Placement};

use super::{PlacementInput, Violation};
use crate::{
    cluster::{Cluster, ClusterFacts},
    fabric::link,
    flavour, object,
};

/// Every hard constraint the placement breaks, sorted; empty when it holds. Shares no search code with the solver.
#[must_use]
pub fn validate(input: &PlacementInput<'_>, placement: &Placement) -> Vec<Violation> {
    let check = Check { input, placement };
    let mut out = Vec::new();
    check.complete(&mut out);
    check.requested(&mut out);
    check.together(&mut out);
    check.apart(&mut out);
    check.data_stays(&mut out);
    for component in &input.analysis.components {
        for cluster in check.clusters_of(&component.name) {
            check.suits(component, cluster, &mut out);
        }
    }
    capacity::check(input, placement, &mut out);
    out.sort();
    out.dedup();
    out
}

struct Check<'c, 'a> {
    input: &'c PlacementInput<'a>,
    placement: &'c Placement,
}

fn violation(code: ErrorCode, component: &str, cluster: Option<ClusterId>, text: String) -> Violation {
    Violation { code, component: Some(component.to_owned()), cluster, text }
}

impl<'a> Check<'_, 'a> {
    fn set(&self, component: &str) -> BTreeSet<ClusterId> {
        self.placement.assignments.get(component).into_iter().flatten().copied().collect()
    }

    fn clusters_of(&self, component: &str) -> Vec<&'a Cluster> {
        let set = self.set(component);
        self.input.clusters.iter().filter(|cluster| set.contains(&cluster.id)).collect()
    }

    fn complete(&self, out: &mut Vec<Violation>) {
        let names: BTreeSet<&str> =
            self.input.analysis.components.iter().map(|component| component.name.as_str()).collect();
        for name in &names {
            if self.set(name).is_empty() {
                out.push(violation(ErrorCode::PlacementIncomplete, name, None, format!("{name} has no cluster.")));
            }
        }
        for (name, clusters) in &self.placement.assignments {
            if !names.contains(name.as_str()) {
                let text = format!("The package has no component {name}.");
                out.push(violation(ErrorCode::PlacementUnknownComponent, name, None, text));
            }
            for id in clusters {
                if !self.input.clusters.iter().any(|cluster| cluster.id == *id) {
                    let text = format!("{name} is placed on cluster {id}, which is not offered.");
                    out.push(violation(ErrorCode::PlacementUnknownCluster, name, Some(*id), text));
                } else if !self.input.offered.contains(id) {
                    let text = format!("{name} is placed on a cluster that its owner has not granted.");
                    out.push(violation(ErrorCode::PlacementNotGranted, name, Some(*id), text));
                }
            }
        }
    }

    fn requested(&self, out: &mut Vec<Violation>) {
        for (name, pins) in &self.input.request.pins {
            let wanted: BTreeSet<ClusterId> = pins.iter().copied().collect();
            if wanted != self.set(name) {
                let text = format!("{name} is not where you placed it.");
                out.push(violation(ErrorCode::PlacementInfeasible, name, None, text));
            }
        }
    }

    /// Sets of components that share a reason to stay together.
    fn bonds(&self) -> Vec<(BTreeSet<&'a str>, String)> {
        let analysis = self.input.analysis;
        let glue =
            analysis.glue.iter().map(|glue| (glue.members.iter().map(String::as_str).collect(), glue.reason.clone()));
        let carried = analysis.edges.iter().filter(|edge| !link::carries(&edge.protocol)).map(|edge| {
            let reason = format!("{} is reached by {}, which no link carries", edge.to, edge.protocol);
            (BTreeSet::from([edge.from.as_str(), edge.to.as_str()]), reason)
        });
        glue.chain(carried).collect()
    }

    fn together(&self, out: &mut Vec<Violation>) {
        for (members, reason) in self.bonds() {
            let mut sets = members.iter().map(|name| (*name, self.set(name)));
            let Some((first, expected)) = sets.next() else { continue };
            for (name, set) in sets.filter(|(_, set)| *set != expected) {
                let _ = set;
                let text = format!("{first} and {name} must stay together: {reason}.");
                out.push(violation(ErrorCode::PlacementGlueBroken, name, None, text));
            }
        }
    }

    /// Objects of one name would overwrite each other.
    fn apart(&self, out: &mut Vec<Violation>) {
        for pair in self.input.apart {
            for cluster in self.set(&pair.first).intersection(&self.set(&pair.second)) {
                let text = format!("{}.", pair.reason());
                out.push(violation(ErrorCode::PlacementInfeasible, &pair.first, Some(*cluster), text));
            }
        }
    }

    /// What keeps data moves only when it, or something glued to it, was placed by hand.
    fn data_stays(&self, out: &mut Vec<Violation>) {
        let Some(current) = self.input.current else { return };
        let offered = |id: &&ClusterId| self.input.clusters.iter().any(|cluster| cluster.id == **id);
        for component in self.input.analysis.components.iter().filter(|component| component.stateful) {
            let before: BTreeSet<ClusterId> =
                current.assignments.get(&component.name).into_iter().flatten().filter(offered).copied().collect();
            if before.is_empty() || before == self.set(&component.name) {
                continue;
            }
            let mut circle = BTreeSet::from([component.name.as_str()]);
            loop {
                let size = circle.len();
                for (members, _) in self.bonds() {
                    if !members.is_disjoint(&circle) {
                        circle.extend(members);
                    }
                }
                if circle.len() == size {
                    break;
                }
            }
            if !circle.iter().any(|name| self.input.request.pins.contains_key(*name)) {
                let name = &component.name;
                let text = format!("{name} keeps data and would leave it behind; place it by hand to move it.");
                out.push(violation(ErrorCode::PlacementInfeasible, name, None, text));
            }
        }
    }

    fn suits(&self, component: &Component, cluster: &Cluster, out: &mut Vec<Violation>) {
        let name = &component.name;
        let mut say = |text: String| {
            let text = format!("{name} cannot run on {}: {text}.", cluster.name);
            out.push(violation(ErrorCode::PlacementInfeasible, name, Some(cluster.id), text));
        };
        if let Some(wish) = self.input.request.requires.get(name) {
            for (key, value) in &wish.labels {
                if cluster.labels.get(key) != Some(value) {
                    say(format!("it lacks the label {key}={value}"));
                }
            }
            let home = cluster.country.to_ascii_uppercase();
            if !wish.residency.is_empty() && wish.residency.iter().all(|code| code.to_ascii_uppercase() != home) {
                say(format!("data must stay in {}", wish.residency.join(", ")));
            }
            let known = known(&cluster.facts);
            if known && !wish.arch.is_empty() && cluster.facts.architectures.iter().all(|a| !wish.arch.contains(a)) {
                say(format!("it has no node of architecture {}", wish.arch.join(" or ")));
            }
        }
        if !known(&cluster.facts) {
            return;
        }
        for claim in &component.volumes {
            if let Err(reason) = flavour::storage_class(claim.class.as_deref(), &claim.access_modes, &cluster.facts) {
                say(format!("volume {}: {reason}", claim.name));
            }
        }
        for object in self.objects(component) {
            if !self.defined_by_package(&object.api_version)
                && flavour::served(&object.api_version, &object.kind, &cluster.facts) == flavour::Served::No
            {
                say(format!("it does not serve {} {}", object.api_version, object.kind));
            }
            let wide = object.kind != "Namespace" && object::cluster_scoped(&object.kind);
            if wide && !cluster.facts.cluster_admin {
                say(format!("its credentials may not create {object}"));
            }
        }
        if let Some(needs) = self.input.needs.get(name) {
            let forbidden = match flavour::pod_security(&cluster.facts) {
                flavour::Level::Privileged => &[][..],
                flavour::Level::Baseline => &needs.baseline,
                flavour::Level::Restricted => &needs.restricted,
            };
            for what in forbidden {
                say(format!("its Pod Security forbids {what}"));
            }
        }
    }

    fn objects<'o>(&'o self, component: &'o Component) -> impl Iterator<Item = &'o hypo_shared::analysis::ObjectRef> {
        let shared = self.input.analysis.shared.iter();
        let mine = shared.filter(|shared| shared.used_by.is_empty() || shared.used_by.contains(&component.name));
        component.owned.iter().chain(mine.map(|shared| &shared.object))
    }

    fn defined_by_package(&self, api_version: &str) -> bool {
        let Some((group, _)) = api_version.split_once('/') else { return false };
        let analysis = self.input.analysis;
        let owned = analysis.components.iter().flat_map(|component| &component.owned);
        owned
            .chain(analysis.shared.iter().map(|shared| &shared.object))
            .any(|object| object.kind == "CustomResourceDefinition" && object.name.ends_with(&format!(".{group}")))
    }
}

/// Facts that were never probed limit nothing.
fn known(facts: &ClusterFacts) -> bool {
    facts.probed_at.is_some()
        || [facts.nodes.is_empty(), facts.api_versions.is_empty(), facts.kinds.is_empty()].contains(&false)
}

/// Assigned components by cluster.
fn by_cluster(placement: &Placement) -> BTreeMap<ClusterId, BTreeSet<&str>> {
    let mut out: BTreeMap<ClusterId, BTreeSet<&str>> = BTreeMap::new();
    for (name, clusters) in &placement.assignments {
        for id in clusters {
            out.entry(*id).or_default().insert(name);
        }
    }
    out
}
