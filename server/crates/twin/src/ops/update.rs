//! Replacing an object, its status or its scale.

use serde_json::{Value, json};

use super::{Write, Written, check_body, existing, finish_if_done, writer};
use crate::{
    admission, apply,
    cluster::State,
    error::{ApiError, ApiResult},
    json,
};

/// Replaces an object with a client's body (PUT).
///
/// # Errors
/// 400, 403, 404, 409 (stale resourceVersion), 422 as Kubernetes answers.
pub fn update(state: &mut State, write: &Write<'_>, mut body: Value) -> ApiResult<Written> {
    check_body(write, &mut body)?;
    let live = existing(state, write)?;
    let new = if write.sub == "scale" { with_replicas(&live, &body) } else { body };
    finish(state, write, &live, new, true)
}

/// The object with the replica count of a `Scale` document.
pub(super) fn with_replicas(live: &Value, scale: &Value) -> Value {
    let mut new = live.clone();
    if let Some(replicas) = json::int(scale, "/spec/replicas") {
        json::set(&mut new, "/spec/replicas", replicas);
    }
    if let Some(version) = scale.pointer("/metadata/resourceVersion").and_then(Value::as_str) {
        json::set(&mut new, "/metadata/resourceVersion", version);
    }
    new
}

/// Checks and stores the new state of a live object. `track` is false when apply has recorded ownership already.
pub(super) fn finish(
    state: &mut State,
    write: &Write<'_>,
    live: &Value,
    mut new: Value,
    track: bool,
) -> ApiResult<Written> {
    let kind = write.kind;
    let version = json::text(&new, "/metadata/resourceVersion");
    if !version.is_empty() && version != json::text(live, "/metadata/resourceVersion") {
        return Err(ApiError::modified(kind, write.name));
    }
    let uid = json::text(&new, "/metadata/uid");
    if !uid.is_empty() && uid != json::uid(live) {
        let why = format!("Precondition failed: UID in precondition: {uid}, UID in object meta: {}", json::uid(live));
        return Err(ApiError::conflict(kind, write.name, &why));
    }
    for server in [
        "uid",
        "creationTimestamp",
        "deletionTimestamp",
        "deletionGracePeriodSeconds",
        "generation",
        "resourceVersion",
        "generateName",
    ] {
        let path = format!("/metadata/{server}");
        match live.pointer(&path) {
            Some(value) => json::set(&mut new, &path, value.clone()),
            None => drop(json::remove(&mut new, &path)),
        }
    }
    if track {
        match live.pointer("/metadata/managedFields") {
            Some(value) => json::set(&mut new, "/metadata/managedFields", value.clone()),
            None => drop(json::remove(&mut new, "/metadata/managedFields")),
        }
    }
    restrict(write, live, &mut new);
    if write.sub != "status" {
        admission::defaults(state, kind, &mut new);
        admission::keep(kind, live, &mut new);
        let mut causes = admission::immutable(kind, live, &new);
        if causes.is_empty() {
            causes = admission::validate(kind, &new);
        }
        if !causes.is_empty() {
            return Err(ApiError::invalid(kind, write.name, &causes));
        }
        admission::admit(state, kind, &mut new, Some(live), write.dry_run)?;
    }
    if live.pointer("/metadata/generation").is_some() && desired(live) != desired(&new) {
        let generation = json::int(live, "/metadata/generation").unwrap_or(0) + 1;
        json::set(&mut new, "/metadata/generation", generation);
    }
    if track && !write.manager.is_empty() {
        let (time, api_version) = (state.stamp(), kind.api_version());
        apply::track(live, &mut new, &writer(write, &api_version, &time));
    }
    if unchanged(live, &new) {
        return Ok(Written { object: std::sync::Arc::new(live.clone()), changed: false, created: false });
    }
    if write.dry_run {
        return Ok(Written { object: new.into(), changed: false, created: false });
    }
    if &*kind.id == "customresourcedefinitions.apiextensions.k8s.io" {
        state.registry.add_crd(&new);
    }
    let object = state.store.put(&kind.id, new);
    let object = finish_if_done(state, kind, &object).unwrap_or(object);
    Ok(Written { object, changed: true, created: false })
}

/// A write on `status` changes only status; a write on the object never changes it.
fn restrict(write: &Write<'_>, live: &Value, new: &mut Value) {
    if write.sub == "status" {
        let status = new.get("status").cloned();
        let managed = new.pointer("/metadata/managedFields").cloned();
        *new = live.clone();
        match status {
            Some(status) => new["status"] = status,
            None => drop(json::remove(new, "/status")),
        }
        if let Some(managed) = managed {
            json::set(new, "/metadata/managedFields", managed);
        }
    } else if write.kind.status && !write.manager.is_empty() {
        match live.get("status") {
            Some(status) => new["status"] = status.clone(),
            None => drop(json::remove(new, "/status")),
        }
    }
}

/// Everything but metadata and status.
fn desired(object: &Value) -> Value {
    let mut object = object.clone();
    json::remove(&mut object, "/metadata");
    json::remove(&mut object, "/status");
    object
}

/// Nothing changed but perhaps the order of members or the time of a manager.
fn unchanged(live: &Value, new: &Value) -> bool {
    if live == new {
        return true;
    }
    let plain = |object: &Value| {
        let mut object = object.clone();
        if let Some(Value::Array(entries)) = object.pointer_mut("/metadata/managedFields") {
            for entry in entries {
                entry["time"] = json!("");
            }
        }
        object
    };
    plain(live) == plain(new)
}
