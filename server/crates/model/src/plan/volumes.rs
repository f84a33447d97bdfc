//! Volumes of a plan: made, found again, re-attached, or left behind.

use std::collections::BTreeMap;

use hypo_shared::{
    ClusterId,
    analysis::{Component, Note},
    plan::{ChangeKind, VolumePlan},
    quantity,
};
use serde_json::Value;

use super::PlanInput;
use crate::{
    object,
    ports::cluster::{LABEL_COMPONENT, LABEL_SERVICE},
};

/// A claim the plan wants.
struct Claim {
    name: String,
    bytes: u64,
}

/// Every volume the service has or gets; a note for each that is left behind.
pub(super) fn plan(input: &PlanInput<'_>) -> (Vec<VolumePlan>, Vec<Note>) {
    let mut out = Vec::new();
    let mut notes = Vec::new();
    let mut wanted: BTreeMap<(ClusterId, String), ()> = BTreeMap::new();
    for component in &input.analysis.components {
        let mut clusters = input.placement.assignments.get(&component.name).cloned().unwrap_or_default();
        clusters.sort_unstable();
        if component.stateful && clusters.len() > 1 {
            let text = format!(
                "{} keeps data and runs on {} clusters: each has its own data, nothing copies it between them.",
                component.name,
                clusters.len()
            );
            notes.push(Note { code: "data-not-shared".to_owned(), text });
        }
        for cluster in clusters {
            for claim in claims(input, component) {
                wanted.insert((cluster, claim.name.clone()), ());
                out.push(one(input, component, cluster, claim));
            }
        }
    }
    for kept in input.kept {
        let fits =
            kept.namespace == input.identity.namespace && wanted.contains_key(&(kept.cluster, kept.claim.clone()));
        if !fits {
            let text = format!(
                "The kept volume {} of {} cannot be attached: nothing of this plan mounts a claim of that name in namespace {} of its cluster.",
                kept.claim, kept.component, kept.namespace
            );
            notes.push(Note { code: "volume-not-attached".to_owned(), text });
        }
    }
    left_behind(input, &wanted, &mut out, &mut notes);
    out.sort_by(|a, b| (&a.component, a.cluster, &a.claim).cmp(&(&b.component, b.cluster, &b.claim)));
    out.dedup();
    (out, notes)
}

/// Claims by the names they will have: a StatefulSet's template gives `<template>-<set>-<ordinal>`.
fn claims(input: &PlanInput<'_>, component: &Component) -> Vec<Claim> {
    let patch = input.request.overrides.get(&component.name);
    let replicas = patch.and_then(|patch| patch.replicas).unwrap_or(component.replicas);
    let node = input.graph.components.iter().find(|node| node.name == component.name);
    let set = node.and_then(|node| input.render.documents.get(node.workload)).map_or("", |workload| workload.name());
    component
        .volumes
        .iter()
        .flat_map(|volume| {
            let names = if volume.template {
                (0..replicas).map(|ordinal| format!("{}-{set}-{ordinal}", volume.name)).collect()
            } else {
                vec![volume.name.clone()]
            };
            names.into_iter().map(|name| Claim { name, bytes: volume.bytes })
        })
        .collect()
}

fn one(input: &PlanInput<'_>, component: &Component, cluster: ClusterId, claim: Claim) -> VolumePlan {
    let identity = input.identity;
    let live = input.observed.get(&cluster).into_iter().flatten().filter_map(|seen| seen.live.as_ref()).find(|live| {
        object::kind(live) == "PersistentVolumeClaim"
            && object::name(live) == claim.name
            && object::namespace(live) == identity.namespace
    });
    let kept = input
        .kept
        .iter()
        .find(|kept| kept.cluster == cluster && kept.namespace == identity.namespace && kept.claim == claim.name);
    let ours = live.is_some_and(|live| object::label(live, LABEL_SERVICE) == identity.service.to_string());
    let (change, note) = match (kept, live) {
        (Some(_), _) if !ours => (ChangeKind::Update, "The kept volume is attached again, with its data."),
        (_, Some(_)) => (ChangeKind::NoChange, "The volume stays as it is."),
        _ => (ChangeKind::Create, "A new, empty volume."),
    };
    VolumePlan {
        cluster,
        component: component.name.clone(),
        claim: claim.name,
        bytes: claim.bytes,
        change,
        note: note.to_owned(),
    }
}

/// Claims of ours that nothing mounts any more: kept, and named.
fn left_behind(
    input: &PlanInput<'_>,
    wanted: &BTreeMap<(ClusterId, String), ()>,
    out: &mut Vec<VolumePlan>,
    notes: &mut Vec<Note>,
) {
    let service = input.identity.service.to_string();
    for (cluster, seen) in input.observed {
        for live in seen.iter().filter_map(|seen| seen.live.as_ref()) {
            let claim = object::name(live).to_owned();
            let ours = object::kind(live) == "PersistentVolumeClaim" && object::label(live, LABEL_SERVICE) == service;
            if !ours || wanted.contains_key(&(*cluster, claim.clone())) {
                continue;
            }
            let bytes = claimed_bytes(live);
            let component = object::label(live, LABEL_COMPONENT).to_owned();
            let size = quantity::format_bytes(bytes);
            let text = format!(
                "Volume {claim} of {component} ({size}) is not used any more; it is kept until it is deleted by name."
            );
            notes.push(Note { code: "volume-at-risk".to_owned(), text });
            let note = "Not used any more; kept until it is deleted by name.".to_owned();
            out.push(VolumePlan { cluster: *cluster, component, claim, bytes, change: ChangeKind::NoChange, note });
        }
    }
}

/// Size a live claim asks for, in bytes.
pub(crate) fn claimed_bytes(claim: &Value) -> u64 {
    quantity::bytes(object::text(claim, "/spec/resources/requests/storage")).unwrap_or_default()
}
