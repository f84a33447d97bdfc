//! POST, PUT, PATCH and DELETE.

use std::sync::Arc;

use hyper::header;
use serde_json::{Value, json};

use super::{
    Answer, Request, describe, document,
    fields::{self, Warnings},
    read::{Filter, Form, shown},
    target::Resource,
};
use crate::{
    cluster::Cluster,
    error::{ApiError, ApiResult},
    ops::{self, DeleteOptions, PatchKind, Write, Written},
};

/// Decodes a body as JSON, or as YAML where that is allowed.
pub fn decode(request: &Request) -> ApiResult<Value> {
    if let Ok(value) = serde_json::from_slice(&request.body) {
        return Ok(value);
    }
    let content_type = request.header(header::CONTENT_TYPE);
    if content_type.contains("protobuf") || content_type.contains("cbor") {
        return Err(ApiError::unsupported_media(content_type));
    }
    if !content_type.contains("yaml") {
        let error = serde_json::from_slice::<Value>(&request.body).err();
        let why = error.map(|error| error.to_string()).unwrap_or_default();
        return Err(ApiError::bad_request(format!("the body of the request could not be decoded: {why}")));
    }
    let text = std::str::from_utf8(&request.body).map_err(|_| ApiError::bad_request("the body is not UTF-8"))?;
    serde_saphyr::from_str(text).map_err(|error| ApiError::bad_request(format!("error decoding YAML: {error}")))
}

/// Carries out a changing request.
pub fn write(cluster: &Arc<Cluster>, request: &Request, target: &Resource, verb: &str) -> ApiResult<Answer> {
    let kind = &target.kind;
    let dry_run = match request.query.get("dryRun") {
        "" => false,
        "All" => true,
        other => {
            return Err(ApiError::bad_request(format!(
                "dryRun: Unsupported value: {other:?}: supported values: \"All\""
            )));
        }
    };
    let served = match target.sub.as_str() {
        "" => true,
        "status" => kind.status && matches!(verb, "update" | "patch"),
        "scale" => kind.scale && matches!(verb, "update" | "patch"),
        "finalize" => &*kind.id == "namespaces" && verb == "update",
        "eviction" => &*kind.id == "pods" && verb == "create",
        _ => return Err(ApiError::no_such_path()),
    };
    if !served {
        return Err(ApiError::method_not_allowed());
    }
    let manager = manager_of(request);
    let write = Write {
        kind,
        namespace: &target.namespace,
        name: &target.name,
        sub: if target.sub == "finalize" { "" } else { &target.sub },
        manager: &manager,
        dry_run,
    };
    let form = Form::of(request.header(header::ACCEPT), cluster.clock.now());
    let mut warnings = Warnings::default();
    // What is created or put in another's place is decoded as its kind; a patch is only a part of one.
    let mut whole = || {
        let mut object = decode(request)?;
        warnings = fields::check(request, kind, &mut object)?;
        Ok::<_, ApiError>(object)
    };
    let mut state = cluster.state();
    let written = match verb {
        "create" if target.sub == "eviction" => {
            let options = DeleteOptions { dry_run, ..DeleteOptions::default() };
            let (object, _) = ops::delete(&mut state, &write, &options)?;
            let done = json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": 201});
            return Ok(Answer { response: document(201, &done), changed: !dry_run, object: describe(kind, &object) });
        }
        "create" => {
            if !target.name.is_empty() || (kind.namespaced && target.namespace.is_empty()) {
                return Err(ApiError::method_not_allowed());
            }
            ops::create(&mut state, &write, whole()?)?
        }
        "update" if matches!(target.sub.as_str(), "" | "status") => ops::update(&mut state, &write, whole()?)?,
        "update" => ops::update(&mut state, &write, decode(request)?)?,
        "patch" => {
            let content_type = request.header(header::CONTENT_TYPE);
            let patch = PatchKind::of(content_type).ok_or_else(|| ApiError::unsupported_media(content_type))?;
            let body = decode(request)?;
            if patch == PatchKind::Apply {
                if request.query.get("fieldManager").is_empty() {
                    return Err(ApiError::invalid_options("fieldManager: Required value: is required for apply patch"));
                }
                ops::apply(&mut state, &write, body, request.query.flag("force"))?
            } else {
                if !request.query.get("force").is_empty() {
                    return Err(ApiError::invalid_options(
                        "force: Forbidden: may not be specified for non-apply patch",
                    ));
                }
                ops::patch(&mut state, &write, patch, &body)?
            }
        }
        "delete" | "deletecollection" => {
            let mut options = DeleteOptions {
                propagation: request.query.get("propagationPolicy").to_owned(),
                grace_seconds: request.query.number("gracePeriodSeconds"),
                dry_run,
                ..DeleteOptions::default()
            };
            if !request.body.is_empty() {
                options.read(&decode(request)?);
            }
            if verb == "deletecollection" {
                let filter = Filter::new(target, &request.query)?;
                let found: Vec<_> = filter.select(&state, kind).cloned().collect();
                let items = ops::delete_collection(&mut state, kind, &found, &options)?;
                let list = json!({
                    "kind": format!("{}List", kind.kind), "apiVersion": kind.api_version(),
                    "metadata": {"resourceVersion": state.store.version().to_string()}, "items": items,
                });
                let changed = !options.dry_run && !found.is_empty();
                return Ok(Answer {
                    response: document(200, &list),
                    changed,
                    object: format!("{}/{}/", kind.id, target.namespace),
                });
            }
            let before = state.store.version();
            let (object, gone) = ops::delete(&mut state, &write, &options)?;
            let answer =
                if gone && &*kind.id != "pods" { ops::success(kind, &object) } else { shown(&object, kind, form) };
            let changed = state.store.version() != before;
            return Ok(Answer { response: document(200, &answer), changed, object: describe(kind, &object) });
        }
        _ => return Err(ApiError::method_not_allowed()),
    };
    let Written { object, changed, created } = written;
    let body = if target.sub == "scale" { ops::scale_of(&object) } else { shown(&object, kind, form) };
    let mut response = document(if created { 201 } else { 200 }, &body);
    response.headers_mut().extend(warnings.headers());
    Ok(Answer { response, changed, object: describe(kind, &object) })
}

/// The field manager: as named, else the program of the user agent.
fn manager_of(request: &Request) -> String {
    let named = request.query.get("fieldManager");
    if !named.is_empty() {
        return named.to_owned();
    }
    let agent = request.header(header::USER_AGENT).split(['/', ' ']).next().unwrap_or_default();
    if agent.is_empty() { "unknown".into() } else { agent.to_owned() }
}
