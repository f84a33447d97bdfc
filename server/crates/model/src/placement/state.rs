//! A partial placement with its cost, kept up to date by assigning and taking back.

use super::{
    pack::{self, Free, Item},
    problem::Problem,
};

pub(super) struct State<'p, 'a> {
    pub(super) problem: &'p Problem<'a>,
    /// Clusters of each group; empty means open.
    pub(super) choice: Vec<&'p [usize]>,
    pub(super) cost: f64,
    /// Cost of an open group on a cluster beside everything assigned so far.
    pub(super) added: Vec<Vec<f64>>,
    /// Links that touch a cluster from another one; above 0 the cluster needs an agent.
    crossing: Vec<u32>,
    scratch: Vec<Free>,
}

impl<'p, 'a> State<'p, 'a> {
    pub(super) fn new(problem: &'p Problem<'a>) -> Self {
        let added = (0..problem.groups.len())
            .map(|group| problem.single.iter().map(|set| problem.own_cost(group, set)).collect())
            .collect();
        Self {
            problem,
            choice: vec![&[]; problem.groups.len()],
            cost: 0.0,
            added,
            crossing: vec![0; problem.clusters.len()],
            scratch: Vec::new(),
        }
    }

    /// Puts an open group on a set of clusters. `false`: some cluster has no room, and nothing was changed.
    pub(super) fn assign(&mut self, group: usize, set: &'p [usize]) -> bool {
        self.shift(group, set, 1.0);
        let problem = self.problem;
        let mut touched: Vec<usize> = set.to_vec();
        for &link in &problem.links_of[group] {
            let link = &problem.links[link];
            touched.extend_from_slice(self.choice[if link.from == group { link.to } else { link.from }]);
        }
        touched.sort_unstable();
        touched.dedup();
        if touched.into_iter().all(|cluster| self.room(cluster)) {
            return true;
        }
        self.take_back(group);
        false
    }

    /// Opens a group again.
    pub(super) fn take_back(&mut self, group: usize) {
        let set = self.choice[group];
        self.shift(group, set, -1.0);
    }

    fn shift(&mut self, group: usize, set: &'p [usize], sign: f64) {
        let problem = self.problem;
        self.choice[group] = if sign > 0.0 { set } else { &[] };
        let mut delta = problem.own_cost(group, set);
        for &at in &problem.links_of[group] {
            let link = &problem.links[at];
            let caller = link.from == group;
            let other = if caller { link.to } else { link.from };
            let there = self.choice[other];
            if there.is_empty() {
                for &cluster in &problem.groups[other].domain {
                    let single = &problem.single[cluster];
                    let cost = if caller {
                        problem.link_cost(link, set, single)
                    } else {
                        problem.link_cost(link, single, set)
                    };
                    self.added[other][cluster] += sign * cost;
                }
                continue;
            }
            let (from, to) = if caller { (set, there) } else { (there, set) };
            delta += problem.link_cost(link, from, to);
            for &a in from.iter().filter(|a| !to.contains(a)) {
                for &cluster in std::iter::once(&a).chain(to) {
                    let count = &mut self.crossing[cluster];
                    *count = if sign > 0.0 { *count + 1 } else { count.saturating_sub(1) };
                }
            }
        }
        self.cost += sign * delta;
    }

    /// Whether everything assigned to the cluster fits its nodes, its agent included.
    pub(super) fn room(&mut self, cluster: usize) -> bool {
        let problem = self.problem;
        if problem.nodes[cluster].is_empty() {
            return true;
        }
        self.scratch.clear();
        self.scratch.extend_from_slice(&problem.nodes[cluster]);
        let choice = &self.choice;
        let agent = (self.crossing[cluster] > 0 || problem.agents_everywhere).then_some(Item {
            replicas: 1,
            cpu: Problem::AGENT.0,
            memory: Problem::AGENT.1,
            daemon: false,
            nodes: None,
        });
        let items = problem
            .by_size
            .iter()
            .filter(|component| choice[problem.group_of[**component]].contains(&cluster))
            .map(|component| {
                let pods = &problem.pods[*component][cluster];
                Item {
                    replicas: pods.demand.replicas,
                    cpu: pods.demand.cpu_millis,
                    memory: pods.demand.memory_bytes,
                    daemon: pods.demand.daemon,
                    nodes: pods.nodes.as_deref(),
                }
            })
            .chain(agent);
        pack::fits(items, &mut self.scratch)
    }

    /// Free CPU of a cluster that is not asked for by what is assigned, in millicores; for breaking ties.
    pub(super) fn slack(&self, cluster: usize) -> i64 {
        let problem = self.problem;
        let free: u64 = problem.nodes[cluster].iter().map(|node| node.0).sum();
        let asked: u64 = (0..problem.components.len())
            .filter(|component| self.choice[problem.group_of[*component]].contains(&cluster))
            .map(|component| {
                let demand = problem.pods[component][cluster].demand;
                demand.cpu_millis.saturating_mul(demand.replicas)
            })
            .sum();
        i64::try_from(free).unwrap_or(i64::MAX) - i64::try_from(asked).unwrap_or(i64::MAX)
    }

    /// Clusters an open group may use, cheapest first; equal cost goes to the emptiest, then to the smallest id.
    pub(super) fn candidates(&self, group: usize) -> Vec<(f64, usize)> {
        let mut out: Vec<(f64, i64, usize)> = self.problem.groups[group]
            .domain
            .iter()
            .map(|&cluster| (self.added[group][cluster], -self.slack(cluster), cluster))
            .collect();
        out.sort_by(|a, b| {
            // Costs are sums in varying order: differences beyond nine digits are noise.
            let close = (a.0 - b.0).abs() < 1e-9;
            let by_cost = if close { std::cmp::Ordering::Equal } else { a.0.total_cmp(&b.0) };
            by_cost.then(a.1.cmp(&b.1)).then(a.2.cmp(&b.2))
        });
        out.into_iter().map(|(cost, _, cluster)| (cost, cluster)).collect()
    }
}
