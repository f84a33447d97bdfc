//! The placement question in dense form: groups that move as one, clusters by index, costs in tables.

use std::collections::{BTreeMap, BTreeSet};

use hypo_shared::{
    ClusterId, ErrorCode,
    analysis::Component,
    placement::{PeerPolicy, Rejection},
};

use super::{
    PlacementError, PlacementInput, Weights,
    demand::{Demand, running},
    groups,
    pack::Free,
    rules,
};
use crate::{cluster::Cluster, fabric::link};

/// Components that move as one.
pub(super) struct Group {
    /// Indexes into [`Problem::components`], ascending.
    pub(super) members: Vec<usize>,
    /// Clusters the planner may choose, ascending.
    pub(super) domain: Vec<usize>,
    /// Where the group has to be, and why.
    pub(super) fixed: Option<(Vec<usize>, Fixed)>,
}

/// Why a group has no choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fixed {
    /// By the component of this index.
    Pinned(usize),
    /// The component of this index keeps data there.
    Data(usize),
}

/// Calls between two groups, summed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Link {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) chattiness: f64,
    /// Service ports.
    pub(super) ports: f64,
}

/// A component's pods on a cluster beyond those that run there already, with the nodes it may use.
pub(super) struct Pods {
    pub(super) demand: Demand,
    pub(super) nodes: Option<Vec<bool>>,
}

pub(super) struct Problem<'a> {
    pub(super) weights: Weights,
    /// Sorted by id.
    pub(super) clusters: Vec<&'a Cluster>,
    /// Sorted by name.
    pub(super) components: Vec<&'a Component>,
    pub(super) groups: Vec<Group>,
    pub(super) group_of: Vec<usize>,
    pub(super) links: Vec<Link>,
    /// Links by group.
    pub(super) links_of: Vec<Vec<usize>>,
    /// Round trip in milliseconds.
    pub(super) distance: Vec<Vec<f64>>,
    /// Price of an hour of each component's CPU, by component and cluster.
    pub(super) price: Vec<Vec<f64>>,
    /// Where each component runs now.
    pub(super) current: Vec<Vec<usize>>,
    /// Free capacity of each cluster's nodes; empty when it is not known.
    pub(super) nodes: Vec<Vec<Free>>,
    /// By component and cluster.
    pub(super) pods: Vec<Vec<Pods>>,
    /// Components, largest share first.
    pub(super) by_size: Vec<usize>,
    /// The place of each component in `by_size`.
    pub(super) rank: Vec<usize>,
    /// Every cluster needs an agent whatever is chosen.
    pub(super) agents_everywhere: bool,
    /// Clusters that cannot take a component, by component; sorted.
    pub(super) rejected: Vec<Vec<Rejection>>,
    /// Groups that cannot share a cluster with each group, and why.
    pub(super) apart: Vec<Vec<(usize, String)>>,
    /// `[c]` for every cluster `c`.
    pub(super) single: Vec<Vec<usize>>,
    /// Price and moves of each group on each single cluster.
    pub(super) own: Vec<Vec<f64>>,
    /// Requested CPU of each group on each cluster, in millicores.
    pub(super) cpu: Vec<Vec<i64>>,
    /// Free CPU of each cluster, in millicores.
    pub(super) free: Vec<i64>,
}

impl<'a> Problem<'a> {
    pub(super) fn new(input: &PlacementInput<'a>) -> Result<Self, PlacementError> {
        groups::known_names(input)?;
        let mut clusters: Vec<&Cluster> = input.clusters.iter().collect();
        clusters.sort_by_key(|cluster| cluster.id);
        let mut components: Vec<&Component> = input.analysis.components.iter().collect();
        components.sort_by(|a, b| a.name.cmp(&b.name));
        let index: BTreeMap<&str, usize> =
            components.iter().enumerate().map(|(index, component)| (component.name.as_str(), index)).collect();
        let place: BTreeMap<ClusterId, usize> =
            clusters.iter().enumerate().map(|(index, cluster)| (cluster.id, index)).collect();
        let current = current(input, &components, &place);
        let rejected = rejections(input, &components, &clusters);
        let (groups, group_of) = groups::build(input, &components, &index, &place, &current, &rejected, &clusters)?;
        let links = links(input, &index, &group_of);
        let mut links_of = vec![Vec::new(); groups.len()];
        for (at, link) in links.iter().enumerate() {
            links_of[link.from].push(at);
            links_of[link.to].push(at);
        }
        let apart = separated(input, &index, &group_of, groups.len())?;
        let rules = rules::all(input);
        let pods: Vec<Vec<Pods>> = components
            .iter()
            .enumerate()
            .map(|(component, described)| {
                clusters
                    .iter()
                    .enumerate()
                    .map(|(cluster, facts)| {
                        let rules = &rules[described.name.as_str()];
                        let here = current[component].contains(&cluster);
                        let patch = input.request.overrides.get(&described.name);
                        let wanted = rules.demand.on(patch, facts.id);
                        let running = || running(described, input.before, facts.id);
                        let demand = if here { wanted.beyond(running()) } else { wanted };
                        let accepts: Vec<bool> = facts.facts.nodes.iter().map(|node| rules.accepts(node)).collect();
                        let nodes = if accepts.iter().all(|yes| *yes) { None } else { Some(accepts) };
                        Pods { demand, nodes }
                    })
                    .collect()
            })
            .collect();
        let mut by_size: Vec<usize> = (0..components.len()).collect();
        let share = |component: usize| {
            let demand = rules[components[component].name.as_str()].demand;
            // A core usually comes with 4 GiB, so 1m weighs as much as 4 MiB.
            demand.cpu_millis + demand.memory_bytes / (4 << 20)
        };
        by_size.sort_by_key(|component| (std::cmp::Reverse(share(*component)), *component));
        let mut rank = vec![0; by_size.len()];
        by_size.iter().enumerate().for_each(|(at, component)| rank[*component] = at);
        let nodes: Vec<Vec<Free>> =
            clusters.iter().map(|cluster| cluster.facts.nodes.iter().map(rules::free).collect()).collect();
        let mut problem = Self {
            weights: input.weights,
            distance: distances(&clusters),
            price: prices(&components, &clusters, &rules),
            nodes,
            single: (0..clusters.len()).map(|cluster| vec![cluster]).collect(),
            agents_everywhere: input.request.peers != PeerPolicy::Declared && clusters.len() > 1,
            clusters,
            components,
            groups,
            group_of,
            links,
            links_of,
            current,
            pods,
            by_size,
            rank,
            rejected,
            apart,
            own: Vec::new(),
            cpu: Vec::new(),
            free: Vec::new(),
        };
        problem.tables();
        Ok(problem)
    }

    /// Sums that the search asks for at every step.
    fn tables(&mut self) {
        let whole = |millis: u64| i64::try_from(millis).unwrap_or(i64::MAX);
        self.free = self.nodes.iter().map(|nodes| whole(nodes.iter().map(|node| node.0).sum())).collect();
        let groups = 0..self.groups.len();
        self.own =
            groups.clone().map(|group| self.single.iter().map(|set| self.own_cost(group, set)).collect()).collect();
        self.cpu = groups
            .map(|group| {
                (0..self.clusters.len())
                    .map(|cluster| {
                        let asked = self.groups[group].members.iter().map(|member| {
                            let demand = self.pods[*member][cluster].demand;
                            whole(demand.cpu_millis.saturating_mul(demand.replicas))
                        });
                        asked.fold(0, i64::saturating_add)
                    })
                    .collect()
            })
            .collect();
    }

    /// Price and moves of a group on a set of clusters.
    pub(super) fn own_cost(&self, group: usize, set: &[usize]) -> f64 {
        let mut cost = 0.0;
        for &member in &self.groups[group].members {
            cost += set.iter().map(|&cluster| self.price[member][cluster]).sum::<f64>() * self.weights.price;
            let left = self.current[member].iter().filter(|cluster| !set.contains(cluster)).count();
            let factor = if self.components[member].stateful { 10.0 } else { 1.0 };
            cost += left as f64 * factor * self.weights.moves;
        }
        cost
    }

    /// Latency and number of links between callers on `from` and callees on `to`.
    pub(super) fn link_cost(&self, link: &Link, from: &[usize], to: &[usize]) -> f64 {
        if let ([caller], [callee]) = (from, to) {
            if caller == callee {
                return 0.0;
            }
            return self.distance[*caller][*callee] * link.chattiness * self.weights.latency
                + link.ports * self.weights.links;
        }
        let mut cost = 0.0;
        for &caller in from {
            if to.contains(&caller) {
                continue;
            }
            let nearest = to.iter().map(|&callee| self.distance[caller][callee]).fold(f64::INFINITY, f64::min);
            cost += nearest * link.chattiness * self.weights.latency + link.ports * self.weights.links;
        }
        cost
    }

    /// Requests of the link agent: CPU in millicores and memory in bytes.
    pub(super) const AGENT: Free = (link::AGENT_CPU_MILLIS, link::AGENT_MEMORY_BYTES);
}

/// Calls per second differ by what is spoken: databases most, queues next.
pub(super) fn chattiness(port: u16) -> f64 {
    match port {
        1433 | 1521 | 3306 | 5432 | 6379 | 6380 | 9042 | 11211 | 27017 | 26257 | 8529 | 7687 => 3.0,
        1883 | 4222 | 5672 | 6650 | 8883 | 9092 | 9093 => 2.0,
        _ => 1.0,
    }
}

/// Round trip where nobody measured: near inside a domain, far between domains.
pub(super) const SAME_DOMAIN_MS: f64 = 5.0;
/// See [`SAME_DOMAIN_MS`].
pub(super) const OTHER_DOMAIN_MS: f64 = 40.0;

/// Round trip between two clusters in milliseconds; 0 inside one.
pub(crate) fn round_trip(from: &Cluster, to: &Cluster) -> f64 {
    if from.id == to.id {
        return 0.0;
    }
    let measured = from.latency_ms.get(&to.id).or_else(|| to.latency_ms.get(&from.id));
    let default = if from.domain == to.domain { SAME_DOMAIN_MS } else { OTHER_DOMAIN_MS };
    measured.copied().filter(|ms| ms.is_finite() && *ms >= 0.0).unwrap_or(default)
}

fn distances(clusters: &[&Cluster]) -> Vec<Vec<f64>> {
    clusters.iter().map(|from| clusters.iter().map(|to| round_trip(from, to)).collect()).collect()
}

fn prices(components: &[&Component], clusters: &[&Cluster], rules: &BTreeMap<&str, rules::Rules<'_>>) -> Vec<Vec<f64>> {
    let known: Vec<f64> = clusters.iter().filter_map(|cluster| cluster.price_per_cpu_hour).collect();
    // A cluster without a price is taken as an average one, so that silence is no advantage.
    let average = if known.is_empty() { 0.0 } else { known.iter().sum::<f64>() / known.len() as f64 };
    components
        .iter()
        .map(|component| {
            let demand = rules[component.name.as_str()].demand;
            let cores = (demand.cpu_millis.saturating_mul(demand.replicas)) as f64 / 1000.0;
            clusters.iter().map(|cluster| cores * cluster.price_per_cpu_hour.unwrap_or(average)).collect()
        })
        .collect()
}

fn current(
    input: &PlacementInput<'_>,
    components: &[&Component],
    place: &BTreeMap<ClusterId, usize>,
) -> Vec<Vec<usize>> {
    components
        .iter()
        .map(|component| {
            let clusters = input.current.and_then(|current| current.assignments.get(&component.name));
            let mut out: Vec<usize> = clusters.into_iter().flatten().filter_map(|id| place.get(id).copied()).collect();
            out.sort_unstable();
            out.dedup();
            out
        })
        .collect()
}

fn rejections(input: &PlacementInput<'_>, components: &[&Component], clusters: &[&Cluster]) -> Vec<Vec<Rejection>> {
    let rules = rules::all(input);
    let brought = rules::brought(input.analysis);
    components
        .iter()
        .map(|component| {
            let mut out = Vec::new();
            for cluster in clusters {
                if !input.offered.contains(&cluster.id) {
                    out.push(Rejection { cluster: cluster.id, reason: "its owner has not granted it".to_owned() });
                    continue;
                }
                let obstacles = rules[component.name.as_str()].obstacles(cluster, &brought);
                if !obstacles.is_empty() {
                    out.push(Rejection { cluster: cluster.id, reason: obstacles.join("; ") });
                }
            }
            out
        })
        .collect()
}

fn links(input: &PlacementInput<'_>, index: &BTreeMap<&str, usize>, group_of: &[usize]) -> Vec<Link> {
    let drawn = input.request.extra_edges.iter().map(|edge| (edge.from.as_str(), edge.to.as_str(), edge.port));
    let found = input.analysis.edges.iter().map(|edge| (edge.from.as_str(), edge.to.as_str(), edge.port));
    let distinct: BTreeSet<(&str, &str, u16)> = found.chain(drawn).collect();
    let mut sums: BTreeMap<(usize, usize), (f64, f64)> = BTreeMap::new();
    for (from, to, port) in distinct {
        let (Some(from), Some(to)) = (index.get(from), index.get(to)) else { continue };
        let (from, to) = (group_of[*from], group_of[*to]);
        if from != to {
            let sum = sums.entry((from, to)).or_default();
            sum.0 += chattiness(port);
            sum.1 += 1.0;
        }
    }
    sums.into_iter().map(|((from, to), (chattiness, ports))| Link { from, to, chattiness, ports }).collect()
}

/// Pairs of groups that bring the same object, both ways round.
fn separated(
    input: &PlacementInput<'_>,
    index: &BTreeMap<&str, usize>,
    group_of: &[usize],
    groups: usize,
) -> Result<Vec<Vec<(usize, String)>>, PlacementError> {
    let mut out = vec![Vec::new(); groups];
    for pair in input.apart {
        let (Some(a), Some(b)) = (index.get(pair.first.as_str()), index.get(pair.second.as_str())) else { continue };
        let (a, b) = (group_of[*a], group_of[*b]);
        if a == b {
            let text = format!("{}, and they must stay together.", pair.reason());
            return Err(error(ErrorCode::PlacementInfeasible, Some(&pair.first), text));
        }
        out[a].push((b, pair.reason()));
        out[b].push((a, pair.reason()));
    }
    Ok(out)
}

/// An error about one component.
pub(super) fn error(code: ErrorCode, component: Option<&str>, message: String) -> PlacementError {
    PlacementError { code, message, component: component.map(str::to_owned), rejected: Vec::new() }
}
