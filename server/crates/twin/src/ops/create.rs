//! Creating an object.

use serde_json::{Value, json};

use super::{Write, Written, check_body, writer};
use crate::{
    admission, apply,
    cluster::State,
    error::{ApiError, ApiResult, Cause},
    json,
};

/// Creates an object from a client's body.
///
/// # Errors
/// 400, 403, 404 (namespace), 409, 422 as Kubernetes answers.
pub fn create(state: &mut State, write: &Write<'_>, mut body: Value) -> ApiResult<Written> {
    check_body(write, &mut body)?;
    json::remove(&mut body, "/metadata/managedFields");
    if !json::text(&body, "/metadata/resourceVersion").is_empty() {
        return Err(ApiError::bad_request("resourceVersion should not be set on objects to be created"));
    }
    let mut object = prepare(state, write, body)?;
    if !write.manager.is_empty() {
        let (time, api_version) = (state.stamp(), write.kind.api_version());
        apply::track(&json!({}), &mut object, &writer(write, &api_version, &time));
    }
    store(state, write, object)
}

/// Fills a new object: name, stamps, defaults, admission, validation.
pub(super) fn prepare(state: &mut State, write: &Write<'_>, mut object: Value) -> ApiResult<Value> {
    let kind = write.kind;
    let generate = json::text(&object, "/metadata/generateName").to_owned();
    if json::name(&object).is_empty() {
        if generate.is_empty() {
            let cause = Cause::required("metadata.name", "name or generateName is required");
            return Err(ApiError::invalid(kind, "", &[cause]));
        }
        let suffix = state.rng.suffix();
        json::set(&mut object, "/metadata/name", format!("{generate}{suffix}"));
    }
    let name = json::name(&object).to_owned();
    if kind.namespaced {
        let namespaces = state.kind("namespaces");
        let namespace = state
            .store
            .get("namespaces", "", write.namespace)
            .ok_or_else(|| ApiError::not_found(&namespaces, write.namespace))?;
        if json::deleting(&namespace) && &*kind.id != "events" {
            return Err(ApiError::terminating(kind, &name, write.namespace));
        }
    }
    if state.store.get(&kind.id, write.namespace, &name).is_some() {
        return Err(ApiError::exists(kind, &name));
    }
    for server in ["uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink"] {
        json::remove(&mut object, &format!("/metadata/{server}"));
    }
    let uid = state.rng.uid();
    json::set(&mut object, "/metadata/uid", uid);
    json::set(&mut object, "/metadata/creationTimestamp", state.stamp());
    if has_generation(&object, kind) {
        json::set(&mut object, "/metadata/generation", 1);
    }
    if kind.status && !write.manager.is_empty() {
        json::remove(&mut object, "/status");
    }
    admission::defaults(state, kind, &mut object);
    let causes = admission::validate(kind, &object);
    if !causes.is_empty() {
        return Err(ApiError::invalid(kind, &name, &causes));
    }
    admission::admit(state, kind, &mut object, None, write.dry_run)?;
    Ok(object)
}

/// Stores a prepared object and does what creating this kind entails.
pub(super) fn store(state: &mut State, write: &Write<'_>, object: Value) -> ApiResult<Written> {
    if write.dry_run {
        return Ok(Written { object: object.into(), changed: false, created: true });
    }
    if &*write.kind.id == "customresourcedefinitions.apiextensions.k8s.io" {
        state.registry.add_crd(&object);
    }
    let object = state.store.put(&write.kind.id, object);
    Ok(Written { object, changed: true, created: true })
}

/// Kinds without desired state carry no generation.
fn has_generation(object: &Value, kind: &crate::kinds::Kind) -> bool {
    object.get("spec").is_some()
        && (kind.custom
            || !matches!(
                &*kind.id,
                "services"
                    | "persistentvolumeclaims"
                    | "persistentvolumes"
                    | "namespaces"
                    | "nodes"
                    | "resourcequotas"
                    | "limitranges"
            ))
}
