//! Where objects name other objects, for rewriting. Only fields with a known meaning are touched, and host names
//! inside strings where the namespace is part of the name.

use serde_json::Value;

/// A name in an object that stands for another object.
pub(super) struct Reference {
    /// JSON pointer of the name.
    pub path: String,
    pub kind: String,
}

/// Names of cluster-scoped objects that a document holds.
pub(super) fn cluster_scoped(object: &Value) -> Vec<Reference> {
    let mut out = Vec::new();
    let kind = crate::object::text(object, "/kind");
    if matches!(kind, "RoleBinding" | "ClusterRoleBinding")
        && crate::object::text(object, "/roleRef/kind") == "ClusterRole"
    {
        out.push(Reference { path: "/roleRef/name".into(), kind: "ClusterRole".into() });
    }
    walk(object, &mut String::new(), "", &mut out);
    out
}

fn walk(value: &Value, path: &mut String, key: &str, out: &mut Vec<Reference>) {
    let length = path.len();
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                path.push('/');
                path.push_str(&crate::object::escape(name));
                walk(member, path, name, out);
                path.truncate(length);
            }
            // cert-manager: `issuerRef: {kind: ClusterIssuer, name}`; External Secrets: `secretStoreRef`.
            if let Some(kind @ ("ClusterIssuer" | "ClusterSecretStore")) = members.get("kind").and_then(Value::as_str)
                && matches!(key, "issuerRef" | "secretStoreRef")
            {
                out.push(Reference { path: format!("{path}/name"), kind: kind.to_owned() });
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                path.push('/');
                path.push_str(&index.to_string());
                walk(item, path, key, out);
                path.truncate(length);
            }
        }
        Value::String(_) => {
            let kind = match key {
                "storageClassName" => "StorageClass",
                "priorityClassName" => "PriorityClass",
                "runtimeClassName" => "RuntimeClass",
                "ingressClassName" => "IngressClass",
                "gatewayClassName" => "GatewayClass",
                "volumeName" => "PersistentVolume",
                "policyName" => "ValidatingAdmissionPolicy",
                _ => return,
            };
            out.push(Reference { path: path.clone(), kind: kind.to_owned() });
        }
        _ => {}
    }
}

/// JSON pointers of namespaces that an object names, its own first.
pub(super) fn namespaces(object: &Value) -> Vec<String> {
    let mut out = vec!["/metadata/namespace".to_owned()];
    let kind = crate::object::text(object, "/kind");
    let mut indexed = |list: &str, rest: &str| {
        for index in 0..crate::object::array(object, list).len() {
            out.push(format!("{list}/{index}{rest}"));
        }
    };
    match kind {
        "RoleBinding" | "ClusterRoleBinding" => indexed("/subjects", "/namespace"),
        "MutatingWebhookConfiguration" | "ValidatingWebhookConfiguration" => {
            indexed("/webhooks", "/clientConfig/service/namespace")
        }
        "ServiceMonitor" | "PodMonitor" => indexed("/spec/namespaceSelector/matchNames", ""),
        _ => {}
    }
    match kind {
        "APIService" => out.push("/spec/service/namespace".into()),
        "CustomResourceDefinition" => out.push("/spec/conversion/webhook/clientConfig/service/namespace".into()),
        "PersistentVolume" => out.push("/spec/claimRef/namespace".into()),
        _ => {}
    }
    if kind.ends_with("Route") || kind == "Gateway" {
        nested(object, &mut String::new(), &mut out);
    }
    out.retain(|path| object.pointer(path).is_some_and(Value::is_string));
    out.dedup();
    out
}

/// `namespace` members below `spec`, for Gateway API kinds.
fn nested(value: &Value, path: &mut String, out: &mut Vec<String>) {
    let length = path.len();
    let members: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(key, member)| (crate::object::escape(key), member)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(index, item)| (index.to_string(), item)).collect(),
        _ => return,
    };
    for (key, member) in members {
        path.push('/');
        path.push_str(&key);
        if key == "namespace" && path.starts_with("/spec/") && member.is_string() {
            out.push(path.clone());
        }
        nested(member, path, out);
        path.truncate(length);
    }
}

/// The text with `.OLD.svc` host names moved to a namespace, or `None` when nothing changes. `is_service` says
/// whether `name` is a Service of namespace `old`; a shorter `name.old` is moved only where it is followed by a port.
pub(super) fn hosts(
    text: &str,
    moved: &dyn Fn(&str) -> bool,
    to: &str,
    is_service: &dyn Fn(&str, &str) -> bool,
) -> Option<String> {
    if !text.contains('.') {
        return None;
    }
    let label = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut changed = false;
    while let Some(start) = rest.find(label) {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let end = rest.find(|c| !label(c)).unwrap_or(rest.len());
        let (word, behind) = rest.split_at(end);
        let port = behind.strip_prefix(':').is_some_and(|port| port.starts_with(|c: char| c.is_ascii_digit()));
        let parts: Vec<&str> = word.split('.').collect();
        let full = parts.iter().position(|part| *part == "svc").filter(|at| *at >= 2).map(|at| at - 1);
        let short = (full.is_none() && port && parts.len() >= 2).then(|| parts.len() - 1);
        match full.or(short) {
            Some(at) if moved(parts[at]) && parts[at] != to && is_service(parts[at - 1], parts[at]) => {
                let mut parts = parts;
                parts[at] = to;
                out.push_str(&parts.join("."));
                changed = true;
            }
            _ => out.push_str(word),
        }
        rest = behind;
    }
    out.push_str(rest);
    changed.then_some(out)
}
