//! From `apiVersion` and `kind` to the API of it, by discovery, remembered per connection.

use std::{collections::HashMap, sync::Mutex};

use hypo_model::ports::cluster::Error;
use hypo_shared::{ErrorCode, analysis::ObjectRef};
use kube::{
    Api, Client,
    api::DynamicObject,
    core::{ApiResource, GroupVersionKind},
    discovery::{self, ApiCapabilities, Scope},
};
use serde_json::Value;

use super::error::translate;

/// Discovered resources of one API server.
pub struct Resources {
    client: Client,
    known: Mutex<HashMap<GroupVersionKind, (ApiResource, Scope)>>,
}

impl Resources {
    pub fn new(client: Client) -> Self {
        Self { client, known: Mutex::default() }
    }

    /// The API that holds objects of this kind, in `namespace` where the kind has namespaces.
    pub async fn api(&self, api_version: &str, kind: &str, namespace: &str) -> Result<Api<DynamicObject>, Error> {
        let (resource, scope) = self.resolve(api_version, kind).await?;
        Ok(match scope {
            Scope::Namespaced if !namespace.is_empty() => {
                Api::namespaced_with(self.client.clone(), namespace, &resource)
            }
            _ => Api::all_with(self.client.clone(), &resource),
        })
    }

    /// The API for one object.
    pub async fn api_of(&self, object: &ObjectRef) -> Result<Api<DynamicObject>, Error> {
        self.api(&object.api_version, &object.kind, &object.namespace).await
    }

    async fn resolve(&self, api_version: &str, kind: &str) -> Result<(ApiResource, Scope), Error> {
        let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
        let gvk = GroupVersionKind::gvk(group, version, kind);
        if let Some(known) = self.known.lock().expect("no panic while held").get(&gvk) {
            return Ok(known.clone());
        }
        let (resource, ApiCapabilities { scope, .. }) =
            discovery::pinned_kind(&self.client, &gvk).await.map_err(|error| match translate(error) {
                error if error.transient => error,
                error => Error {
                    code: ErrorCode::ApplyRefused,
                    message: format!("the cluster does not serve {kind} in {api_version}: {}", error.message),
                    transient: false,
                },
            })?;
        self.known.lock().expect("no panic while held").insert(gvk, (resource.clone(), scope.clone()));
        Ok((resource, scope))
    }
}

/// The reference of a complete object.
pub fn reference(object: &Value) -> Result<ObjectRef, Error> {
    let reference = ObjectRef::of(object);
    if !reference.is_complete() {
        return Err(Error {
            code: ErrorCode::ObjectInvalid,
            message: "an object has no apiVersion, kind or metadata.name".into(),
            transient: false,
        });
    }
    Ok(reference)
}

/// A live object as plain JSON.
pub fn to_value(object: &DynamicObject) -> Result<Value, Error> {
    serde_json::to_value(object).map_err(|error| Error {
        code: ErrorCode::ClusterUnreachable,
        message: format!("an object could not be read: {error}"),
        transient: false,
    })
}
