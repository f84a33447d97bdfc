//! A provider's recorded patches for one component: environment, replicas, resources, with site facts filled in.

mod site;

use hypo_shared::{ErrorCode, placement::Override, plan::RecordedOverride, quantity};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{cluster::Cluster, object, record};

pub use site::fill;

/// An override that cannot be applied.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{message}")]
pub struct OverrideError {
    pub code: ErrorCode,
    pub message: String,
}

fn refused(message: impl Into<String>) -> OverrideError {
    OverrideError { code: ErrorCode::OverrideInvalid, message: message.into() }
}

const REASON: &str = "override of this placement";

/// Patches the workload of a component for the cluster it lands on. Only workloads are changed.
///
/// # Errors
/// `HYP-2011` for an unknown site fact, resources that are no quantities, or replicas of a kind that has none.
pub fn apply(object: &mut Value, patch: &Override, site: &Cluster) -> Result<Vec<RecordedOverride>, OverrideError> {
    let kind = object::kind(object).to_owned();
    let Some(pointer) = object::pod_spec_pointer(&kind) else { return Ok(Vec::new()) };
    let before = object.clone();
    if let Some(replicas) = patch.replicas_at(site.id) {
        if !matches!(kind.as_str(), "Deployment" | "StatefulSet" | "ReplicaSet" | "ReplicationController") {
            return Err(refused(format!("A {kind} has no replicas to set.")));
        }
        record::set(object, "/spec/replicas", json!(replicas));
    }
    let mut resources = patch.resources.clone();
    if let Some(resources) = &mut resources {
        fill_value(resources, site)?;
        check(resources)?;
    }
    let mut env = Vec::with_capacity(patch.env.len());
    for (name, value) in &patch.env {
        if name.is_empty() || name.contains('=') {
            return Err(refused(format!("{name:?} is not the name of an environment variable.")));
        }
        env.push((name, fill(value, site)?));
    }
    for list in ["initContainers", "containers"] {
        let count = object::array(object, &format!("{pointer}/{list}")).len();
        for index in 0..count {
            let at = format!("{pointer}/{list}/{index}");
            for (name, value) in &env {
                set_env(object, &at, name, value);
            }
            if list == "containers"
                && let Some(resources) = &resources
            {
                merge(object, &format!("{at}/resources"), resources);
            }
        }
    }
    Ok(record::between(&before, object, REASON))
}

fn set_env(object: &mut Value, container: &str, name: &str, value: &str) {
    let Some(container) = object.pointer_mut(container).and_then(Value::as_object_mut) else { return };
    let list = container.entry("env").or_insert_with(|| json!([]));
    if list.is_null() {
        *list = json!([]);
    }
    let Some(list) = list.as_array_mut() else { return };
    let variable = json!({"name": name, "value": value});
    match list.iter_mut().find(|entry| object::text(entry, "/name") == name) {
        Some(entry) => *entry = variable,
        None => list.push(variable),
    }
}

/// Merges member by member: what the patch does not name stays.
fn merge(object: &mut Value, pointer: &str, patch: &Value) {
    match patch {
        Value::Object(members) if !members.is_empty() => {
            for (key, value) in members {
                merge(object, &format!("{pointer}/{}", object::escape(key)), value);
            }
        }
        value => record::set(object, pointer, value.clone()),
    }
}

fn fill_value(value: &mut Value, site: &Cluster) -> Result<(), OverrideError> {
    match value {
        Value::String(text) => *text = fill(text, site)?,
        Value::Array(items) => items.iter_mut().try_for_each(|item| fill_value(item, site))?,
        Value::Object(members) => members.values_mut().try_for_each(|member| fill_value(member, site))?,
        _ => {}
    }
    Ok(())
}

fn check(resources: &Value) -> Result<(), OverrideError> {
    let sections = resources.as_object().ok_or_else(|| refused("Resources must be an object."))?;
    for (section, amounts) in sections {
        if !matches!(section.as_str(), "requests" | "limits") {
            return Err(refused(format!("Resources have requests and limits, not {section:?}.")));
        }
        let amounts = amounts.as_object().ok_or_else(|| refused(format!("{section} must be an object.")))?;
        for (resource, amount) in amounts {
            let text = amount.as_str().map_or_else(|| amount.to_string(), str::to_owned);
            if !amount.is_null() && quantity::cpu_millis(&text).is_err() {
                return Err(refused(format!("{section}.{resource}: {text} is no quantity.")));
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
