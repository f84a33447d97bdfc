//! What can be done to objects, the same for clients and controllers: checks, defaults, admission, storage.

mod create;
mod delete;
mod patch;
mod update;

use std::sync::Arc;

use serde_json::Value;

use crate::{
    clock,
    cluster::State,
    error::{ApiError, ApiResult},
    json,
    kinds::Kind,
};

pub use create::create;
pub use delete::{DeleteOptions, delete, delete_collection, finish_if_done, remove, success};
pub use patch::{PatchKind, apply, patch, scale_of};
pub use update::update;

/// Where and how a write happens.
#[derive(Clone, Debug)]
pub struct Write<'w> {
    pub kind: &'w Arc<Kind>,
    pub namespace: &'w str,
    pub name: &'w str,
    /// `""`, `status` or `scale`.
    pub sub: &'w str,
    /// Field manager; `""` for controllers of the simulation, which own no fields.
    pub manager: &'w str,
    pub dry_run: bool,
}

impl<'w> Write<'w> {
    /// A write by the simulation's own controllers.
    pub fn internal(kind: &'w Arc<Kind>, namespace: &'w str, name: &'w str) -> Self {
        Self { kind, namespace, name, sub: "", manager: "", dry_run: false }
    }
}

/// What a write came to.
#[derive(Clone, Debug)]
pub struct Written {
    pub object: Arc<Value>,
    /// Whether the stored state changed.
    pub changed: bool,
    /// Whether the object is new.
    pub created: bool,
}

/// The stored object of a write.
pub fn existing(state: &State, write: &Write<'_>) -> ApiResult<Arc<Value>> {
    state
        .store
        .get(&write.kind.id, write.namespace, write.name)
        .ok_or_else(|| ApiError::not_found(write.kind, write.name))
}

/// Checks that a body is what the path says.
fn check_body(write: &Write<'_>, body: &mut Value) -> ApiResult<()> {
    let kind = write.kind;
    if !body.is_object() {
        return Err(ApiError::bad_request("the body of the request is not a JSON object"));
    }
    let wanted = if write.sub == "scale" { "autoscaling/v1".to_owned() } else { kind.api_version() };
    let expected_kind = if write.sub == "scale" { "Scale" } else { kind.kind.as_str() };
    let got = json::text(body, "/apiVersion").to_owned();
    if got.is_empty() {
        json::set(body, "/apiVersion", wanted);
    } else if got != wanted {
        return Err(ApiError::bad_request(format!(
            "the API version in the data ({got}) does not match the expected API version ({wanted})"
        )));
    }
    let got = json::text(body, "/kind").to_owned();
    if got.is_empty() {
        json::set(body, "/kind", expected_kind);
    } else if got != expected_kind {
        return Err(ApiError::bad_request(format!(
            "{got} in version {:?} cannot be handled as a {expected_kind}: converting ({got}) to ({expected_kind}): unknown conversion",
            kind.version
        )));
    }
    let namespace = json::namespace(body).to_owned();
    if kind.namespaced {
        if namespace.is_empty() {
            json::set(body, "/metadata/namespace", write.namespace);
        } else if namespace != write.namespace {
            return Err(ApiError::bad_request(
                "the namespace of the provided object does not match the namespace sent on the request",
            ));
        }
    } else {
        json::remove(body, "/metadata/namespace");
    }
    if !write.name.is_empty() {
        let name = json::name(body).to_owned();
        if name.is_empty() {
            json::set(body, "/metadata/name", write.name);
        } else if name != write.name {
            return Err(ApiError::bad_request(format!(
                "the name of the object ({name}) does not match the name on the URL ({})",
                write.name
            )));
        }
    }
    Ok(())
}

/// How the writer is recorded in managed fields.
fn writer<'w>(write: &Write<'w>, api_version: &'w str, time: &'w str) -> crate::apply::Writer<'w> {
    crate::apply::Writer {
        manager: write.manager,
        api_version,
        subresource: write.sub,
        time,
        custom: write.kind.custom,
    }
}

impl State {
    /// The cluster's time as objects carry it.
    pub fn stamp(&self) -> String {
        clock::seconds(self.now)
    }

    /// A built-in kind by storage id.
    pub fn kind(&self, id: &str) -> Arc<Kind> {
        self.registry.by_id(id).expect("the built-in kinds are in the registry")
    }

    /// Creates an object on behalf of a controller.
    pub fn make(&mut self, id: &str, object: Value) -> ApiResult<Arc<Value>> {
        let kind = self.kind(id);
        let namespace = json::namespace(&object).to_owned();
        create(self, &Write::internal(&kind, &namespace, ""), object).map(|written| written.object)
    }

    /// Replaces an object on behalf of a controller when it differs; returns whether it did.
    pub fn save(&mut self, id: &str, object: Value) -> bool {
        let kind = self.kind(id);
        match self.store.get(id, json::namespace(&object), json::name(&object)) {
            Some(live) if *live != object => {
                self.store.put(&kind.id, object);
                true
            }
            _ => false,
        }
    }

    /// Sets `status` on behalf of a controller when it differs.
    pub fn save_status(&mut self, id: &str, live: &Value, status: Value) -> bool {
        if live.get("status") == Some(&status) {
            return false;
        }
        let mut object = live.clone();
        object["status"] = status;
        self.save(id, object)
    }
}
