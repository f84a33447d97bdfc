//! Everything between a decoded request and storage: defaults, validation, admission plugins.

mod defaults;
mod immutable;
mod pod_security;
mod quota;
mod service;
mod validate;

use serde_json::Value;

use crate::{
    cluster::State,
    error::{ApiError, ApiResult},
    json,
    kinds::Kind,
};

pub use defaults::defaults;
pub use immutable::{immutable, keep};
pub use quota::{pod_total, status as quota_status};
pub use validate::validate;

/// Admission: Pod Security, LimitRange, ResourceQuota, address allocation, the default storage class.
///
/// # Errors
/// 403 or 422 as the plugin answers.
pub fn admit(state: &mut State, kind: &Kind, object: &mut Value, live: Option<&Value>, dry_run: bool) -> ApiResult<()> {
    match &*kind.id {
        "pods" if live.is_none() => {
            quota::limit_range(state, object);
            pod_security::check(state, kind, object)?;
            mount_account(state, object)?;
        }
        "services" => service::allocate(state, kind, object, live)?,
        "persistentvolumeclaims" if live.is_none() => {
            default_class(
                state,
                object,
                "storageclasses.storage.k8s.io",
                "/spec/storageClassName",
                "storageclass.kubernetes.io/is-default-class",
            );
            json::default(object, "/metadata/finalizers", Value::from(vec!["kubernetes.io/pvc-protection"]));
        }
        "ingresses.networking.k8s.io" if live.is_none() => {
            default_class(
                state,
                object,
                "ingressclasses.networking.k8s.io",
                "/spec/ingressClassName",
                "ingressclass.kubernetes.io/is-default-class",
            );
        }
        _ => {}
    }
    if live.is_none() && kind.namespaced && !dry_run {
        quota::check(state, kind, object)?;
    }
    Ok(())
}

fn default_class(state: &State, object: &mut Value, classes: &str, pointer: &str, mark: &str) {
    if object.pointer(pointer).is_some() {
        return;
    }
    let default = state.store.list(classes, None).find(|class| json::annotation(class, mark) == "true");
    if let Some(class) = default {
        json::set(object, pointer, json::name(class));
    }
}

/// The ServiceAccount plugin: a pod's account must be there.
fn mount_account(state: &State, object: &mut Value) -> ApiResult<()> {
    let account = json::text(object, "/spec/serviceAccountName").to_owned();
    let namespace = json::namespace(object);
    if account != "default" && state.store.get("serviceaccounts", namespace, &account).is_none() {
        let kind = state.kind("pods");
        let why =
            format!("error looking up service account {namespace}/{account}: serviceaccount {account:?} not found");
        return Err(ApiError::forbidden(&kind, json::name(object), &why));
    }
    Ok(())
}

/// Where a kind keeps its pod template (or pod), as a JSON pointer to the object with `spec` and `metadata`.
pub fn template_of(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "pods" => "",
        "deployments.apps"
        | "statefulsets.apps"
        | "daemonsets.apps"
        | "replicasets.apps"
        | "jobs.batch"
        | "replicationcontrollers" => "/spec/template",
        "cronjobs.batch" => "/spec/jobTemplate/spec/template",
        _ => return None,
    })
}
