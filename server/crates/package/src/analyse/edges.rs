//! References become edges, candidates and outside hosts.

use std::collections::{BTreeMap, BTreeSet};

use hypo_shared::analysis::{ACCEPT, Edge, Evidence, External};

use crate::components::build::Model;

/// Shown evidence for one candidate; a word may stand in hundreds of lines.
const CANDIDATE_EVIDENCE: usize = 5;

/// Accepted edges and candidates, each sorted by caller, peer, Service and port.
pub(super) fn edges(model: &Model<'_>) -> (Vec<Edge>, Vec<Edge>) {
    type Key = (String, String, String, u16, String);
    let mut found: [BTreeMap<Key, (f64, BTreeSet<Evidence>)>; 2] = Default::default();
    let mut linked = BTreeSet::new();
    for reference in &model.scan.references {
        for to in &reference.to {
            let accepted = reference.confidence >= ACCEPT;
            if accepted {
                linked.insert((reference.from, *to));
            }
            let key = (
                model.graph.components[reference.from].name.clone(),
                model.graph.components[*to].name.clone(),
                model.package.services[reference.service].name.to_owned(),
                reference.port,
                reference.protocol.clone(),
            );
            let entry = found[usize::from(!accepted)].entry(key).or_default();
            entry.0 = entry.0.max(reference.confidence);
            entry.1.insert(reference.evidence.clone());
        }
    }
    let known: BTreeSet<(&str, &str)> = linked
        .iter()
        .map(|(from, to)| (model.graph.components[*from].name.as_str(), model.graph.components[*to].name.as_str()))
        .collect();
    let [accepted, candidates] = found;
    let edge = |((from, to, service, port, protocol), (confidence, evidence)): (Key, (f64, BTreeSet<Evidence>))| Edge {
        from,
        to,
        service,
        port,
        protocol,
        confidence,
        evidence: evidence.into_iter().collect(),
    };
    let candidates = candidates
        .into_iter()
        .filter(|((from, to, ..), _)| !known.contains(&(from.as_str(), to.as_str())))
        .map(|found| {
            let mut candidate = edge(found);
            candidate.evidence.truncate(CANDIDATE_EVIDENCE);
            candidate
        })
        .collect();
    (accepted.into_iter().map(edge).collect(), candidates)
}

/// Hosts outside the package, sorted.
pub(super) fn external(model: &Model<'_>) -> Vec<External> {
    let mut found: BTreeMap<(String, Option<u16>, String), BTreeSet<Evidence>> = BTreeMap::new();
    for outside in &model.scan.outside {
        let from = model.graph.components[outside.from].name.clone();
        found.entry((outside.host.clone(), outside.port, from)).or_default().insert(outside.evidence.clone());
    }
    found
        .into_iter()
        .map(|((host, port, from), evidence)| External { host, port, from, evidence: evidence.into_iter().collect() })
        .collect()
}
