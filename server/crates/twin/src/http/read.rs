//! GET of objects and collections.

use std::sync::Arc;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{
    table::table,
    target::{Query, Resource},
};
use crate::{
    cluster::State,
    error::{ApiError, ApiResult},
    json,
    kinds::Kind,
    ops,
    selector::{Fields, Labels},
};

/// Which objects a list or watch wants.
#[derive(Clone, Debug)]
pub struct Filter {
    pub namespace: String,
    labels: Labels,
    fields: Fields,
    name: String,
}

impl Filter {
    /// Reads selectors from a query.
    ///
    /// # Errors
    /// 400 for a selector that cannot be parsed or is not supported.
    pub fn new(target: &Resource, query: &Query) -> ApiResult<Self> {
        Ok(Self {
            namespace: target.namespace.clone(),
            labels: Labels::parse(query.get("labelSelector"))?,
            fields: Fields::parse(query.get("fieldSelector"), &target.kind.id)?,
            name: target.name.clone(),
        })
    }

    /// Whether an object is wanted.
    pub fn matches(&self, object: &Value) -> bool {
        (self.namespace.is_empty() || json::namespace(object) == self.namespace)
            && (self.name.is_empty() || json::name(object) == self.name)
            && self.labels.matches(object)
            && self.fields.matches(object)
    }

    /// The wanted objects of a kind.
    pub fn select<'s>(&'s self, state: &'s State, kind: &'s Kind) -> impl Iterator<Item = &'s Arc<Value>> + use<'s> {
        let namespace = Some(self.namespace.as_str()).filter(|namespace| !namespace.is_empty());
        state.store.list(&kind.id, namespace).filter(|object| self.matches(object))
    }
}

/// The form a client wants objects in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Full,
    /// `PartialObjectMetadata`.
    Metadata,
    /// `Table`, as of this time.
    Table(DateTime<Utc>),
}

impl Form {
    /// Reads an `Accept` header; `now` is what ages in a Table are counted to.
    pub fn of(accept: &str, now: DateTime<Utc>) -> Self {
        if accept.contains("as=PartialObjectMetadata") {
            Self::Metadata
        } else if accept.contains("as=Table") {
            Self::Table(now)
        } else {
            Self::Full
        }
    }
}

/// An object as a client of this kind and form sees it.
pub fn shown(object: &Value, kind: &Kind, form: Form) -> Value {
    if form == Form::Metadata {
        return json!({"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": object["metadata"]});
    }
    if let Form::Table(now) = form {
        let metadata = json!({"resourceVersion": object["metadata"]["resourceVersion"]});
        return table(kind, &[object], metadata, now);
    }
    if kind.group == "events.k8s.io" {
        return event(object);
    }
    let mut object = object.clone();
    if kind.custom {
        object["apiVersion"] = kind.api_version().into();
    }
    object
}

/// A core Event in the shape of events.k8s.io/v1.
fn event(core: &Value) -> Value {
    let mut event = core.clone();
    event["apiVersion"] = "events.k8s.io/v1".into();
    for (from, to) in [
        ("involvedObject", "regarding"),
        ("message", "note"),
        ("reportingComponent", "reportingController"),
        ("source", "deprecatedSource"),
        ("firstTimestamp", "deprecatedFirstTimestamp"),
        ("lastTimestamp", "deprecatedLastTimestamp"),
        ("count", "deprecatedCount"),
    ] {
        if let Some(value) = json::remove(&mut event, &format!("/{from}")) {
            event[to] = value;
        }
    }
    json::default(&mut event, "/eventTime", Value::Null);
    event
}

/// One object, its status or its scale.
///
/// # Errors
/// 404.
pub fn get(state: &State, target: &Resource, form: Form) -> ApiResult<Value> {
    let kind = &target.kind;
    let object = state
        .store
        .get(&kind.id, &target.namespace, &target.name)
        .ok_or_else(|| ApiError::not_found(kind, &target.name))?;
    match target.sub.as_str() {
        "" => Ok(shown(&object, kind, form)),
        "status" if kind.status => Ok(shown(&object, kind, form)),
        "scale" if kind.scale => Ok(ops::scale_of(&object)),
        _ => Err(ApiError::no_such_path()),
    }
}

/// A collection, with `limit` and `continue`.
///
/// # Errors
/// 400 for bad selectors or tokens, 410 when the continued snapshot is too old.
pub fn list(state: &State, target: &Resource, query: &Query, form: Form) -> ApiResult<Value> {
    let kind = &target.kind;
    let filter = Filter::new(target, query)?;
    let limit = query.number::<usize>("limit").filter(|limit| *limit > 0).unwrap_or(usize::MAX);
    let mut version = state.store.version();
    let mut after = None;
    if !query.get("continue").is_empty() {
        let token = read_token(query.get("continue"))
            .ok_or_else(|| ApiError::bad_request("continue key is not valid: the encoded token is malformed"))?;
        if token.0 < state.store.oldest() {
            return Err(ApiError::expired(
                "The provided continue parameter is too old to display a consistent list result. You can start a new \
                 list without the continue parameter, or use the continue token in this response to retrieve the \
                 remainder of the results. Continuing with the provided token results in an inconsistent list - \
                 objects that were created, modified, or deleted between the time the first chunk was returned and \
                 now may show up in the list.",
            ));
        }
        version = token.0;
        after = Some((token.1, token.2));
    }
    let mut found = filter.select(state, kind).filter(|object| {
        after.as_ref().is_none_or(|(namespace, name)| {
            (json::namespace(object), json::name(object)) > (namespace.as_str(), name.as_str())
        })
    });
    let page: Vec<_> = found.by_ref().take(limit).collect();
    let rest = found.count();
    let mut metadata = json!({"resourceVersion": version.to_string()});
    if rest > 0
        && let Some(last) = page.last()
    {
        metadata["continue"] = token(version, json::namespace(last), json::name(last)).into();
        metadata["remainingItemCount"] = rest.into();
    }
    if let Form::Table(now) = form {
        let objects: Vec<&Value> = page.iter().map(|object| &***object).collect();
        return Ok(table(kind, &objects, metadata, now));
    }
    let items: Vec<Value> = page
        .into_iter()
        .map(|object| {
            let mut item = shown(object, kind, form);
            // Items of typed lists carry no type of their own; custom resources and metadata do.
            if !kind.custom
                && form == Form::Full
                && let Some(members) = item.as_object_mut()
            {
                members.shift_remove("apiVersion");
                members.shift_remove("kind");
            }
            item
        })
        .collect();
    let (list_kind, api_version) = match form {
        Form::Full | Form::Table(_) => (format!("{}List", kind.kind), kind.api_version()),
        Form::Metadata => ("PartialObjectMetadataList".into(), "meta.k8s.io/v1".into()),
    };
    Ok(json!({"kind": list_kind, "apiVersion": api_version, "metadata": metadata, "items": items}))
}

fn token(version: u64, namespace: &str, name: &str) -> String {
    URL_SAFE_NO_PAD.encode(json!({"v": "meta.k8s.io/v1", "rv": version, "start": [namespace, name]}).to_string())
}

fn read_token(text: &str) -> Option<(u64, String, String)> {
    let token: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
    let part = |at: usize| token["start"][at].as_str().map(str::to_owned);
    Some((token["rv"].as_u64()?, part(0)?, part(1)?))
}
