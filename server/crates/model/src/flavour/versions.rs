//! Conversion between API versions of the same kind, both ways where both are in use.

use serde_json::{Map, Value, json};

use crate::object;

/// Writes the object in another version of its kind.
pub(super) fn convert(target: &mut Value, version: &str) {
    match object::kind(target) {
        "Ingress" if version == "networking.k8s.io/v1" => ingress_to_v1(target),
        "Ingress" => ingress_to_beta(target),
        "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" => default_selector(target),
        // The other kinds of the table have the same members in all their versions.
        _ => {}
    }
    if let Some(map) = target.as_object_mut() {
        map.insert("apiVersion".to_owned(), json!(version));
    }
}

/// `apps/v1` wants a selector; older versions took the template's labels.
fn default_selector(target: &mut Value) {
    let labels = target.pointer("/spec/template/metadata/labels").cloned();
    if target.pointer("/spec/selector").is_none()
        && let Some(labels) = labels
        && let Some(spec) = target.get_mut("spec").and_then(Value::as_object_mut)
    {
        spec.insert("selector".to_owned(), json!({"matchLabels": labels}));
    }
}

fn paths(target: &mut Value) -> impl Iterator<Item = &mut Map<String, Value>> {
    target
        .pointer_mut("/spec/rules")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
        .filter_map(|rule| rule.pointer_mut("/http/paths").and_then(Value::as_array_mut))
        .flatten()
        .filter_map(Value::as_object_mut)
}

fn ingress_to_v1(target: &mut Value) {
    for path in paths(target) {
        if let Some(backend) = path.get("backend").map(backend_to_v1) {
            path.insert("backend".to_owned(), backend);
        }
        path.entry("pathType").or_insert_with(|| json!("ImplementationSpecific"));
    }
    if let Some(spec) = target.get_mut("spec").and_then(Value::as_object_mut)
        && let Some(backend) = spec.shift_remove("backend")
    {
        spec.insert("defaultBackend".to_owned(), backend_to_v1(&backend));
    }
}

fn backend_to_v1(backend: &Value) -> Value {
    let Some(name) = backend.get("serviceName") else { return backend.clone() };
    let port = match backend.get("servicePort") {
        Some(Value::String(name)) => json!({"name": name}),
        Some(number) => json!({"number": number}),
        None => json!({}),
    };
    json!({"service": {"name": name, "port": port}})
}

fn ingress_to_beta(target: &mut Value) {
    for path in paths(target) {
        if let Some(backend) = path.get("backend").map(backend_to_beta) {
            path.insert("backend".to_owned(), backend);
        }
    }
    if let Some(spec) = target.get_mut("spec").and_then(Value::as_object_mut)
        && let Some(backend) = spec.shift_remove("defaultBackend")
    {
        spec.insert("backend".to_owned(), backend_to_beta(&backend));
    }
}

fn backend_to_beta(backend: &Value) -> Value {
    let Some(service) = backend.get("service") else { return backend.clone() };
    let port = service.pointer("/port/number").or_else(|| service.pointer("/port/name")).cloned().unwrap_or_default();
    json!({"serviceName": service.get("name"), "servicePort": port})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ingress_goes_there_and_back() {
        let old = json!({"apiVersion": "extensions/v1beta1", "kind": "Ingress", "spec": {
            "backend": {"serviceName": "fallback", "servicePort": "http"},
            "rules": [{"host": "a.example", "http": {"paths": [
                {"path": "/", "pathType": "Prefix", "backend": {"serviceName": "web", "servicePort": 80}}]}}]}});
        let mut new = old.clone();
        convert(&mut new, "networking.k8s.io/v1");
        assert_eq!(
            new.pointer("/spec/rules/0/http/paths/0/backend"),
            Some(&json!({"service": {"name": "web", "port": {"number": 80}}}))
        );
        assert_eq!(new.pointer("/spec/defaultBackend/service/port"), Some(&json!({"name": "http"})));
        convert(&mut new, "extensions/v1beta1");
        assert_eq!(new, old);
    }

    #[test]
    fn an_old_deployment_gets_its_implied_selector() {
        let mut old = json!({"apiVersion": "extensions/v1beta1", "kind": "Deployment",
            "spec": {"template": {"metadata": {"labels": {"app": "web"}}}}});
        convert(&mut old, "apps/v1");
        assert_eq!(old["spec"]["selector"], json!({"matchLabels": {"app": "web"}}));
        assert_eq!(old["apiVersion"], "apps/v1");
    }

    #[test]
    fn a_budget_only_changes_its_version() {
        let mut budget =
            json!({"apiVersion": "policy/v1beta1", "kind": "PodDisruptionBudget", "spec": {"minAvailable": 1}});
        convert(&mut budget, "policy/v1");
        assert_eq!(
            budget,
            json!({"apiVersion": "policy/v1", "kind": "PodDisruptionBudget", "spec": {"minAvailable": 1}})
        );
    }
}
