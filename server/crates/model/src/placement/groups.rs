//! Components that must stay together, and the clusters each group may use.

use std::collections::BTreeMap;

use hypo_shared::{ClusterId, ErrorCode, analysis::Component, placement::Rejection};

use super::{
    PlacementError, PlacementInput,
    problem::{Fixed, Group, error},
};
use crate::{cluster::Cluster, fabric::link};

/// Refuses names the package does not have and clusters nobody offered.
pub(super) fn known_names(input: &PlacementInput<'_>) -> Result<(), PlacementError> {
    let known = |name: &str| input.analysis.components.iter().any(|component| component.name == name);
    let request = input.request;
    let named = request.pins.keys().chain(request.requires.keys()).chain(request.overrides.keys());
    let drawn = request.extra_edges.iter().flat_map(|edge| [&edge.from, &edge.to]);
    for name in named.chain(drawn) {
        if !known(name) {
            let text = format!("The package has no component {name}.");
            return Err(error(ErrorCode::PlacementUnknownComponent, Some(name), text));
        }
    }
    for (name, clusters) in &request.pins {
        if clusters.is_empty() {
            let text = format!("{name} is placed on no cluster.");
            return Err(error(ErrorCode::PlacementIncomplete, Some(name), text));
        }
        for id in clusters {
            let Some(cluster) = input.clusters.iter().find(|cluster| cluster.id == *id) else {
                let text = format!("{name} is placed on cluster {id}, which is not offered.");
                return Err(error(ErrorCode::PlacementUnknownCluster, Some(name), text));
            };
            if !input.offered.contains(id) {
                let text = format!("{name} is placed on {}, which its owner has not granted.", cluster.name);
                return Err(error(ErrorCode::PlacementNotGranted, Some(name), text));
            }
        }
    }
    Ok(())
}

/// Why two components are in one group: the sentence of the glue, or the protocol no link carries.
pub(super) fn bonds(input: &PlacementInput<'_>) -> Vec<(Vec<String>, String)> {
    let mut out: Vec<(Vec<String>, String)> =
        input.analysis.glue.iter().map(|glue| (glue.members.clone(), glue.reason.clone())).collect();
    for edge in &input.analysis.edges {
        if !link::carries(&edge.protocol) {
            let reason = format!("{} calls {} by {}, which no link carries", edge.from, edge.to, edge.protocol);
            out.push((vec![edge.from.clone(), edge.to.clone()], reason));
        }
    }
    out
}

/// The groups, sorted by their first member, and the group of each component.
pub(super) fn build(
    input: &PlacementInput<'_>,
    components: &[&Component],
    index: &BTreeMap<&str, usize>,
    place: &BTreeMap<ClusterId, usize>,
    current: &[Vec<usize>],
    rejected: &[Vec<Rejection>],
    clusters: &[&Cluster],
) -> Result<(Vec<Group>, Vec<usize>), PlacementError> {
    let mut root: Vec<usize> = (0..components.len()).collect();
    for (members, _) in bonds(input) {
        let known: Vec<usize> = members.iter().filter_map(|name| index.get(name.as_str()).copied()).collect();
        for pair in known.windows(2) {
            let (a, b) = (find(&mut root, pair[0]), find(&mut root, pair[1]));
            let (low, high) = (a.min(b), a.max(b));
            root[high] = low;
        }
    }
    let mut groups: Vec<Group> = Vec::new();
    let mut seen: BTreeMap<usize, usize> = BTreeMap::new();
    let group_of: Vec<usize> = (0..components.len())
        .map(|component| {
            let root = find(&mut root, component);
            let group = *seen.entry(root).or_insert_with(|| {
                groups.push(Group { members: Vec::new(), domain: Vec::new(), fixed: None });
                groups.len() - 1
            });
            groups[group].members.push(component);
            group
        })
        .collect();
    for group in &mut groups {
        group.fixed = fixed(input, group, components, place, current)?;
        let allowed = |cluster: &usize| {
            let id = clusters[*cluster].id;
            group.members.iter().all(|member| rejected[*member].iter().all(|rejection| rejection.cluster != id))
        };
        group.domain = match &group.fixed {
            Some((set, _)) => set.clone(),
            None => (0..clusters.len()).collect(),
        };
        let wanted = group.domain.len();
        group.domain.retain(allowed);
        let broken = if group.fixed.is_some() { group.domain.len() < wanted } else { group.domain.is_empty() };
        if broken {
            return Err(infeasible(group, components, rejected, clusters));
        }
    }
    Ok((groups, group_of))
}

fn find(root: &mut [usize], mut at: usize) -> usize {
    while root[at] != at {
        root[at] = root[root[at]];
        at = root[at];
    }
    at
}

fn fixed(
    input: &PlacementInput<'_>,
    group: &Group,
    components: &[&Component],
    place: &BTreeMap<ClusterId, usize>,
    current: &[Vec<usize>],
) -> Result<Option<(Vec<usize>, Fixed)>, PlacementError> {
    let mut out: Option<(Vec<usize>, Fixed)> = None;
    for &member in &group.members {
        let Some(pins) = input.request.pins.get(&components[member].name) else { continue };
        let mut set: Vec<usize> = pins.iter().filter_map(|id| place.get(id).copied()).collect();
        set.sort_unstable();
        set.dedup();
        match &out {
            Some((other, Fixed::Pinned(first))) if *other != set => {
                let (a, b) = (&components[*first].name, &components[member].name);
                let text = format!("{a} and {b} must stay together: {}.", why(input, a, b));
                return Err(error(ErrorCode::PlacementGlueBroken, Some(b), text));
            }
            Some(_) => {}
            None => out = Some((set, Fixed::Pinned(member))),
        }
    }
    if out.is_some() {
        return Ok(out);
    }
    // Data does not follow a component to another cluster, so only a pin moves what keeps data.
    for &member in group.members.iter().filter(|member| components[**member].stateful) {
        match &out {
            _ if current[member].is_empty() => {}
            Some((other, Fixed::Data(first))) if *other != current[member] => {
                let (a, b) = (&components[*first].name, &components[member].name);
                let text = format!(
                    "{a} and {b} must stay together ({}) but keep their data on different clusters; place one of them.",
                    why(input, a, b)
                );
                return Err(error(ErrorCode::PlacementGlueBroken, Some(b), text));
            }
            Some(_) => {}
            None => out = Some((current[member].clone(), Fixed::Data(member))),
        }
    }
    Ok(out)
}

/// The reason that ties two components, directly where there is one.
pub(super) fn why(input: &PlacementInput<'_>, a: &str, b: &str) -> String {
    let bonds = bonds(input);
    let direct =
        bonds.iter().find(|(members, _)| [a, b].iter().all(|name| members.iter().any(|member| member == name)));
    let any = || bonds.iter().find(|(members, _)| members.iter().any(|member| member == b));
    direct.or_else(any).map_or_else(String::new, |(_, reason)| reason.clone())
}

fn infeasible(
    group: &Group,
    components: &[&Component],
    rejected: &[Vec<Rejection>],
    clusters: &[&Cluster],
) -> PlacementError {
    let names: Vec<&str> = group.members.iter().map(|member| components[*member].name.as_str()).collect();
    let mut list: Vec<Rejection> = Vec::new();
    let mut first: Option<&str> = None;
    let considered: Vec<usize> = match &group.fixed {
        Some((set, _)) => set.clone(),
        None => (0..clusters.len()).collect(),
    };
    for cluster in considered {
        let id = clusters[cluster].id;
        for &member in &group.members {
            for rejection in rejected[member].iter().filter(|rejection| rejection.cluster == id) {
                let name = components[member].name.as_str();
                first.get_or_insert(name);
                let reason =
                    if names.len() == 1 { rejection.reason.clone() } else { format!("{name}: {}", rejection.reason) };
                list.push(Rejection { cluster: id, reason });
            }
        }
    }
    let text: Vec<String> = list
        .iter()
        .map(|rejection| {
            let name = clusters.iter().find(|cluster| cluster.id == rejection.cluster).map_or("", |c| c.name.as_str());
            format!("{name}: {}", rejection.reason)
        })
        .collect();
    let subject = match &group.fixed {
        Some((_, Fixed::Pinned(member))) => format!("{} cannot run where you placed it", components[*member].name),
        Some((_, Fixed::Data(member))) => {
            format!("{} keeps its data where it can no longer run", components[*member].name)
        }
        None if clusters.is_empty() => "No cluster is offered".to_owned(),
        None if names.len() == 1 => format!("No cluster can run {}", names[0]),
        None => format!("No cluster can run {} together", names.join(", ")),
    };
    let message = if text.is_empty() { format!("{subject}.") } else { format!("{subject}: {}.", text.join(" · ")) };
    PlacementError {
        code: ErrorCode::PlacementInfeasible,
        message,
        component: first.or(names.first().copied()).map(str::to_owned),
        rejected: list,
    }
}
