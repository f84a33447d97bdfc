//! Server-side apply of a set, with one field manager; what somebody else owns is never taken over.

use hypo_model::ports::cluster::{Applied, Error, FIELD_MANAGER, LABEL_MANAGED, LABEL_SERVICE, MANAGED, ObjectSet};
use hypo_shared::{ErrorCode, analysis::ObjectRef};
use kube::{
    Api, ResourceExt,
    api::{DynamicObject, Patch, PatchParams},
};
use serde_json::Value;

use super::{
    error::translate,
    resource::{Resources, reference, to_value},
};

/// Applies in order and stops at the first refusal.
pub async fn apply(resources: &Resources, set: &ObjectSet) -> Result<Vec<Applied>, Error> {
    let mut applied = Vec::with_capacity(set.objects.len());
    for object in &set.objects {
        let reference = reference(object)?;
        let live = apply_one(resources, &reference, object, set.force, false).await?;
        applied.push(Applied {
            uid: live.uid().unwrap_or_default(),
            resource_version: live.resource_version().unwrap_or_default(),
            object: reference,
        });
    }
    Ok(applied)
}

/// What the objects would become.
pub async fn dry_run(resources: &Resources, set: &ObjectSet) -> Result<Vec<Value>, Error> {
    let mut results = Vec::with_capacity(set.objects.len());
    for object in &set.objects {
        let live = apply_one(resources, &reference(object)?, object, set.force, true).await?;
        results.push(to_value(&live)?);
    }
    Ok(results)
}

/// A merge patch of one object of ours.
pub async fn patch(resources: &Resources, object: &ObjectRef, patch: &Value) -> Result<Value, Error> {
    let api = resources.api_of(object).await?;
    let live = api.get(&object.name).await.map_err(translate)?;
    if !live.labels().contains_key(LABEL_SERVICE) {
        return Err(not_ours(object));
    }
    let params = PatchParams { field_manager: Some(FIELD_MANAGER.into()), ..PatchParams::default() };
    let patched = api.patch(&object.name, &params, &Patch::Merge(patch)).await.map_err(translate)?;
    to_value(&patched)
}

async fn apply_one(
    resources: &Resources,
    reference: &ObjectRef,
    object: &Value,
    force: bool,
    dry_run: bool,
) -> Result<DynamicObject, Error> {
    let api = resources.api_of(reference).await?;
    refuse_foreign(&api, reference, object).await?;
    let params = PatchParams { dry_run, force, field_manager: Some(FIELD_MANAGER.into()), ..PatchParams::default() };
    api.patch(&reference.name, &params, &Patch::Apply(object)).await.map_err(|error| {
        let error = translate(error);
        Error { message: format!("{reference}: {}", error.message), ..error }
    })
}

async fn refuse_foreign(api: &Api<DynamicObject>, reference: &ObjectRef, object: &Value) -> Result<(), Error> {
    let Some(live) = api.get_opt(&reference.name).await.map_err(translate)? else {
        return Ok(());
    };
    let wanted = object.pointer("/metadata/labels").and_then(|labels| labels.get(LABEL_SERVICE));
    let owner = live.labels().get(LABEL_SERVICE).map(String::as_str);
    // A namespace or an object without a service belongs to HypO as a whole.
    let managed = live.labels().get(LABEL_MANAGED).map(String::as_str) == Some(MANAGED);
    if owner.is_some() && owner == wanted.and_then(Value::as_str) || wanted.is_none() && owner.is_none() && managed {
        return Ok(());
    }
    Err(not_ours(reference))
}

pub(super) fn not_ours(object: &ObjectRef) -> Error {
    Error {
        code: ErrorCode::ClusterConflict,
        message: format!("{object} in namespace {:?} exists and is not this service's", object.namespace),
        transient: false,
    }
}
