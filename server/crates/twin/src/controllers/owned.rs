//! Owner references, pod templates, retries: what the workload controllers share.

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};

use super::{events, sooner};
use crate::{cluster::State, error::ApiError, json as at, ops, rng};

/// A controller's pause after a refusal.
#[derive(Clone, Debug)]
pub struct Retry {
    pub at: DateTime<Utc>,
    pub tries: u32,
}

/// The controller reference to an object.
pub fn reference(api_version: &str, kind: &str, owner: &Value) -> Value {
    json!([{
        "apiVersion": api_version, "kind": kind, "name": at::name(owner), "uid": at::uid(owner),
        "controller": true, "blockOwnerDeletion": true,
    }])
}

/// Whether an object is controlled by a uid.
pub fn is_owned(object: &Value, uid: &str) -> bool {
    at::list(object, "/metadata/ownerReferences")
        .iter()
        .any(|reference| at::flag(reference, "/controller") && at::text(reference, "/uid") == uid)
}

/// Objects of a kind in the owner's namespace that it controls.
pub fn of(state: &State, kind: &str, owner: &Value) -> Vec<Arc<Value>> {
    let uid = at::uid(owner);
    state.store.list(kind, Some(at::namespace(owner))).filter(|object| is_owned(object, uid)).cloned().collect()
}

/// Whether the pod is ready.
pub fn is_ready(pod: &Value) -> bool {
    at::list(pod, "/status/conditions")
        .iter()
        .any(|one| at::text(one, "/type") == "Ready" && at::text(one, "/status") == "True")
}

/// Whether the pod still counts: neither ended nor going.
pub fn is_active(pod: &Value) -> bool {
    !at::deleting(pod) && !matches!(at::text(pod, "/status/phase"), "Succeeded" | "Failed")
}

/// A stable short hash of a pod template.
pub fn template_hash(template: &Value) -> String {
    rng::encode(rng::hash(&template.to_string()), 9)
}

/// A pod from a template.
pub fn pod_from(template: &Value, namespace: &str, owner: Value) -> Value {
    let mut metadata = json!({"namespace": namespace, "ownerReferences": owner});
    for field in ["labels", "annotations", "finalizers"] {
        if let Some(value) = template.pointer(&format!("/metadata/{field}")) {
            metadata[field] = value.clone();
        }
    }
    json!({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": template["spec"]})
}

/// Creates a pod (or claim) for a controller; a refusal becomes a FailedCreate event and a pause.
pub fn create(
    state: &mut State,
    kind: &str,
    object: Value,
    owner_kind: &str,
    owner: &Value,
    next: &mut Option<DateTime<Utc>>,
) -> Result<Arc<Value>, String> {
    let uid = at::uid(owner).to_owned();
    match state.make(kind, object) {
        Ok(made) => {
            state.retries.remove(&uid);
            let message = match (kind, owner_kind) {
                ("persistentvolumeclaims", _) => format!("create Claim {} success", at::name(&made)),
                (_, "StatefulSet") => {
                    format!("create Pod {} in StatefulSet {} successful", at::name(&made), at::name(owner))
                }
                _ => format!("Created pod: {}", at::name(&made)),
            };
            events::emit(state, owner_kind, owner, "Normal", "SuccessfulCreate", &message);
            Ok(made)
        }
        Err(error) => {
            let message = format!("Error creating: {}", error.message);
            events::emit(state, owner_kind, owner, "Warning", "FailedCreate", &message);
            let tries = state.retries.get(&uid).map_or(0, |retry| retry.tries) + 1;
            let pause = Duration::milliseconds(500 << tries.min(6));
            let at = state.now + pause;
            state.retries.insert(uid, Retry { at, tries });
            sooner(next, at);
            Err(error.message)
        }
    }
}

/// Whether a controller is in its pause after a refusal.
pub fn pausing(state: &State, owner: &Value, next: &mut Option<DateTime<Utc>>) -> bool {
    match state.retries.get(at::uid(owner)) {
        Some(retry) if retry.at > state.now => {
            sooner(next, retry.at);
            true
        }
        _ => false,
    }
}

/// Deletes an object for a controller; one that is gone already is fine.
pub fn delete(state: &mut State, id: &str, object: &Value) {
    let kind = state.kind(id);
    let write = ops::Write::internal(&kind, at::namespace(object), at::name(object));
    let options = ops::DeleteOptions { propagation: "Background".into(), ..ops::DeleteOptions::default() };
    match ops::delete(state, &write, &options) {
        Ok(_) | Err(ApiError { code: 404, .. }) => {}
        Err(error) => tracing::warn!(error = %error.message, "a controller could not delete an object"),
    }
}

/// A workload condition with its transition time kept while the status stays.
pub fn condition(old: &Value, kind: &str, status: &str, reason: &str, message: &str, now: &str) -> Value {
    let known = at::list(old, "/status/conditions").iter().find(|one| at::text(one, "/type") == kind);
    let same = known.is_some_and(|one| at::text(one, "/status") == status);
    let since = known.filter(|_| same).map_or(now, |one| at::text(one, "/lastTransitionTime"));
    json!({"type": kind, "status": status, "lastTransitionTime": since, "reason": reason, "message": message})
}
