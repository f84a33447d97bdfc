//! When two values mean the same to Kubernetes, and by what list items are told apart.

use hypo_shared::quantity;
use serde_json::{Value, json};

/// Equal, or equal to what the API server makes of it: absent for empty, another spelling of a quantity.
pub(super) fn same(desired: &Value, live: &Value, path: &str) -> bool {
    if desired == live {
        return true;
    }
    match (desired, live) {
        (Value::Null, other) | (other, Value::Null) => empty(other),
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (a, b) if is_quantity(path) => {
            let millis = |value: &Value| {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                quantity::cpu_millis(&text).ok()
            };
            millis(a).is_some() && millis(a) == millis(b)
        }
        _ => false,
    }
}

fn empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(members) => members.values().all(empty),
        Value::Array(items) => items.is_empty(),
        // Kubernetes leaves zero values out.
        Value::String(text) => text.is_empty(),
        Value::Bool(truth) => !truth,
        Value::Number(_) => false,
    }
}

fn is_quantity(path: &str) -> bool {
    ["/resources/", "/requests/", "/limits/", "/hard/", "/capacity/"].iter().any(|part| path.contains(part))
        || path.ends_with("/sizeLimit")
}

/// Members that tell the items of a list apart in server-side apply; empty for lists without such members.
pub(super) fn merge_key(path: &str, items: &[Value]) -> &'static [&'static str] {
    let list = path.rsplit('/').next().unwrap_or_default();
    let key: &[&str] = match list {
        "containers" | "initContainers" | "ephemeralContainers" | "volumes" | "env" | "imagePullSecrets" => &["name"],
        "volumeMounts" => &["mountPath"],
        "volumeDevices" => &["devicePath"],
        "hostAliases" => &["ip"],
        "ports" if path.contains("/containers/") || path.contains("/initContainers/") => &["containerPort", "protocol"],
        "ports" if path == "/spec/ports" => &["port", "protocol"],
        "secrets" => &["name"],
        _ => &[],
    };
    if items.iter().all(Value::is_object) { key } else { &[] }
}

/// A member of a merge key with its default.
pub(super) fn part(item: &Value, key: &str) -> Value {
    match item.get(key) {
        None | Some(Value::Null) if key == "protocol" => json!("TCP"),
        None => Value::Null,
        Some(value) => value.clone(),
    }
}
