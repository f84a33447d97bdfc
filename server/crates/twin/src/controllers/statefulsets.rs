//! StatefulSets: ordered pods with a claim per template.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{events, owned};
use crate::{cluster::State, json as at};

const ID: &str = "statefulsets.apps";

/// One pass over all StatefulSets.
pub fn run(state: &mut State, next: &mut Option<DateTime<Utc>>) {
    for set in state.store.all(ID) {
        if !at::deleting(&set) {
            roll(state, &set, next);
        }
        report(state, &set);
    }
}

fn revision(set: &Value) -> String {
    format!("{}-{}", at::name(set), owned::template_hash(&set["spec"]["template"]))
}

fn first_ordinal(set: &Value) -> i64 {
    at::int(set, "/spec/ordinals/start").unwrap_or(0)
}

fn ordinal(pod: &Value) -> i64 {
    at::name(pod).rsplit('-').next().and_then(|number| number.parse().ok()).unwrap_or(-1)
}

fn roll(state: &mut State, set: &Arc<Value>, next: &mut Option<DateTime<Utc>>) {
    let (start, wanted) = (first_ordinal(set), at::int(set, "/spec/replicas").unwrap_or(1));
    let parallel = at::text(set, "/spec/podManagementPolicy") == "Parallel";
    let mut pods = owned::of(state, "pods", set);
    pods.sort_by_key(|pod| ordinal(pod));
    for pod in
        pods.iter().filter(|pod| matches!(at::text(pod, "/status/phase"), "Failed" | "Succeeded") && !at::deleting(pod))
    {
        owned::delete(state, "pods", pod);
    }
    for index in start..start + wanted {
        match pods.iter().find(|pod| ordinal(pod) == index) {
            None => {
                if owned::pausing(state, set, next) {
                    return;
                }
                if make(state, set, index, next).is_err() || !parallel {
                    return;
                }
            }
            Some(pod) if !parallel && !owned::is_ready(pod) => {
                // An outdated pod that never gets ready would block its own replacement.
                if at::text(pod, "/metadata/labels/controller-revision-hash") != revision(set) && !at::deleting(pod) {
                    owned::delete(state, "pods", pod);
                }
                return;
            }
            Some(_) => {}
        }
    }
    if let Some(extra) = pods.iter().rev().find(|pod| !(start..start + wanted).contains(&ordinal(pod))) {
        if !at::deleting(extra) {
            owned::delete(state, "pods", extra);
            let message = format!("delete Pod {} in StatefulSet {} successful", at::name(extra), at::name(set));
            events::emit(state, "StatefulSet", set, "Normal", "SuccessfulDelete", &message);
        }
        return;
    }
    if at::text(set, "/spec/updateStrategy/type") == "OnDelete" || pods.iter().any(|pod| at::deleting(pod)) {
        return;
    }
    let partition = at::int(set, "/spec/updateStrategy/rollingUpdate/partition").unwrap_or(0);
    let current = revision(set);
    let outdated = pods
        .iter()
        .rev()
        .find(|pod| ordinal(pod) >= partition && at::text(pod, "/metadata/labels/controller-revision-hash") != current);
    if let Some(pod) = outdated {
        owned::delete(state, "pods", pod);
    }
}

fn make(state: &mut State, set: &Arc<Value>, index: i64, next: &mut Option<DateTime<Utc>>) -> Result<(), String> {
    let (name, namespace) = (format!("{}-{index}", at::name(set)), at::namespace(set).to_owned());
    let mut pod =
        owned::pod_from(&set["spec"]["template"], &namespace, owned::reference("apps/v1", "StatefulSet", set));
    at::set(&mut pod, "/metadata/name", name.clone());
    for (label, value) in [
        ("statefulset.kubernetes.io~1pod-name", name.clone()),
        ("apps.kubernetes.io~1pod-index", index.to_string()),
        ("controller-revision-hash", revision(set)),
    ] {
        at::set(&mut pod, &format!("/metadata/labels/{label}"), value);
    }
    at::set(&mut pod, "/spec/hostname", name.clone());
    if let Some(service) = set.pointer("/spec/serviceName") {
        at::set(&mut pod, "/spec/subdomain", service.clone());
    }
    let mut volumes = at::list(&pod, "/spec/volumes").to_vec();
    for template in at::list(set, "/spec/volumeClaimTemplates") {
        let volume = at::name(template);
        let claim = format!("{volume}-{name}");
        volumes.retain(|one| at::text(one, "/name") != volume);
        volumes.push(json!({"name": volume, "persistentVolumeClaim": {"claimName": claim}}));
        if state.store.get("persistentvolumeclaims", &namespace, &claim).is_some() {
            continue;
        }
        let mut labels = set.pointer("/spec/selector/matchLabels").cloned().unwrap_or_else(|| json!({}));
        for (key, value) in at::pairs(template, "/metadata/labels") {
            labels[key] = value.into();
        }
        let mut object = json!({
            "apiVersion": "v1", "kind": "PersistentVolumeClaim",
            "metadata": {"name": claim, "namespace": namespace, "labels": labels}, "spec": template["spec"],
        });
        if let Some(annotations) = template.pointer("/metadata/annotations") {
            at::set(&mut object, "/metadata/annotations", annotations.clone());
        }
        if at::text(set, "/spec/persistentVolumeClaimRetentionPolicy/whenDeleted") == "Delete" {
            at::set(&mut object, "/metadata/ownerReferences", owned::reference("apps/v1", "StatefulSet", set));
        }
        owned::create(state, "persistentvolumeclaims", object, "StatefulSet", set, next)?;
    }
    if !volumes.is_empty() {
        at::set(&mut pod, "/spec/volumes", volumes);
    }
    owned::create(state, "pods", pod, "StatefulSet", set, next).map(drop)
}

fn report(state: &mut State, set: &Arc<Value>) {
    let pods: Vec<_> = owned::of(state, "pods", set).into_iter().filter(|pod| owned::is_active(pod)).collect();
    let current = revision(set);
    let ready = pods.iter().filter(|pod| owned::is_ready(pod)).count();
    let updated =
        pods.iter().filter(|pod| at::text(pod, "/metadata/labels/controller-revision-hash") == current).count();
    let known = at::text(set, "/status/currentRevision");
    let shown = if known.is_empty() || updated == pods.len() { current.clone() } else { known.to_owned() };
    let mut status = json!({
        "observedGeneration": at::int(set, "/metadata/generation").unwrap_or(1), "replicas": pods.len(),
        "availableReplicas": ready, "collisionCount": 0, "currentRevision": shown, "updateRevision": current,
    });
    for (field, value) in [
        ("readyReplicas", ready),
        ("updatedReplicas", updated),
        ("currentReplicas", if shown == current { updated } else { pods.len() - updated }),
    ] {
        if value > 0 {
            status[field] = value.into();
        }
    }
    if let Some(live) = state.store.get(ID, at::namespace(set), at::name(set)) {
        state.save_status(ID, &live, status);
    }
}
