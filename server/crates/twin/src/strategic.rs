//! Strategic merge patch, as far as clients of ours use it, and the write-only fields of some kinds.

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};

use crate::kinds::Kind;

/// The merge key of a list by its field name (`patchMergeKey` of the built-in types).
fn merge_key(path: &[String]) -> Option<&'static str> {
    let last = path.last().map_or("", String::as_str);
    let parent = path.len().checked_sub(2).and_then(|at| path.get(at)).map_or("", String::as_str);
    let in_container = matches!(parent, "containers" | "initContainers" | "ephemeralContainers");
    Some(match last {
        "containers" | "initContainers" | "ephemeralContainers" | "volumes" | "imagePullSecrets" => "name",
        "env" if in_container => "name",
        "ports" if in_container => "containerPort",
        "ports" if path.len() == 2 => "port",
        "volumeMounts" => "mountPath",
        "volumeDevices" => "devicePath",
        "hostAliases" => "ip",
        "topologySpreadConstraints" => "topologyKey",
        "conditions" => "type",
        "ownerReferences" => "uid",
        _ => return None,
    })
}

/// Merges a strategic patch: maps by key, known lists by merge key, `$patch: delete|replace`, null removes.
pub fn merge(target: &mut Value, patch: &Value, path: &mut Vec<String>) {
    let Value::Object(changes) = patch else {
        *target = patch.clone();
        return;
    };
    if changes.get("$patch").is_some_and(|directive| directive == "replace") {
        let mut new = patch.clone();
        if let Some(members) = new.as_object_mut() {
            members.shift_remove("$patch");
        }
        *target = new;
        return;
    }
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Some(members) = target.as_object_mut() else { return };
    for (key, change) in changes {
        if let Some(list) = key.strip_prefix("$deleteFromPrimitiveList/") {
            if let (Some(Value::Array(items)), Some(gone)) = (members.get_mut(list), change.as_array()) {
                items.retain(|item| !gone.contains(item));
            }
        } else if key.starts_with('$') {
            continue;
        } else if change.is_null() || change.get("$patch").is_some_and(|directive| directive == "delete") {
            members.shift_remove(key);
        } else {
            path.push(key.clone());
            let member = members.entry(key.clone()).or_insert(Value::Null);
            match (merge_key(path), change) {
                (Some(by), Value::Array(items)) => merge_items(member, items, by, path),
                _ if key == "finalizers" => add_values(member, change),
                _ => merge(member, change, path),
            }
            path.pop();
        }
    }
}

fn merge_items(target: &mut Value, patch: &[Value], by: &str, path: &mut Vec<String>) {
    if !target.is_array() {
        *target = json!([]);
    }
    let Some(items) = target.as_array_mut() else { return };
    if patch.iter().any(|one| one.get("$patch").is_some_and(|directive| directive == "replace")) {
        *items = patch.iter().filter(|one| one.get("$patch").is_none()).cloned().collect();
        return;
    }
    for change in patch {
        let at = items.iter().position(|item| item.get(by) == change.get(by));
        match (at, change.get("$patch").is_some_and(|directive| directive == "delete")) {
            (Some(at), true) => drop(items.remove(at)),
            (None, true) => {}
            (Some(at), false) => merge(&mut items[at], change, path),
            (None, false) => items.push(change.clone()),
        }
    }
}

fn add_values(target: &mut Value, patch: &Value) {
    let Some(new) = patch.as_array() else { return };
    if !target.is_array() {
        *target = json!([]);
    }
    let Some(items) = target.as_array_mut() else { return };
    for value in new {
        if !items.contains(value) {
            items.push(value.clone());
        }
    }
}

/// Folds write-only fields: a Secret's `stringData` becomes `data`.
pub fn normalise(kind: &Kind, object: &mut Value) {
    if &*kind.id != "secrets" {
        return;
    }
    let Some(Value::Object(texts)) = crate::json::remove(object, "/stringData") else { return };
    for (key, text) in texts {
        let encoded = STANDARD.encode(text.as_str().unwrap_or_default());
        let key = key.replace('~', "~0").replace('/', "~1");
        crate::json::set(object, &format!("/data/{key}"), encoded);
    }
}
