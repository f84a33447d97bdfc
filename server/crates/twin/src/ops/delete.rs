//! Deleting objects: grace, finalizers, propagation.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Write, existing};
use crate::{
    clock,
    cluster::State,
    error::{ApiError, ApiResult},
    json,
    kinds::Kind,
};

/// `DeleteOptions` from body and query.
#[derive(Clone, Debug, Default)]
pub struct DeleteOptions {
    /// `Foreground`, `Background`, `Orphan` or `""`.
    pub propagation: String,
    pub grace_seconds: Option<i64>,
    pub uid: Option<String>,
    pub resource_version: Option<String>,
    pub dry_run: bool,
}

impl DeleteOptions {
    /// Reads a `DeleteOptions` document.
    pub fn read(&mut self, body: &Value) {
        let text = |pointer| Some(json::text(body, pointer).to_owned()).filter(|text| !text.is_empty());
        if let Some(policy) = text("/propagationPolicy") {
            self.propagation = policy;
        }
        if json::flag(body, "/orphanDependents") {
            self.propagation = "Orphan".into();
        }
        self.grace_seconds = json::int(body, "/gracePeriodSeconds").or(self.grace_seconds);
        self.uid = text("/preconditions/uid").or(self.uid.take());
        self.resource_version = text("/preconditions/resourceVersion").or(self.resource_version.take());
        self.dry_run |= json::list(body, "/dryRun").iter().any(|one| one == "All");
    }
}

/// Deletes one object: at once, or by marking it when something must happen first.
/// Returns the last state and whether the object is gone.
///
/// # Errors
/// 404, 409 for a failed precondition, 403 for the namespaces Kubernetes protects.
pub fn delete(state: &mut State, write: &Write<'_>, options: &DeleteOptions) -> ApiResult<(Arc<Value>, bool)> {
    let live = existing(state, write)?;
    let kind = write.kind;
    for (wanted, path, what) in [
        (&options.uid, "/metadata/uid", "UID"),
        (&options.resource_version, "/metadata/resourceVersion", "ResourceVersion"),
    ] {
        if let Some(wanted) = wanted
            && wanted != json::text(&live, path)
        {
            let got = json::text(&live, path);
            let why = format!("Precondition failed: {what} in precondition: {wanted}, {what} in object meta: {got}");
            return Err(ApiError::conflict(kind, write.name, &why));
        }
    }
    if &*kind.id == "namespaces" && matches!(write.name, "default" | "kube-system" | "kube-public") {
        return Err(ApiError::forbidden(kind, write.name, "this namespace may not be deleted"));
    }
    let mut object = (*live).clone();
    let waits = mark(state, kind, &mut object, options);
    if options.dry_run || write.dry_run {
        return Ok((object.into(), !waits));
    }
    if !waits {
        let gone = remove(state, kind, write.namespace, write.name).unwrap_or(live);
        return Ok((gone, true));
    }
    if object == *live {
        return Ok((live, false));
    }
    Ok((state.store.put(&kind.id, object), false))
}

/// Sets deletion marks; whether the object has to wait for somebody.
fn mark(state: &State, kind: &Kind, object: &mut Value, options: &DeleteOptions) -> bool {
    let mut finalizers: Vec<Value> = json::list(object, "/metadata/finalizers").to_vec();
    let dependents = matches!(options.propagation.as_str(), "Foreground" | "Orphan");
    if dependents && !json::deleting(object) {
        let name = if options.propagation == "Orphan" { "orphan" } else { "foregroundDeletion" };
        if !finalizers.iter().any(|one| one == name) {
            finalizers.push(name.into());
        }
        json::set(object, "/metadata/finalizers", finalizers.clone());
    }
    let mut waits = !finalizers.is_empty();
    let mut grace = 0;
    if &*kind.id == "pods" {
        let terminal = matches!(json::text(object, "/status/phase"), "Succeeded" | "Failed");
        let assigned = !json::text(object, "/spec/nodeName").is_empty();
        let wanted = options.grace_seconds.or_else(|| json::int(object, "/spec/terminationGracePeriodSeconds"));
        grace = if terminal || !assigned { 0 } else { wanted.unwrap_or(30).max(0) };
        waits |= grace > 0;
    }
    if &*kind.id == "namespaces" {
        json::set(object, "/status/phase", "Terminating");
        waits = true;
    }
    if waits && !json::deleting(object) {
        let at = clock::seconds(state.now + chrono::Duration::seconds(grace));
        json::set(object, "/metadata/deletionTimestamp", at);
        json::set(object, "/metadata/deletionGracePeriodSeconds", grace);
        if let Some(generation) = json::int(object, "/metadata/generation") {
            json::set(object, "/metadata/generation", generation + 1);
        }
    }
    waits
}

/// Removes an object that was marked for deletion once nothing holds it any more.
pub fn finish_if_done(state: &mut State, kind: &Arc<Kind>, object: &Arc<Value>) -> Option<Arc<Value>> {
    let held = !json::list(object, "/metadata/finalizers").is_empty()
        || &*kind.id == "namespaces"
        || (&*kind.id == "pods" && json::int(object, "/metadata/deletionGracePeriodSeconds").unwrap_or(0) > 0);
    if !json::deleting(object) || held {
        return None;
    }
    remove(state, kind, json::namespace(object), json::name(object))
}

/// Takes an object out of the store and undoes what its kind had set up.
pub fn remove(state: &mut State, kind: &Arc<Kind>, namespace: &str, name: &str) -> Option<Arc<Value>> {
    let gone = state.store.remove(&kind.id, namespace, name)?;
    if &*kind.id == "customresourcedefinitions.apiextensions.k8s.io" {
        let id: Arc<str> = Arc::from(name);
        for object in state.store.all(&id) {
            state.store.remove(&id, json::namespace(&object), json::name(&object));
        }
        state.registry.remove_crd(&gone);
    }
    Some(gone)
}

/// Deletes every listed object and returns what was there.
///
/// # Errors
/// The first refusal; what was deleted before stays deleted, as in Kubernetes.
pub fn delete_collection(
    state: &mut State,
    kind: &Arc<Kind>,
    found: &[Arc<Value>],
    options: &DeleteOptions,
) -> ApiResult<Vec<Value>> {
    let mut deleted = vec![];
    for object in found {
        let write = Write::internal(kind, json::namespace(object), json::name(object));
        match delete(state, &write, options) {
            Ok((object, _)) => deleted.push((*object).clone()),
            Err(error) if error.code == 404 => {}
            Err(error) => return Err(error),
        }
    }
    Ok(deleted)
}

/// The `Status` document of a finished deletion.
pub fn success(kind: &Kind, object: &Value) -> Value {
    let mut details = json!({"name": json::name(object)});
    if !kind.group.is_empty() {
        details["group"] = kind.group.clone().into();
    }
    details["kind"] = kind.plural.clone().into();
    details["uid"] = json::uid(object).into();
    json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "details": details})
}
