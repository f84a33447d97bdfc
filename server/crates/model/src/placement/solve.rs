//! The cheapest placement that satisfies every hard constraint.

use std::collections::BTreeMap;

use hypo_shared::{
    ErrorCode,
    placement::{Placement, PlacementReason},
};

use super::{
    PlacementError, PlacementInput, explain,
    problem::{Problem, error},
    search,
    state::State,
};

/// The cheapest placement that satisfies every hard constraint. Deterministic: the same input gives the same answer.
/// Exact while the package is small; beyond its budget of steps the search is local and the seed decides its path.
///
/// # Errors
/// Names the component and the constraint that cannot be met, and what ruled every cluster out.
pub fn solve(input: &PlacementInput<'_>) -> Result<Placement, PlacementError> {
    let problem = Problem::new(input)?;
    let mut state = State::new(&problem);
    let mut open = Vec::new();
    for (index, group) in problem.groups.iter().enumerate() {
        match &group.fixed {
            Some((set, _)) if !state.assign(index, set) => return Err(full(&problem, index, set)),
            Some(_) => {}
            None => open.push(index),
        }
    }
    let Some(found) = search::best(&mut state, &open, input.request.seed) else {
        return Err(crowded(&problem, &open));
    };
    for (group, cluster) in open.iter().zip(&found.clusters) {
        if !state.assign(*group, &problem.single[*cluster]) {
            return Err(crowded(&problem, &open));
        }
    }
    let mut assignments = BTreeMap::new();
    let mut reasons: BTreeMap<String, PlacementReason> = BTreeMap::new();
    for (index, component) in problem.components.iter().enumerate() {
        let set = state.choice[problem.group_of[index]];
        assignments.insert(component.name.clone(), set.iter().map(|at| problem.clusters[*at].id).collect());
    }
    for group in 0..problem.groups.len() {
        for (member, reason) in explain::group(input, &mut state, group, found.proven) {
            reasons.insert(problem.components[member].name.clone(), reason);
        }
    }
    // Sums come in varying order: nine digits are what they agree on.
    let cost = (state.cost * 1e6).round() / 1e6;
    Ok(Placement { assignments, reasons, cost })
}

fn full(problem: &Problem<'_>, group: usize, set: &[usize]) -> PlacementError {
    let names: Vec<&str> = set.iter().map(|at| problem.clusters[*at].name.as_str()).collect();
    let component = problem.components[problem.groups[group].members[0]].name.as_str();
    let text = format!(
        "The capacity of {} is not enough for the components placed there; {component} has no room left.",
        names.join(", ")
    );
    error(ErrorCode::PlacementInfeasible, Some(component), with_apart(problem, group, text))
}

/// What cannot share a cluster may be why there is no room.
fn with_apart(problem: &Problem<'_>, group: usize, text: String) -> String {
    match problem.apart.get(group).and_then(|apart| apart.first()) {
        Some((_, reason)) => format!("{reason}. {text}"),
        None => text,
    }
}

fn crowded(problem: &Problem<'_>, open: &[usize]) -> PlacementError {
    let largest = problem
        .by_size
        .iter()
        .find(|component| open.contains(&problem.group_of[**component]))
        .map(|component| problem.components[*component].name.as_str());
    let text = format!(
        "The capacity of the {} offered clusters is not enough for all components beside each other{}.",
        problem.clusters.len(),
        largest.map_or_else(String::new, |name| format!("; the largest is {name}"))
    );
    let apart = open.iter().copied().find(|group| !problem.apart[*group].is_empty()).unwrap_or_default();
    error(ErrorCode::PlacementInfeasible, largest, with_apart(problem, apart, text))
}
