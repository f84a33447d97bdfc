//! Volumes of a plan: made, found again, attached again, left behind, or deleted because somebody typed their name.

mod fit;

use std::collections::{BTreeMap, BTreeSet};

use hypo_package::{Graph, Render};
use hypo_shared::{
    ClusterId, ErrorCode,
    analysis::{Analysis, Component, Note, VolumeClaim},
    placement::PlacementRequest,
    plan::{ChangeKind, VolumePlan},
    quantity,
};
use serde_json::Value;

use super::{PlanError, PlanInput, desired::SiteDesired};
use crate::{
    identity::KeptVolume,
    object,
    ports::cluster::{LABEL_COMPONENT, LABEL_SERVICE},
};

/// What a plan means for data.
#[derive(Debug, Default)]
pub(super) struct Volumes {
    pub(super) list: Vec<VolumePlan>,
    pub(super) notes: Vec<Note>,
    pub(super) sites: BTreeMap<ClusterId, SiteVolumes>,
}

/// Claims of one cluster, by name.
#[derive(Debug, Default)]
pub(super) struct SiteVolumes {
    /// Kept by another service before; its label is to be changed.
    pub(super) adopt: Vec<String>,
    /// Mounted by what the plan wants.
    pub(super) mounts: Vec<String>,
    /// Left behind and named for deletion.
    pub(super) discard: Vec<String>,
}

/// A claim some component mounts.
#[derive(Clone, Debug)]
pub(super) struct Claim<'a> {
    pub(super) component: &'a Component,
    pub(super) volume: &'a VolumeClaim,
    /// As it is in the cluster: a StatefulSet's template gives `<template>-<set>-<ordinal>`.
    pub(super) name: String,
}

/// Where components have to run so that their kept volumes are there: by component, for claims that it mounts.
#[must_use]
pub fn homes(
    analysis: &Analysis,
    graph: &Graph,
    render: &Render,
    request: &PlacementRequest,
    kept: &[KeptVolume],
) -> BTreeMap<String, Vec<ClusterId>> {
    let mut homes: BTreeMap<String, BTreeSet<ClusterId>> = BTreeMap::new();
    for kept in kept {
        for component in &analysis.components {
            if claims(graph, render, request, component, kept.cluster).iter().any(|claim| claim.name == kept.claim) {
                homes.entry(component.name.clone()).or_default().insert(kept.cluster);
            }
        }
    }
    homes.into_iter().map(|(component, clusters)| (component, clusters.into_iter().collect())).collect()
}

/// Every volume the service has or gets, and a note for each that is left behind.
pub(super) fn plan(input: &PlanInput<'_>, sites: &BTreeMap<ClusterId, SiteDesired>) -> Result<Volumes, PlanError> {
    let mut out = Volumes::default();
    let mut wanted: BTreeSet<(ClusterId, String)> = BTreeSet::new();
    for component in &input.analysis.components {
        let mut clusters = input.placement.assignments.get(&component.name).cloned().unwrap_or_default();
        clusters.sort_unstable();
        if component.stateful && clusters.len() > 1 {
            let text = format!(
                "{} keeps data and runs on {} clusters: each has its own data, nothing copies it between them.",
                component.name,
                clusters.len()
            );
            out.notes.push(Note { code: "data-not-shared".to_owned(), text });
        }
        for cluster in clusters {
            for claim in claims(input.graph, input.render, input.request, component, cluster) {
                wanted.insert((cluster, claim.name.clone()));
                one(input, sites, cluster, &claim, &mut out)?;
            }
        }
    }
    if let Some(kept) = input.kept.iter().find(|kept| !wanted.contains(&(kept.cluster, kept.claim.clone()))) {
        return Err(fit::nothing_mounts(input, kept, &wanted));
    }
    left_behind(input, &wanted, &mut out)?;
    out.list.sort_by(|a, b| (&a.component, a.cluster, &a.claim).cmp(&(&b.component, b.cluster, &b.claim)));
    out.list.dedup();
    Ok(out)
}

/// Claims of a component on a cluster, by the names they will have.
fn claims<'a>(
    graph: &Graph,
    render: &Render,
    request: &PlacementRequest,
    component: &'a Component,
    cluster: ClusterId,
) -> Vec<Claim<'a>> {
    let patch = request.overrides.get(&component.name);
    let replicas = patch.and_then(|patch| patch.replicas_at(cluster)).unwrap_or(component.replicas);
    let node = graph.components.iter().find(|node| node.name == component.name);
    let set = node.and_then(|node| render.documents.get(node.workload)).map_or("", |workload| workload.name());
    component
        .volumes
        .iter()
        .flat_map(|volume| {
            let names = if volume.template {
                (0..replicas).map(|ordinal| format!("{}-{set}-{ordinal}", volume.name)).collect()
            } else {
                vec![volume.name.clone()]
            };
            names.into_iter().map(move |name| Claim { component, volume, name })
        })
        .collect()
}

fn one(
    input: &PlanInput<'_>,
    sites: &BTreeMap<ClusterId, SiteDesired>,
    cluster: ClusterId,
    claim: &Claim<'_>,
    out: &mut Volumes,
) -> Result<(), PlanError> {
    let namespace = &input.identity.namespace;
    let live = claims_of(input, cluster).find(|live| object::name(live) == claim.name);
    let ours = live.is_some_and(|live| is_ours(input, live));
    let kept = input.kept.iter().find(|kept| kept.cluster == cluster && kept.claim == claim.name);
    if let Some(kept) = kept.filter(|_| !ours) {
        fit::check(input, sites, kept, claim, live)?;
    } else if live.is_some() && !ours {
        let text = format!(
            "A claim {} stands in namespace {namespace} of {} already and is not this service's; attach it or delete it first.",
            claim.name,
            fit::cluster_name(input, cluster)
        );
        return Err(PlanError {
            code: ErrorCode::VolumeInUse,
            message: text,
            component: Some(claim.component.name.clone()),
        });
    }
    let site = out.sites.entry(cluster).or_default();
    site.mounts.push(claim.name.clone());
    let (change, note) = match (kept, live) {
        (Some(_), _) if !ours => {
            site.adopt.push(claim.name.clone());
            (ChangeKind::Update, "The kept volume is attached again, with its data.")
        }
        (_, Some(_)) => (ChangeKind::NoChange, "The volume stays as it is, with its data."),
        _ => (ChangeKind::Create, "A new, empty volume."),
    };
    out.list.push(VolumePlan {
        cluster,
        component: claim.component.name.clone(),
        claim: claim.name.clone(),
        bytes: claim.volume.bytes,
        change,
        note: note.to_owned(),
    });
    Ok(())
}

/// Claims of ours that nothing mounts any more: kept, unless they were named.
fn left_behind(
    input: &PlanInput<'_>,
    wanted: &BTreeSet<(ClusterId, String)>,
    out: &mut Volumes,
) -> Result<(), PlanError> {
    let mut named = input.delete_volumes.clone();
    for cluster in input.observed.keys() {
        for live in claims_of(input, *cluster).filter(|live| is_ours(input, live)) {
            let claim = object::name(live).to_owned();
            if wanted.contains(&(*cluster, claim.clone())) {
                continue;
            }
            let bytes = claimed_bytes(live);
            let component = object::label(live, LABEL_COMPONENT).to_owned();
            let size = quantity::format_bytes(bytes);
            let (change, code, note, text) = if named.remove(&(*cluster, claim.clone())) {
                out.sites.entry(*cluster).or_default().discard.push(claim.clone());
                let text =
                    format!("Volume {claim} of {component} ({size}) is deleted with its data, as you typed its name.");
                (ChangeKind::Delete, "volume-deleted", "Deleted with its data, as you typed its name.", text)
            } else {
                let text = format!(
                    "Volume {claim} of {component} ({size}) is not used any more; it is kept until it is deleted by name."
                );
                (ChangeKind::NoChange, "volume-at-risk", "Not used any more; kept until it is deleted by name.", text)
            };
            out.notes.push(Note { code: code.to_owned(), text });
            out.list.push(VolumePlan { cluster: *cluster, component, claim, bytes, change, note: note.to_owned() });
        }
    }
    // Without a look at the clusters nothing can be said of what is there.
    match named.first().filter(|_| !input.observed.is_empty()) {
        None => Ok(()),
        Some((cluster, claim)) => Err(PlanError {
            code: ErrorCode::VolumeNotFound,
            message: format!(
                "This plan leaves no volume {claim} behind on {}: only such volumes can be deleted with it.",
                fit::cluster_name(input, *cluster)
            ),
            component: None,
        }),
    }
}

/// Live claims in the service's namespace.
fn claims_of<'a>(input: &PlanInput<'a>, cluster: ClusterId) -> impl Iterator<Item = &'a Value> {
    let namespace = &input.identity.namespace;
    let seen = input.observed.get(&cluster).into_iter().flatten().filter_map(|seen| seen.live.as_ref());
    seen.filter(move |live| object::kind(live) == "PersistentVolumeClaim" && object::namespace(live) == namespace)
}

fn is_ours(input: &PlanInput<'_>, live: &Value) -> bool {
    object::label(live, LABEL_SERVICE) == input.identity.service.to_string()
}

/// Size a live claim asks for, in bytes.
pub(crate) fn claimed_bytes(claim: &Value) -> u64 {
    quantity::bytes(object::text(claim, "/spec/resources/requests/storage")).unwrap_or_default()
}
