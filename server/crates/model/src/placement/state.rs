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
    /// CPU asked for on each cluster, in millicores.
    asked: Vec<i64>,
    /// Components on each cluster, by their place in [`Problem::by_size`], ascending.
    on: Vec<Vec<usize>>,
    scratch: Vec<Free>,
    /// Clusters to look at after a step.
    touched: Vec<usize>,
}

impl<'p, 'a> State<'p, 'a> {
    pub(super) fn new(problem: &'p Problem<'a>) -> Self {
        Self {
            problem,
            choice: vec![&[]; problem.groups.len()],
            cost: 0.0,
            added: problem.own.clone(),
            crossing: vec![0; problem.clusters.len()],
            asked: vec![0; problem.clusters.len()],
            on: vec![Vec::new(); problem.clusters.len()],
            scratch: Vec::new(),
            touched: Vec::new(),
        }
    }

    /// Puts an open group on a set of clusters. `false`: some cluster has no room, and nothing was changed.
    pub(super) fn assign(&mut self, group: usize, set: &'p [usize]) -> bool {
        let problem = self.problem;
        let taken = |other: &usize| self.choice[*other].iter().any(|cluster| set.contains(cluster));
        if problem.apart[group].iter().any(|(other, _)| taken(other)) {
            return false;
        }
        self.touched.clear();
        self.touched.extend_from_slice(set);
        self.shift(group, set, 1.0);
        let touched = std::mem::take(&mut self.touched);
        let fits = touched.iter().all(|cluster| self.room(*cluster));
        self.touched = touched;
        if !fits {
            self.take_back(group);
        }
        fits
    }

    /// Opens a group again.
    pub(super) fn take_back(&mut self, group: usize) {
        let set = self.choice[group];
        self.shift(group, set, -1.0);
    }

    fn shift(&mut self, group: usize, set: &'p [usize], sign: f64) {
        let problem = self.problem;
        self.choice[group] = if sign > 0.0 { set } else { &[] };
        let mut delta = match set {
            [cluster] => problem.own[group][*cluster],
            set => problem.own_cost(group, set),
        };
        for &cluster in set {
            let cpu = problem.cpu[group][cluster];
            self.asked[cluster] = self.asked[cluster].saturating_add(if sign > 0.0 { cpu } else { -cpu });
            let on = &mut self.on[cluster];
            for rank in problem.groups[group].members.iter().map(|member| problem.rank[*member]) {
                match on.binary_search(&rank) {
                    Ok(at) if sign < 0.0 => drop(on.remove(at)),
                    Err(at) if sign > 0.0 => on.insert(at, rank),
                    _ => {}
                }
            }
        }
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
                    if sign < 0.0 {
                        *count = count.saturating_sub(1);
                        continue;
                    }
                    *count += 1;
                    // The first link brings an agent, which needs room.
                    if *count == 1 && !self.touched.contains(&cluster) {
                        self.touched.push(cluster);
                    }
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
        let agent = (self.crossing[cluster] > 0 || problem.agents_everywhere).then_some(Item {
            replicas: 1,
            cpu: Problem::AGENT.0,
            memory: Problem::AGENT.1,
            daemon: false,
            nodes: None,
        });
        let items = self.on[cluster].iter().map(|rank| {
            let pods = &problem.pods[problem.by_size[*rank]][cluster];
            Item {
                replicas: pods.demand.replicas,
                cpu: pods.demand.cpu_millis,
                memory: pods.demand.memory_bytes,
                daemon: pods.demand.daemon,
                nodes: pods.nodes.as_deref(),
            }
        });
        pack::fits(items.chain(agent), &mut self.scratch)
    }

    /// Free CPU of a cluster that is not asked for by what is assigned, in millicores; for breaking ties.
    fn slack(&self, cluster: usize) -> i64 {
        self.problem.free[cluster].saturating_sub(self.asked[cluster])
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
