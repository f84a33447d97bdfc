//! The plan as a person sees it: what happens in every cluster, warnings first.

use std::collections::{BTreeMap, BTreeSet};

use hypo_shared::{
    ClusterId,
    analysis::Note,
    placement::{PeerPolicy, Placement},
    plan::{ChangeKind, ClusterPlan, ObjectPlan, Plan, SecretPlan},
};
use serde_json::Value;

use super::{
    ClusterObjects, PlanError, PlanInput,
    desired::{Desired, Item, SiteDesired},
    phase, redact,
};
use crate::{
    object,
    placement::{self, PlacementInput, Weights},
    ports::cluster::LABEL_SERVICE,
};

/// The plan. The placement is judged by the independent validator before anything else.
///
/// # Errors
/// The code and sentence of the first thing that stands in the way: a broken constraint (`HYP-2002` to `HYP-2005`), an
/// override that cannot be applied (`HYP-2011`), a cluster that cannot take an object.
pub fn build(input: &PlanInput<'_>) -> Result<Plan, PlanError> {
    holds(input)?;
    shown(input, Desired::new(input)?)
}

/// A plan, and the very objects it shows.
#[derive(Clone, Debug)]
pub struct Made {
    pub plan: Plan,
    pub objects: BTreeMap<ClusterId, ClusterObjects>,
}

/// The plan and its objects in one go; see [`build`] and [`super::objects`].
///
/// # Errors
/// As [`build`].
pub fn make(input: &PlanInput<'_>) -> Result<Made, PlanError> {
    holds(input)?;
    let desired = Desired::new(input)?;
    let objects = desired.objects(input);
    Ok(Made { plan: shown(input, desired)?, objects })
}

fn shown(input: &PlanInput<'_>, desired: Desired) -> Result<Plan, PlanError> {
    let mut warnings = desired.warnings;
    warnings.extend(peers(input));
    warnings.extend(desired.split.notes.iter().cloned());
    let mut seen = BTreeSet::new();
    warnings.retain(|note| seen.insert((note.code.clone(), note.text.clone())));
    let mut secrets = Vec::new();
    let mut clusters = Vec::new();
    for (id, site) in desired.sites {
        secrets.extend(site.items.iter().filter_map(|item| secret(input, id, item)));
        clusters.push(cluster(input, id, site));
    }
    Ok(Plan {
        placement: input.placement.clone(),
        clusters,
        links: desired.split.links,
        volumes: desired.volumes,
        secrets,
        warnings,
        routing: desired.split.routing,
    })
}

fn cluster(input: &PlanInput<'_>, id: ClusterId, site: SiteDesired) -> ClusterPlan {
    let mut objects: Vec<ObjectPlan> = site
        .items
        .into_iter()
        .map(|item| ObjectPlan {
            object: object::reference(&item.split.object),
            component: item.split.component,
            change: item.change,
            reason: item.split.reason,
            phase: item.phase,
            desired: redact::redacted(&item.split.object, input.digests),
            overrides: item.split.overrides,
            diff: item.diff,
        })
        .collect();
    objects.extend(site.delete.iter().map(|live| ObjectPlan {
        object: object::reference(live),
        component: None,
        change: ChangeKind::Delete,
        reason: Some("no longer wanted here".to_owned()),
        phase: phase::DELETE,
        desired: Value::Null,
        overrides: Vec::new(),
        diff: Vec::new(),
    }));
    ClusterPlan {
        cluster: id,
        namespace: input.identity.namespace.clone(),
        makes_namespace: site.makes_namespace,
        objects,
    }
}

fn secret(input: &PlanInput<'_>, cluster: ClusterId, item: &Item) -> Option<SecretPlan> {
    let object = &item.split.object;
    let written = redact::is_secret(object) && item.change != ChangeKind::NoChange;
    written.then(|| SecretPlan {
        cluster,
        name: format!("{}/{}", object::namespace(object), object::name(object)),
        // A minted identity has no content yet that a digest could stand for.
        digest: if item.split.mint.is_some() { String::new() } else { redact::data_digest(object, input.digests) },
    })
}

fn peers(input: &PlanInput<'_>) -> Option<Note> {
    let text = match input.request.peers {
        PeerPolicy::Declared => return None,
        PeerPolicy::Everything => {
            "Every service of this package is reachable from every cluster: least privilege is lost."
        }
        PeerPolicy::Learn => {
            "Every service of this package is reachable from every cluster: least privilege is lost. Nothing observes \
             connections yet, so that this is not narrowed by itself; draw the edges by hand to narrow it."
        }
    };
    Some(Note { code: "least-privilege-lost".to_owned(), text: text.to_owned() })
}

/// The independent validator's word on the placement.
fn holds(input: &PlanInput<'_>) -> Result<(), PlanError> {
    let needs = placement::needs(input.render, input.graph);
    let apart = placement::apart(input.render, input.graph);
    let current = running(input);
    // Permission to use a cluster is the caller's to check; here every cluster that was handed in counts as offered.
    let offered: BTreeSet<ClusterId> = input.clusters.iter().map(|cluster| cluster.id).collect();
    let violations = placement::validate(
        &PlacementInput {
            analysis: input.analysis,
            clusters: input.clusters,
            offered: &offered,
            current: Some(&current),
            before: input.before,
            request: input.request,
            needs: &needs,
            apart: &apart,
            weights: Weights::default(),
        },
        input.placement,
    );
    let Some(first) = violations.first() else { return Ok(()) };
    let texts: Vec<&str> = violations.iter().take(5).map(|violation| violation.text.as_str()).collect();
    Err(PlanError { code: first.code, message: texts.join(" "), component: first.component.clone() })
}

/// Where the components run now, by their live workloads.
fn running(input: &PlanInput<'_>) -> Placement {
    let service = input.identity.service.to_string();
    let mut assignments: BTreeMap<String, Vec<ClusterId>> = BTreeMap::new();
    for node in &input.graph.components {
        let Some(workload) = input.render.documents.get(node.workload) else { continue };
        for (cluster, seen) in input.observed {
            let there = seen.iter().filter_map(|seen| seen.live.as_ref()).any(|live| {
                object::kind(live) == workload.kind()
                    && object::name(live) == workload.name()
                    && object::label(live, LABEL_SERVICE) == service
            });
            if there {
                assignments.entry(node.name.clone()).or_default().push(*cluster);
            }
        }
    }
    Placement { assignments, ..Placement::default() }
}
