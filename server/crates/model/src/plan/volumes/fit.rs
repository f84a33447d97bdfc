//! Whether a kept volume is what the plan would mount.

use std::collections::{BTreeMap, BTreeSet};

use hypo_shared::{ClusterId, ErrorCode, quantity::format_bytes};
use serde_json::Value;

use super::{Claim, claimed_bytes};
use crate::{
    identity::KeptVolume,
    object,
    plan::{PlanError, PlanInput, desired::SiteDesired},
    ports::cluster::LABEL_SERVICE,
};

/// Nothing is attached that would not carry the data on.
pub(super) fn check(
    input: &PlanInput<'_>,
    sites: &BTreeMap<ClusterId, SiteDesired>,
    kept: &KeptVolume,
    claim: &Claim<'_>,
    live: Option<&Value>,
) -> Result<(), PlanError> {
    let component = Some(claim.component.name.clone());
    let place = cluster_name(input, kept.cluster);
    let refuse = |code, text: String| {
        Err(PlanError {
            code,
            message: format!("The kept volume {} {text}.", kept.claim),
            component: component.clone(),
        })
    };
    if kept.namespace != input.identity.namespace {
        let text = format!(
            "of {} lies in namespace {}, the service lives in {}: volumes of one former service can be attached at a time",
            kept.component, kept.namespace, input.identity.namespace
        );
        return refuse(ErrorCode::VolumeMismatch, text);
    }
    // Without a look at the cluster the rest cannot be said.
    if !input.observed.contains_key(&kept.cluster) {
        return Ok(());
    }
    let Some(live) = live.filter(|live| object::text(live, "/metadata/deletionTimestamp").is_empty()) else {
        return refuse(ErrorCode::VolumeNotFound, format!("is gone from {place}"));
    };
    if object::label(live, LABEL_SERVICE) != kept.service.to_string() {
        return refuse(ErrorCode::VolumeInUse, format!("on {place} belongs to another service meanwhile"));
    }
    let (has, asked) = (claimed_bytes(live), claim.volume.bytes);
    if has < asked {
        let text = format!("holds {}, {} needs {}", format_bytes(has), claim.component.name, format_bytes(asked));
        return refuse(ErrorCode::VolumeMismatch, text);
    }
    let Some(spec) = wanted_spec(sites, kept.cluster, claim) else { return Ok(()) };
    if !claim.volume.template && has > asked {
        let text = format!(
            "holds {} and the package asks for {}: a claim cannot shrink",
            format_bytes(has),
            format_bytes(asked)
        );
        return refuse(ErrorCode::VolumeMismatch, text);
    }
    let (wanted, class) = (object::text(spec, "/storageClassName"), object::text(live, "/spec/storageClassName"));
    if !wanted.is_empty() && wanted != class {
        let text = format!("is of storage class {class:?}, the plan asks for {wanted:?}");
        return refuse(ErrorCode::VolumeMismatch, text);
    }
    let modes = object::array(live, "/spec/accessModes");
    if let Some(missing) = object::array(spec, "/accessModes").iter().find(|mode| !modes.contains(mode)) {
        let text = format!("does not offer access mode {}", missing.as_str().unwrap_or_default());
        return refuse(ErrorCode::VolumeMismatch, text);
    }
    Ok(())
}

/// Why a volume that was to be attached is mounted by nobody.
pub(super) fn nothing_mounts(
    input: &PlanInput<'_>,
    kept: &KeptVolume,
    wanted: &BTreeSet<(ClusterId, String)>,
) -> PlanError {
    let lies = cluster_name(input, kept.cluster);
    let elsewhere: Vec<String> = wanted
        .iter()
        .filter(|(_, claim)| *claim == kept.claim)
        .map(|(cluster, _)| cluster_name(input, *cluster))
        .collect();
    let message = if elsewhere.is_empty() {
        format!(
            "The kept volume {} cannot be attached: nothing of this package mounts a claim of that name.",
            kept.claim
        )
    } else {
        format!(
            "The kept volume {} lies on {lies}; what mounts it is placed on {}. Place it on {lies}.",
            kept.claim,
            elsewhere.join(", ")
        )
    };
    PlanError { code: ErrorCode::VolumeMismatch, message, component: Some(kept.component.clone()) }
}

/// The claim's specification as the plan would write it, flavour included.
fn wanted_spec<'s>(
    sites: &'s BTreeMap<ClusterId, SiteDesired>,
    cluster: ClusterId,
    claim: &Claim<'_>,
) -> Option<&'s Value> {
    let objects = sites.get(&cluster)?.items.iter().map(|item| &item.split.object);
    if !claim.volume.template {
        let mut claims = objects.filter(|object| object::kind(object) == "PersistentVolumeClaim");
        return claims.find(|object| object::name(object) == claim.name)?.get("spec");
    }
    objects
        .filter(|object| object::kind(object) == "StatefulSet")
        .flat_map(|set| object::array(set, "/spec/volumeClaimTemplates").iter().map(move |template| (set, template)))
        .find(|(set, template)| claim.name.starts_with(&format!("{}-{}-", object::name(template), object::name(set))))?
        .1
        .get("spec")
}

pub(super) fn cluster_name(input: &PlanInput<'_>, id: ClusterId) -> String {
    let known = input.clusters.iter().find(|cluster| cluster.id == id);
    known.map_or_else(|| id.to_string(), |cluster| cluster.name.clone())
}
