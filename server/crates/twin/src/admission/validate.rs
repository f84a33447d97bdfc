//! Validation of names, pod templates, Services and claims, with Kubernetes' field paths and sentences.

use std::collections::HashSet;

use hypo_shared::quantity;
use serde_json::Value;

use super::template_of;
use crate::{
    error::Cause,
    json::{list, map, name, text},
    kinds::Kind,
    selector::Labels,
};

const SUBDOMAIN: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL: &str = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const QUANTITY: &str = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

/// Complaints about an object.
pub fn validate(kind: &Kind, object: &Value) -> Vec<Cause> {
    let mut causes = vec![];
    names(kind, object, &mut causes);
    if let Some(template) = template_of(&kind.id) {
        pod_spec(object, template, &mut causes);
        if matches!(&*kind.id, "deployments.apps" | "statefulsets.apps" | "daemonsets.apps" | "replicasets.apps") {
            selector(object, &mut causes);
        }
        if template.is_empty() || kind.group == "batch" {
            restart_policy(kind, object, template, &mut causes);
        }
    }
    match &*kind.id {
        "services" => service(object, &mut causes),
        "persistentvolumeclaims" => claim(object, &mut causes),
        "customresourcedefinitions.apiextensions.k8s.io" => crd(object, &mut causes),
        "ingresses.networking.k8s.io"
            if object.pointer("/spec/rules").is_none() && object.pointer("/spec/defaultBackend").is_none() =>
        {
            let detail = "either `defaultBackend` or `rules` must be specified";
            causes.push(Cause::invalid("spec", &Value::from("null"), detail));
        }
        "horizontalpodautoscalers.autoscaling" if object.pointer("/spec/maxReplicas").is_none() => {
            causes.push(Cause::invalid("spec.maxReplicas", &Value::from(0), "must be greater than 0"));
        }
        _ => {}
    }
    if let Some(Value::Number(replicas)) = object.pointer("/spec/replicas")
        && replicas.as_i64().is_some_and(|count| count < 0)
    {
        let value = Value::Number(replicas.clone());
        causes.push(Cause::invalid("spec.replicas", &value, "must be greater than or equal to 0"));
    }
    causes
}

fn names(kind: &Kind, object: &Value, causes: &mut Vec<Cause>) {
    let name = name(object);
    let value = Value::from(name);
    // RBAC and CRD names are path segments, not DNS names.
    if kind.group == "rbac.authorization.k8s.io" {
        if name.contains(['/', '%']) || matches!(name, "." | "..") {
            causes.push(Cause::invalid("metadata.name", &value, "may not contain '/' or '%'"));
        }
    } else if matches!(&*kind.id, "services" | "namespaces") {
        if !is_label(name) {
            causes.push(Cause::invalid("metadata.name", &value, LABEL));
        }
    } else if name.len() > 253 || !name.split('.').all(is_label_of_any_length) {
        causes.push(Cause::invalid("metadata.name", &value, SUBDOMAIN));
    }
    for (key, label) in map(object, "/metadata/labels").into_iter().flatten() {
        let text = label.as_str().unwrap_or_default();
        let fine = text.len() <= 63
            && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
            && !text.starts_with(['-', '_', '.'])
            && !text.ends_with(['-', '_', '.']);
        if !fine {
            causes.push(Cause::invalid("metadata.labels", label, &format!(
                "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (key {key})"
            )));
        }
    }
}

/// An RFC 1123 label of at most 63 characters.
pub fn is_label(text: &str) -> bool {
    text.len() <= 63 && is_label_of_any_length(text)
}

fn is_label_of_any_length(text: &str) -> bool {
    !text.is_empty()
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        && !text.starts_with('-')
        && !text.ends_with('-')
}

fn selector(object: &Value, causes: &mut Vec<Cause>) {
    let Some(selector) = Labels::from_document(object.pointer("/spec/selector")) else {
        causes.push(Cause::required("spec.selector", ""));
        return;
    };
    if selector.is_empty() {
        let value = object.pointer("/spec/selector").cloned().unwrap_or_default();
        causes.push(Cause::invalid("spec.selector", &value, "empty selector is invalid for deployment"));
    } else if !selector.matches_at(object, "/spec/template/metadata/labels") {
        let labels = object.pointer("/spec/template/metadata/labels").cloned().unwrap_or_default();
        causes.push(Cause::invalid(
            "spec.template.metadata.labels",
            &labels,
            "`selector` does not match template `labels`",
        ));
    }
}

fn restart_policy(kind: &Kind, object: &Value, template: &str, causes: &mut Vec<Cause>) {
    let pointer = format!("{template}/spec/restartPolicy");
    let policy = text(object, &pointer);
    let allowed: &[&str] =
        if kind.group == "batch" { &["OnFailure", "Never"] } else { &["Always", "OnFailure", "Never"] };
    if !policy.is_empty() && !allowed.contains(&policy) {
        causes.push(Cause::unsupported(&field(&pointer), &Value::from(policy), allowed));
    }
}

fn field(pointer: &str) -> String {
    pointer.trim_start_matches('/').replace('/', ".")
}

fn pod_spec(object: &Value, template: &str, causes: &mut Vec<Cause>) {
    let pointer = format!("{template}/spec");
    let at = field(&pointer);
    let Some(spec) = object.pointer(&pointer) else {
        causes.push(Cause::required(&format!("{at}.containers"), ""));
        return;
    };
    if list(spec, "/containers").is_empty() {
        causes.push(Cause::required(&format!("{at}.containers"), ""));
    }
    let mut volumes = HashSet::new();
    for (index, volume) in list(spec, "/volumes").iter().enumerate() {
        if !volumes.insert(text(volume, "/name")) {
            causes.push(Cause::duplicate(&format!("{at}.volumes[{index}].name"), &volume["name"]));
        }
    }
    // Claims of a StatefulSet's templates count as volumes of its pods.
    volumes.extend(list(object, "/spec/volumeClaimTemplates").iter().map(name));
    let mut seen = HashSet::new();
    for group in ["initContainers", "containers"] {
        for (index, container) in list(spec, &format!("/{group}")).iter().enumerate() {
            let at = format!("{at}.{group}[{index}]");
            let its_name = text(container, "/name");
            if its_name.is_empty() {
                causes.push(Cause::required(&format!("{at}.name"), ""));
            } else if !is_label(its_name) {
                causes.push(Cause::invalid(&format!("{at}.name"), &container["name"], LABEL));
            } else if !seen.insert(its_name.to_owned()) {
                causes.push(Cause::duplicate(&format!("{at}.name"), &container["name"]));
            }
            if text(container, "/image").is_empty() {
                causes.push(Cause::required(&format!("{at}.image"), ""));
            }
            for (index, mount) in list(container, "/volumeMounts").iter().enumerate() {
                if !volumes.contains(text(mount, "/name")) {
                    causes.push(Cause {
                        reason: "FieldValueNotFound",
                        message: format!("Not found: {}", mount["name"]),
                        field: format!("{at}.volumeMounts[{index}].name"),
                    });
                }
            }
            for (index, port) in list(container, "/ports").iter().enumerate() {
                port_number(port, "containerPort", &format!("{at}.ports[{index}].containerPort"), causes);
            }
            resources(container, &at, causes);
        }
    }
}

fn resources(container: &Value, at: &str, causes: &mut Vec<Cause>) {
    for side in ["limits", "requests"] {
        for (resource, amount) in map(container, &format!("/resources/{side}")).into_iter().flatten() {
            if parse(resource, amount).is_none() {
                causes.push(Cause::invalid(&format!("{at}.resources.{side}[{resource}]"), amount, QUANTITY));
            }
        }
    }
    for (resource, limit) in map(container, "/resources/limits").into_iter().flatten() {
        let Some(request) = container.pointer(&format!("/resources/requests/{}", resource.replace('/', "~1"))) else {
            continue;
        };
        if let (Some(wanted), Some(most)) = (parse(resource, request), parse(resource, limit))
            && wanted > most
        {
            let detail =
                format!("must be less than or equal to {resource} limit of {}", limit.as_str().unwrap_or_default());
            causes.push(Cause::invalid(&format!("{at}.resources.requests"), request, &detail));
        }
    }
}

/// A quantity in millis (cpu) or units.
fn parse(resource: &str, amount: &Value) -> Option<u64> {
    let text = match amount {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    if resource == "cpu" { quantity::cpu_millis(&text).ok() } else { quantity::bytes(&text).ok() }
}

fn port_number(port: &Value, key: &str, at: &str, causes: &mut Vec<Cause>) {
    match port.get(key).and_then(Value::as_i64) {
        None => causes.push(Cause::required(at, "")),
        Some(1..=65535) => {}
        Some(other) => causes.push(Cause::invalid(at, &other.into(), "must be between 1 and 65535, inclusive")),
    }
}

fn service(object: &Value, causes: &mut Vec<Cause>) {
    let kinds = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
    let kind = text(object, "/spec/type");
    if !kinds.contains(&kind) {
        causes.push(Cause::unsupported("spec.type", &Value::from(kind), &kinds));
    }
    let ports = list(object, "/spec/ports");
    let headless = text(object, "/spec/clusterIP") == "None";
    if kind == "ExternalName" {
        if text(object, "/spec/externalName").is_empty() {
            causes.push(Cause::required("spec.externalName", ""));
        }
    } else if ports.is_empty() && !headless {
        causes.push(Cause::required("spec.ports", ""));
    }
    let (mut names, mut numbers) = (HashSet::new(), HashSet::new());
    for (index, port) in ports.iter().enumerate() {
        let at = format!("spec.ports[{index}]");
        port_number(port, "port", &format!("{at}.port"), causes);
        let its_name = text(port, "/name");
        if its_name.is_empty() && ports.len() > 1 {
            causes.push(Cause::required(&format!("{at}.name"), ""));
        } else if !its_name.is_empty() && !names.insert(its_name) {
            causes.push(Cause::duplicate(&format!("{at}.name"), &port["name"]));
        }
        if !numbers.insert((port.get("port").and_then(Value::as_i64), text(port, "/protocol"))) {
            causes.push(Cause::duplicate(&at, port));
        }
    }
}

fn claim(object: &Value, causes: &mut Vec<Cause>) {
    if list(object, "/spec/accessModes").is_empty() {
        causes.push(Cause::required("spec.accessModes", "at least 1 access mode is required"));
    }
    match object.pointer("/spec/resources/requests/storage") {
        None => causes.push(Cause::required("spec.resources[storage]", "")),
        Some(amount) if parse("storage", amount).is_none() => {
            causes.push(Cause::invalid("spec.resources.requests[storage]", amount, QUANTITY));
        }
        Some(_) => {}
    }
}

fn crd(object: &Value, causes: &mut Vec<Cause>) {
    let wanted = format!("{}.{}", text(object, "/spec/names/plural"), text(object, "/spec/group"));
    if name(object) != wanted {
        causes.push(Cause::invalid(
            "metadata.name",
            &object["metadata"]["name"],
            "must be spec.names.plural+\".\"+spec.group",
        ));
    }
    for (index, version) in list(object, "/spec/versions").iter().enumerate() {
        if version.pointer("/schema/openAPIV3Schema").is_none() {
            let at = format!("spec.versions[{index}].schema.openAPIV3Schema");
            causes.push(Cause::required(&at, "schemas are required"));
        }
    }
}
