//! Branch and bound over the groups while the budget of nodes lasts, then large-neighbourhood search.
//! Budgets count steps, never time, so that a slow machine finds the same answer.

use super::{random::Random, state::State};

/// Table cells the exact search may look at.
const EXACT_WORK: usize = 3_000_000;
/// Table cells the local search may look at.
const LOCAL_WORK: usize = 3_000_000;
/// Random orders that are tried when the first greedy pass finds no room.
const RESTARTS: usize = 40;

/// A complete choice for the open groups.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Found {
    pub(super) cost: f64,
    /// Cluster by open group.
    pub(super) clusters: Vec<usize>,
    /// Nothing cheaper exists.
    pub(super) proven: bool,
}

/// The best choice for `open` groups beside what `state` holds; `None` where no complete choice fits.
pub(super) fn best(state: &mut State<'_, '_>, open: &[usize], seed: u64) -> Option<Found> {
    let order = by_weight(state, open);
    let mut random = Random::new(seed);
    let mut found = greedy(state, &order);
    let cells = (open.len() * state.problem.clusters.len()).max(1);
    let mut exact = Exact { order: &order, budget: EXACT_WORK / cells, found: found.take(), path: Vec::new() };
    exact.descend(state);
    let proven = exact.budget > 0;
    found = exact.found;
    if !proven {
        for _ in 0..RESTARTS {
            if found.is_some() {
                break;
            }
            let mut shuffled = order.clone();
            for index in (1..shuffled.len()).rev() {
                shuffled.swap(index, random.below(index + 1));
            }
            found = greedy(state, &shuffled).map(|found| reorder(found, &shuffled, &order));
        }
        if let Some(found) = &mut found {
            improve(state, &order, found, &mut random, LOCAL_WORK / cells);
        }
    }
    found.map(|found| Found { proven, ..reorder(found, &order, open) })
}

/// Groups with the heaviest links and the largest domains' effect first: early choices then bound the most.
fn by_weight(state: &State<'_, '_>, open: &[usize]) -> Vec<usize> {
    let problem = state.problem;
    let weight = |group: usize| -> f64 {
        problem.links_of[group].iter().map(|link| problem.links[*link].chattiness + problem.links[*link].ports).sum()
    };
    let mut order = open.to_vec();
    order.sort_by(|a, b| {
        let domains = problem.groups[*a].domain.len().cmp(&problem.groups[*b].domain.len());
        let single = (problem.groups[*b].domain.len() == 1).cmp(&(problem.groups[*a].domain.len() == 1));
        single.then(weight(*b).total_cmp(&weight(*a))).then(domains).then(a.cmp(b))
    });
    order
}

fn reorder(found: Found, from: &[usize], to: &[usize]) -> Found {
    let clusters = to
        .iter()
        .map(|group| {
            let at = from.iter().position(|other| other == group).expect("both orders hold the same groups");
            found.clusters[at]
        })
        .collect();
    Found { clusters, ..found }
}

fn greedy(state: &mut State<'_, '_>, order: &[usize]) -> Option<Found> {
    let mut clusters = Vec::with_capacity(order.len());
    for &group in order {
        let problem = state.problem;
        let chosen = state
            .candidates(group)
            .into_iter()
            .map(|(_, cluster)| cluster)
            .find(|cluster| state.assign(group, &problem.single[*cluster]));
        match chosen {
            Some(cluster) => clusters.push(cluster),
            None => break,
        }
    }
    let complete = clusters.len() == order.len();
    let found = Found { cost: state.cost, clusters, proven: false };
    for &group in order[..found.clusters.len()].iter().rev() {
        state.take_back(group);
    }
    complete.then_some(found)
}

struct Exact<'o> {
    order: &'o [usize],
    /// Nodes left; 0 means the search was cut short.
    budget: usize,
    found: Option<Found>,
    path: Vec<usize>,
}

impl Exact<'_> {
    fn descend(&mut self, state: &mut State<'_, '_>) {
        let Some(&group) = self.order.get(self.path.len()) else {
            if self.found.as_ref().is_none_or(|best| state.cost < best.cost - 1e-9) {
                self.found = Some(Found { cost: state.cost, clusters: self.path.clone(), proven: false });
            }
            return;
        };
        let problem = state.problem;
        for (_, cluster) in state.candidates(group) {
            if self.budget == 0 {
                return;
            }
            self.budget -= 1;
            if !state.assign(group, &problem.single[cluster]) {
                continue;
            }
            self.path.push(cluster);
            let rest = &self.order[self.path.len()..];
            let bound = state.cost + rest.iter().map(|open| cheapest(state, *open)).sum::<f64>();
            if self.found.as_ref().is_none_or(|best| bound < best.cost - 1e-9) {
                self.descend(state);
            }
            self.path.pop();
            state.take_back(group);
        }
    }
}

fn cheapest(state: &State<'_, '_>, group: usize) -> f64 {
    let domain = &state.problem.groups[group].domain;
    domain.iter().map(|cluster| state.added[group][*cluster]).fold(f64::INFINITY, f64::min)
}

/// Takes a few related groups out and puts them back better, again and again.
fn improve(state: &mut State<'_, '_>, order: &[usize], found: &mut Found, random: &mut Random, rounds: usize) {
    let problem = state.problem;
    for (&group, &cluster) in order.iter().zip(&found.clusters) {
        // A complete choice that fitted once fits again: the same sets are packed in the same order.
        if !state.assign(group, &problem.single[cluster]) {
            return;
        }
    }
    let mut now: Vec<usize> = found.clusters.clone();
    for _ in 0..rounds.min(600) {
        let out = neighbourhood(state, order, random);
        let before = state.cost;
        for &at in &out {
            state.take_back(order[at]);
        }
        let mut done = Vec::with_capacity(out.len());
        for &at in &out {
            let group = order[at];
            let chosen = state
                .candidates(group)
                .into_iter()
                .map(|(_, cluster)| cluster)
                .find(|cluster| state.assign(group, &problem.single[*cluster]));
            match chosen {
                Some(cluster) => done.push((at, cluster)),
                None => break,
            }
        }
        if done.len() == out.len() && state.cost <= before + 1e-9 {
            for (at, cluster) in done {
                now[at] = cluster;
            }
            if state.cost < found.cost - 1e-9 {
                *found = Found { cost: state.cost, clusters: now.clone(), proven: false };
            }
            continue;
        }
        for (at, _) in done {
            state.take_back(order[at]);
        }
        for &at in &out {
            // What stood before fits: nothing else has changed.
            let _ = state.assign(order[at], &problem.single[now[at]]);
        }
    }
    for &group in order {
        state.take_back(group);
    }
}

/// Two to eight positions of `order`: one at random, those it talks to, and a few others.
fn neighbourhood(state: &State<'_, '_>, order: &[usize], random: &mut Random) -> Vec<usize> {
    let problem = state.problem;
    let size = (2 + random.below(7)).min(order.len());
    let first = random.below(order.len());
    let mut out = vec![first];
    let mut at = 0;
    while out.len() < size && at < out.len() {
        let group = order[out[at]];
        for &link in &problem.links_of[group] {
            let link = &problem.links[link];
            let other = if link.from == group { link.to } else { link.from };
            if let Some(position) = order.iter().position(|open| *open == other)
                && !out.contains(&position)
                && out.len() < size
                && random.below(4) > 0
            {
                out.push(position);
            }
        }
        at += 1;
    }
    while out.len() < size {
        let position = random.below(order.len());
        if !out.contains(&position) {
            out.push(position);
        }
    }
    for index in (1..out.len()).rev() {
        out.swap(index, random.below(index + 1));
    }
    out
}
