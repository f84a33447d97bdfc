//! A reason per component and per cluster that it does not run on.

use hypo_shared::placement::{PlacementReason, Rejection};

use super::{
    PlacementInput, groups,
    problem::{Fixed, Problem},
    state::State,
};

/// Reasons for every member of a group of a complete placement, by component index.
pub(super) fn group(
    input: &PlacementInput<'_>,
    state: &mut State<'_, '_>,
    group: usize,
    proven: bool,
) -> Vec<(usize, PlacementReason)> {
    let problem = state.problem;
    let chosen = state.choice[group];
    let others = alternatives(state, group, chosen);
    let cheapest =
        others.iter().filter_map(|(cluster, cost)| Some((*cluster, (*cost)?))).min_by(|a, b| a.1.total_cmp(&b.1));
    let members = problem.groups[group].members.clone();
    members
        .iter()
        .map(|&member| {
            let chosen = match &problem.groups[group].fixed {
                Some((_, Fixed::Pinned(pinned))) if *pinned == member => "Chosen by you.".to_owned(),
                Some((_, Fixed::Pinned(_))) if input.request.pins.contains_key(&problem.components[member].name) => {
                    "Chosen by you.".to_owned()
                }
                Some((_, Fixed::Pinned(pinned))) => together(input, problem, member, *pinned, "which you placed"),
                Some((_, Fixed::Data(keeper))) if *keeper == member => "Its data lies here.".to_owned(),
                Some((_, Fixed::Data(keeper))) => together(input, problem, member, *keeper, "whose data lies here"),
                None => free_choice(problem, group, chosen[0], cheapest, proven),
            };
            (member, PlacementReason { chosen, rejected: rejected(problem, group, member, &others) })
        })
        .collect()
}

fn together(input: &PlacementInput<'_>, problem: &Problem<'_>, member: usize, with: usize, whose: &str) -> String {
    let (name, with) = (&problem.components[member].name, &problem.components[with].name);
    format!("Stays with {with}, {whose}: {}.", groups::why(input, with, name))
}

/// What each other possible cluster would add to the cost; `None` where there is no room.
fn alternatives(state: &mut State<'_, '_>, group: usize, chosen: &'_ [usize]) -> Vec<(usize, Option<f64>)> {
    let problem = state.problem;
    if problem.groups[group].fixed.is_some() {
        return Vec::new();
    }
    let before = state.cost;
    let Some(&home) = chosen.first() else { return Vec::new() };
    state.take_back(group);
    let mut out = Vec::new();
    for &cluster in problem.groups[group].domain.iter().filter(|cluster| **cluster != home) {
        let fits = state.assign(group, &problem.single[cluster]);
        out.push((cluster, fits.then_some(state.cost - before)));
        if fits {
            state.take_back(group);
        }
    }
    // What stood before fits: nothing else has changed.
    let _ = state.assign(group, &problem.single[home]);
    out
}

fn free_choice(
    problem: &Problem<'_>,
    group: usize,
    home: usize,
    cheapest: Option<(usize, f64)>,
    proven: bool,
) -> String {
    let domain = problem.groups[group].domain.len();
    let beside: Vec<&str> = problem.groups[group]
        .members
        .iter()
        .filter(|_| problem.groups[group].members.len() > 1)
        .map(|member| problem.components[*member].name.as_str())
        .collect();
    let glued = if beside.is_empty() { String::new() } else { format!(" {} stay together.", beside.join(", ")) };
    if domain == 1 {
        return format!("{} is the only cluster that meets every constraint.{glued}", problem.clusters[home].name);
    }
    match cheapest {
        Some((other, more)) if more > 1e-6 => format!(
            "Cheapest of {domain} possible clusters{}; {} would cost {more:.1} more.{glued}",
            if proven { "" } else { " (local search)" },
            problem.clusters[other].name
        ),
        Some((other, _)) => {
            format!("{} costs the same; the cluster with more room was taken.{glued}", problem.clusters[other].name)
        }
        None => format!("The other {} possible clusters have no room left.{glued}", domain - 1),
    }
}

fn rejected(problem: &Problem<'_>, group: usize, member: usize, others: &[(usize, Option<f64>)]) -> Vec<Rejection> {
    let mut out = problem.rejected[member].clone();
    for &partner in problem.groups[group].members.iter().filter(|partner| **partner != member) {
        for rejection in &problem.rejected[partner] {
            if out.iter().all(|known| known.cluster != rejection.cluster) {
                let name = &problem.components[partner].name;
                let reason = format!("{name}, which must stay with it: {}", rejection.reason);
                out.push(Rejection { cluster: rejection.cluster, reason });
            }
        }
    }
    for (cluster, cost) in others {
        let reason = match cost {
            Some(more) => format!("possible, but costs {more:.1} more"),
            None => "no room left beside the other components".to_owned(),
        };
        out.push(Rejection { cluster: problem.clusters[*cluster].id, reason });
    }
    out.sort();
    out
}
