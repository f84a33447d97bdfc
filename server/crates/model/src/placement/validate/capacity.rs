//! Whether the pods of a placement fit. A violation is raised only where it is proven: too much in sum, a pod larger
//! than every node, or an exhaustive search that ends without a packing.

use std::collections::BTreeSet;

use hypo_shared::{
    ClusterId, ErrorCode,
    placement::{PeerPolicy, Placement},
    quantity::format_bytes,
};

use super::{PlacementInput, Violation, by_cluster};
use crate::{
    cluster::{Cluster, NodeFacts},
    fabric::link,
    placement::demand::{Demand, running},
};

/// Steps of the exhaustive search; beyond them the question is left open.
const STEPS: u32 = 20_000;

/// More pods than this are judged by their sum alone: the search recurses once per pod.
const SEARCHED: usize = 1000;

struct Pod<'a> {
    component: &'a str,
    cpu: u64,
    memory: u64,
    /// Indexes of nodes it may use.
    nodes: Vec<usize>,
}

pub(super) fn check(input: &PlacementInput<'_>, placement: &Placement, out: &mut Vec<Violation>) {
    for (id, names) in by_cluster(placement) {
        let Some(cluster) = input.clusters.iter().find(|cluster| cluster.id == id) else { continue };
        if cluster.facts.nodes.is_empty() {
            continue;
        }
        let (mut free, pods) = pods(input, placement, cluster, &names);
        if let Some(text) = problem(&mut free, pods) {
            let text = format!("{}: {text}.", cluster.name);
            out.push(Violation { code: ErrorCode::PlacementInfeasible, component: None, cluster: Some(id), text });
        }
    }
}

/// Free capacity per node after daemons, and the pods that come on top of what runs.
fn pods<'a>(
    input: &PlacementInput<'a>,
    placement: &Placement,
    cluster: &Cluster,
    names: &BTreeSet<&str>,
) -> (Vec<(i128, i128)>, Vec<Pod<'a>>) {
    let nodes = &cluster.facts.nodes;
    let mut free: Vec<(i128, i128)> = nodes
        .iter()
        .map(|node| {
            (
                i128::from(node.cpu_millis.saturating_sub(node.cpu_used_millis)),
                i128::from(node.memory_bytes.saturating_sub(node.memory_used_bytes)),
            )
        })
        .collect();
    let mut pods = Vec::new();
    for component in input.analysis.components.iter().filter(|component| names.contains(component.name.as_str())) {
        let patch = input.request.overrides.get(&component.name);
        let demand = Demand::of(component, patch).on(patch, cluster.id);
        let runs = input.current.is_some_and(|now| {
            now.assignments.get(&component.name).is_some_and(|clusters| clusters.contains(&cluster.id))
        });
        let usable: Vec<usize> =
            (0..nodes.len()).filter(|index| accepts(input, &component.name, &nodes[*index])).collect();
        if demand.daemon {
            if !runs && demand.replicas > 0 {
                for index in usable {
                    free[index].0 -= i128::from(demand.cpu_millis);
                    free[index].1 -= i128::from(demand.memory_bytes);
                }
            }
            continue;
        }
        let running = if runs { running(component, input.before, cluster.id) } else { 0 };
        // More replicas than this cannot be told apart by any cluster of this size.
        for _ in 0..demand.replicas.saturating_sub(running).min(10_000) {
            pods.push(Pod {
                component: &component.name,
                cpu: demand.cpu_millis,
                memory: demand.memory_bytes,
                nodes: usable.clone(),
            });
        }
    }
    if linked(input, placement, cluster.id) {
        pods.push(Pod {
            component: "the link agent",
            cpu: link::AGENT_CPU_MILLIS,
            memory: link::AGENT_MEMORY_BYTES,
            nodes: (0..nodes.len()).collect(),
        });
    }
    (free, pods)
}

fn accepts(input: &PlacementInput<'_>, component: &str, node: &NodeFacts) -> bool {
    if !node.ready {
        return false;
    }
    if let Some(wish) = input.request.requires.get(component)
        && !wish.arch.is_empty()
        && !wish.arch.contains(&node.arch)
    {
        return false;
    }
    let Some(needs) = input.needs.get(component) else { return true };
    needs.node_selector.iter().all(|(key, value)| match node.labels.get(key) {
        Some(found) => found == value,
        None if key == "kubernetes.io/hostname" => node.name == *value,
        None if key.ends_with("kubernetes.io/arch") => node.arch == *value,
        None => false,
    })
}

/// Whether a declared or drawn call crosses this cluster's border.
fn linked(input: &PlacementInput<'_>, placement: &Placement, id: ClusterId) -> bool {
    let set = |name: &str| -> BTreeSet<ClusterId> {
        placement.assignments.get(name).into_iter().flatten().copied().collect()
    };
    let used: BTreeSet<ClusterId> = placement.assignments.values().flatten().copied().collect();
    if input.request.peers != PeerPolicy::Declared {
        return used.len() > 1;
    }
    let found = input.analysis.edges.iter().map(|edge| (&edge.from, &edge.to));
    let drawn = input.request.extra_edges.iter().map(|edge| (&edge.from, &edge.to));
    found.chain(drawn).any(|(from, to)| {
        let (from, to) = (set(from), set(to));
        let away: Vec<_> = from.difference(&to).collect();
        away.contains(&&id) || (!away.is_empty() && to.contains(&id))
    })
}

fn problem(free: &mut [(i128, i128)], mut pods: Vec<Pod<'_>>) -> Option<String> {
    if free.iter().any(|(cpu, memory)| *cpu < 0 || *memory < 0) {
        return Some("a DaemonSet does not fit every node".to_owned());
    }
    for pod in &pods {
        let fits = |index: &usize| free[*index].0 >= i128::from(pod.cpu) && free[*index].1 >= i128::from(pod.memory);
        if !pod.nodes.iter().any(fits) {
            return Some(format!(
                "the capacity of no node is enough for {} ({}m CPU, {})",
                pod.component,
                pod.cpu,
                format_bytes(pod.memory)
            ));
        }
    }
    let asked: (u128, u128) =
        (pods.iter().map(|pod| u128::from(pod.cpu)).sum(), pods.iter().map(|pod| u128::from(pod.memory)).sum());
    let there = free
        .iter()
        .fold((0, 0), |sum: (u128, u128), (cpu, memory)| (sum.0 + cpu.unsigned_abs(), sum.1 + memory.unsigned_abs()));
    if asked.0 > there.0 || asked.1 > there.1 {
        return Some(format!(
            "capacity: {}m CPU and {} are asked for, {}m and {} are free",
            asked.0,
            format_bytes(u64::try_from(asked.1).unwrap_or(u64::MAX)),
            there.0,
            format_bytes(u64::try_from(there.1).unwrap_or(u64::MAX))
        ));
    }
    pods.sort_by_key(|pod| (pod.nodes.len(), std::cmp::Reverse((pod.cpu, pod.memory))));
    if pods.len() > SEARCHED {
        return None;
    }
    let mut steps = STEPS;
    match pack(free, &pods, &mut steps) {
        Some(false) => Some("capacity: the pods do not fit the nodes in any combination".to_owned()),
        _ => None,
    }
}

/// Depth first over best-fitting nodes; `None` when the steps ran out.
fn pack(free: &mut [(i128, i128)], pods: &[Pod<'_>], steps: &mut u32) -> Option<bool> {
    let Some((pod, rest)) = pods.split_first() else { return Some(true) };
    let (cpu, memory) = (i128::from(pod.cpu), i128::from(pod.memory));
    let mut nodes: Vec<usize> =
        pod.nodes.iter().copied().filter(|i| free[*i].0 >= cpu && free[*i].1 >= memory).collect();
    nodes.sort_by_key(|index| (free[*index].0 - cpu, free[*index].1 - memory, *index));
    for index in nodes {
        *steps = steps.checked_sub(1)?;
        free[index] = (free[index].0 - cpu, free[index].1 - memory);
        let done = pack(free, rest, steps);
        free[index] = (free[index].0 + cpu, free[index].1 + memory);
        if done != Some(false) {
            return done;
        }
    }
    Some(false)
}
