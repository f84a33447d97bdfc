//! Reading and changing untyped Kubernetes objects without a panic.

use hypo_shared::analysis::ObjectRef;
use serde_json::{Map, Value};

/// The value at a JSON pointer. [`Value::pointer`] makes two strings of each part to unescape it; hardly any of ours has
/// something to unescape, and a plan asks some ten thousand times.
pub(crate) fn at<'a>(value: &'a Value, pointer: &str) -> Option<&'a Value> {
    if pointer.contains('~') {
        return value.pointer(pointer);
    }
    pointer.split('/').skip(1).try_fold(value, |value, part| match value {
        Value::Object(members) => members.get(part),
        Value::Array(items) => items.get(part.parse::<usize>().ok()?),
        _ => None,
    })
}

/// The string at a JSON pointer, or an empty one.
pub(crate) fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    at(value, pointer).and_then(Value::as_str).unwrap_or_default()
}

/// The array at a JSON pointer, or an empty one.
pub(crate) fn array<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    at(value, pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The whole number at a JSON pointer.
pub(crate) fn number(value: &Value, pointer: &str) -> Option<i64> {
    at(value, pointer).and_then(Value::as_i64)
}

/// The truth at a JSON pointer; absent is false.
pub(crate) fn truth(value: &Value, pointer: &str) -> bool {
    at(value, pointer).and_then(Value::as_bool).unwrap_or_default()
}

/// `apiVersion`, or an empty string.
pub(crate) fn api_version(value: &Value) -> &str {
    text(value, "/apiVersion")
}

/// `kind`, or an empty string.
pub(crate) fn kind(value: &Value) -> &str {
    text(value, "/kind")
}

/// `metadata.name`, or an empty string.
pub(crate) fn name(value: &Value) -> &str {
    text(value, "/metadata/name")
}

/// `metadata.namespace`, or an empty string.
pub(crate) fn namespace(value: &Value) -> &str {
    text(value, "/metadata/namespace")
}

/// The group of an `apiVersion`; core is empty.
pub(crate) fn group(api_version: &str) -> &str {
    api_version.split_once('/').map_or("", |(group, _)| group)
}

/// A label of the object, or an empty string.
pub(crate) fn label<'a>(value: &'a Value, key: &str) -> &'a str {
    at(value, "/metadata/labels").and_then(|labels| labels.get(key)).and_then(Value::as_str).unwrap_or_default()
}

/// The object's identity.
pub(crate) fn reference(value: &Value) -> ObjectRef {
    ObjectRef::of(value)
}

/// One part of a JSON pointer, escaped (RFC 6901).
pub(crate) fn escape(part: &str) -> String {
    if part.contains(['~', '/']) { part.replace('~', "~0").replace('/', "~1") } else { part.to_owned() }
}

/// One part of a JSON pointer, read back (RFC 6901).
pub(crate) fn unescape(part: &str) -> String {
    part.replace("~1", "/").replace("~0", "~")
}

/// JSON pointer of the pod specification of a workload; `None` for other kinds.
pub(crate) fn pod_spec_pointer(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "Pod" => "/spec",
        "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "Job" | "ReplicationController" => {
            "/spec/template/spec"
        }
        "CronJob" => "/spec/jobTemplate/spec/template/spec",
        _ => return None,
    })
}

/// JSON pointer of the pod template of a workload; `None` for a Pod and for other kinds.
pub(crate) fn pod_template_pointer(kind: &str) -> Option<&'static str> {
    match kind {
        "Pod" => None,
        "CronJob" => Some("/spec/jobTemplate/spec/template"),
        kind => pod_spec_pointer(kind).map(|_| "/spec/template"),
    }
}

/// The object at a path of keys, made where it is absent or null. `None` where something else is in the way.
pub(crate) fn ensure<'a>(value: &'a mut Value, keys: &[&str]) -> Option<&'a mut Map<String, Value>> {
    let mut at = value;
    for key in keys {
        let map = at.as_object_mut()?;
        let slot = map.entry((*key).to_owned()).or_insert(Value::Null);
        if slot.is_null() {
            *slot = Value::Object(Map::new());
        }
        at = slot;
    }
    at.as_object_mut()
}

/// Kinds of Kubernetes itself that have no namespace.
pub(crate) fn cluster_scoped(kind: &str) -> bool {
    matches!(
        kind,
        "Namespace"
            | "Node"
            | "PersistentVolume"
            | "ClusterRole"
            | "ClusterRoleBinding"
            | "CustomResourceDefinition"
            | "StorageClass"
            | "IngressClass"
            | "PriorityClass"
            | "RuntimeClass"
            | "CSIDriver"
            | "APIService"
            | "MutatingWebhookConfiguration"
            | "ValidatingWebhookConfiguration"
            | "ValidatingAdmissionPolicy"
            | "ValidatingAdmissionPolicyBinding"
            | "PodSecurityPolicy"
            | "ClusterIssuer"
            | "GatewayClass"
            | "SecurityContextConstraints"
    )
}
