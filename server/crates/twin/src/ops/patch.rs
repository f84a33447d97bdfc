//! The four patch types.

use serde_json::{Value, json};

use super::{Write, Written, check_body, create, existing, update, writer};
use crate::{
    apply as ownership,
    cluster::State,
    error::{ApiError, ApiResult},
    json, strategic,
};

/// A patch by its content type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PatchKind {
    Json,
    Merge,
    Strategic,
    Apply,
}

impl PatchKind {
    /// The patch type of a `Content-Type` header.
    pub fn of(content_type: &str) -> Option<Self> {
        Some(match content_type.split(';').next().unwrap_or_default().trim() {
            "application/json-patch+json" => Self::Json,
            "application/merge-patch+json" => Self::Merge,
            "application/strategic-merge-patch+json" => Self::Strategic,
            "application/apply-patch+yaml" | "application/apply-patch+cbor" => Self::Apply,
            _ => return None,
        })
    }
}

/// Patches a live object by JSON patch, merge patch or strategic merge patch.
///
/// # Errors
/// As [`update`](super::update), and 422 for a patch that does not fit.
pub fn patch(state: &mut State, write: &Write<'_>, kind: PatchKind, body: &Value) -> ApiResult<Written> {
    let live = existing(state, write)?;
    let scale = write.sub == "scale";
    let mut new = if scale { scale_of(&live) } else { (*live).clone() };
    match kind {
        PatchKind::Json => {
            let operations: json_patch::Patch = serde_json::from_value(body.clone())
                .map_err(|error| ApiError::bad_request(format!("error decoding patch: {error}")))?;
            json_patch::patch(&mut new, &operations).map_err(|error| {
                let mut refused = ApiError::bad_request(format!(
                    "the server rejected our request due to an error in our request: {error}"
                ));
                (refused.code, refused.reason) = (422, "Invalid");
                refused
            })?;
        }
        PatchKind::Merge => json::merge_patch(&mut new, body),
        PatchKind::Strategic if write.kind.custom => {
            return Err(ApiError::unsupported_media("application/strategic-merge-patch+json"));
        }
        PatchKind::Strategic => strategic::merge(&mut new, body, &mut vec![]),
        PatchKind::Apply => return Err(ApiError::internal("apply is not a plain patch")),
    }
    if scale {
        new = update::with_replicas(&live, &new);
    }
    check_identity(write, &live, &new)?;
    update::finish(state, write, &live, new, true)
}

fn check_identity(write: &Write<'_>, live: &Value, new: &Value) -> ApiResult<()> {
    if json::name(new) != json::name(live) || json::namespace(new) != json::namespace(live) {
        return Err(ApiError::bad_request(format!(
            "the name of the object ({}) does not match the name on the URL ({})",
            json::name(new),
            write.name
        )));
    }
    Ok(())
}

/// Server-side apply: creates or merges, with field ownership.
///
/// # Errors
/// 400 without a field manager, 409 with the conflicting fields, otherwise as create and update.
pub fn apply(state: &mut State, write: &Write<'_>, mut config: Value, force: bool) -> ApiResult<Written> {
    check_body(write, &mut config)?;
    if json::list(&config, "/metadata/managedFields").iter().next().is_some() {
        return Err(ApiError::bad_request("metadata.managedFields must be nil"));
    }
    json::remove(&mut config, "/metadata/managedFields");
    let (time, api_version) = (state.stamp(), write.kind.api_version());
    let who = writer(write, &api_version, &time);
    match existing(state, write) {
        Ok(live) => {
            if write.sub == "scale" {
                let new = update::with_replicas(&live, &config);
                return update::finish(state, write, &live, new, true);
            }
            if write.kind.status {
                if write.sub == "status" {
                    json::remove(&mut config, "/spec");
                } else {
                    json::remove(&mut config, "/status");
                }
            }
            strategic::normalise(write.kind, &mut config);
            let merged = ownership::apply(&live, &config, force, &who)?;
            if let Some(version) = config.pointer("/metadata/resourceVersion")
                && Some(version) != live.pointer("/metadata/resourceVersion")
            {
                return Err(ApiError::modified(write.kind, write.name));
            }
            update::finish(state, write, &live, merged, false)
        }
        Err(missing) if !write.sub.is_empty() => Err(missing),
        Err(_) => {
            if config.pointer("/metadata/uid").is_some_and(|uid| !uid.is_null()) {
                let why = "uid mismatch: the provided object specified uid, and no existing object was found";
                return Err(ApiError::conflict(write.kind, write.name, why));
            }
            json::remove(&mut config, "/status");
            ownership::strip_nulls(&mut config);
            strategic::normalise(write.kind, &mut config);
            let empty = json!({"apiVersion": config["apiVersion"], "kind": config["kind"], "metadata": {}});
            let merged = ownership::apply(&empty, &config, force, &who)?;
            let object = create::prepare(state, write, merged)?;
            create::store(state, write, object)
        }
    }
}

/// The `Scale` document of an object.
pub fn scale_of(live: &Value) -> Value {
    let selector: Vec<_> =
        json::pairs(live, "/spec/selector/matchLabels").map(|(key, value)| format!("{key}={value}")).collect();
    let metadata: serde_json::Map<_, _> = ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"]
        .into_iter()
        .filter_map(|key| Some((key.to_owned(), live.pointer(&format!("/metadata/{key}"))?.clone())))
        .collect();
    json!({
        "kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": metadata,
        "spec": {"replicas": json::int(live, "/spec/replicas").unwrap_or(0)},
        "status": {"replicas": json::int(live, "/status/replicas").unwrap_or(0), "selector": selector.join(",")},
    })
}
