//! The environment of a container: service variables, `envFrom`, `env`, references, `$(NAME)`.

use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::Value;

use crate::{admission::pod_total, cluster::State, controllers::hosts, json as at};

/// Variables of a container.
///
/// # Errors
/// The sentence of `CreateContainerConfigError` for a missing ConfigMap, Secret or key.
pub fn resolve(state: &State, pod: &Value, spec: &Value, ip: &str) -> Result<BTreeMap<String, String>, String> {
    let namespace = at::namespace(pod);
    let mut all = services(state, namespace, at::flag(pod, "/spec/enableServiceLinks"));
    for source in at::list(spec, "/envFrom") {
        let prefix = at::text(source, "/prefix");
        for (member, kind) in [("configMapRef", "configmaps"), ("secretRef", "secrets")] {
            let Some(reference) = source.get(member) else { continue };
            match state.store.get(kind, namespace, at::text(reference, "/name")) {
                Some(object) => {
                    for (key, value) in at::pairs(&object, "/data") {
                        all.insert(format!("{prefix}{key}"), decode(kind, value));
                    }
                }
                None if at::flag(reference, "/optional") => {}
                None => return Err(missing(kind, namespace, at::text(reference, "/name"))),
            }
        }
    }
    for variable in at::list(spec, "/env") {
        let name = at::text(variable, "/name").to_owned();
        let value = match variable.get("valueFrom") {
            None => Some(expand(at::text(variable, "/value"), &all)),
            Some(from) => reference(state, pod, spec, ip, from)?,
        };
        if let Some(value) = value {
            all.insert(name, value);
        }
    }
    all.insert("HOSTNAME".into(), at::text(pod, "/spec/hostname").to_owned());
    if all["HOSTNAME"].is_empty() {
        all.insert("HOSTNAME".into(), at::name(pod).to_owned());
    }
    all.insert("HYPO_POD_IP".into(), ip.to_owned());
    all.entry("POD_IP".into()).or_insert_with(|| ip.to_owned());
    all.insert("HYPO_HOSTS".into(), hosts(state, namespace));
    Ok(all)
}

fn missing(kind: &str, _namespace: &str, name: &str) -> String {
    let singular = kind.trim_end_matches('s');
    format!("{singular} {name:?} not found")
}

fn decode(kind: &str, value: &str) -> String {
    if kind != "secrets" {
        return value.to_owned();
    }
    STANDARD.decode(value).ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
}

fn reference(state: &State, pod: &Value, spec: &Value, ip: &str, from: &Value) -> Result<Option<String>, String> {
    for (member, kind) in [("configMapKeyRef", "configmaps"), ("secretKeyRef", "secrets")] {
        let Some(reference) = from.get(member) else { continue };
        let (name, key) = (at::text(reference, "/name"), at::text(reference, "/key"));
        let namespace = at::namespace(pod);
        let optional = at::flag(reference, "/optional");
        let Some(object) = state.store.get(kind, namespace, name) else {
            return if optional { Ok(None) } else { Err(missing(kind, namespace, name)) };
        };
        let value = at::map(&object, "/data").and_then(|data| data.get(key)).and_then(Value::as_str);
        return match value {
            Some(value) => Ok(Some(decode(kind, value))),
            None if optional => Ok(None),
            None => {
                let what = if kind == "secrets" { "Secret" } else { "ConfigMap" };
                Err(format!("couldn't find key {key} in {what} {namespace}/{name}"))
            }
        };
    }
    if let Some(path) = from.pointer("/fieldRef/fieldPath").and_then(Value::as_str) {
        return Ok(Some(field(state, pod, ip, path)));
    }
    if let Some(resource) = from.pointer("/resourceFieldRef/resource").and_then(Value::as_str) {
        let (side, name) = resource.split_once('.').unwrap_or(("limits", resource));
        let alone = serde_json::json!({"spec": {"containers": [spec]}});
        let amount = pod_total(&alone, side, name);
        return Ok(Some(if name == "cpu" { amount.div_ceil(1000) } else { amount }.to_string()));
    }
    Ok(None)
}

/// A downward API field.
pub fn field(state: &State, pod: &Value, ip: &str, path: &str) -> String {
    match path {
        "status.podIP" | "status.podIPs" => return ip.to_owned(),
        "status.hostIP" => {
            let node = state.store.get("nodes", "", at::text(pod, "/spec/nodeName"));
            return node.map(|node| at::text(&node, "/status/addresses/0/address").to_owned()).unwrap_or_default();
        }
        _ => {}
    }
    for map in ["labels", "annotations"] {
        if let Some(key) = path.strip_prefix(&format!("metadata.{map}['")).and_then(|rest| rest.strip_suffix("']")) {
            let value = at::map(pod, &format!("/metadata/{map}")).and_then(|all| all.get(key)).and_then(Value::as_str);
            return value.unwrap_or_default().to_owned();
        }
    }
    at::text(pod, &format!("/{}", path.replace('.', "/"))).to_owned()
}

/// `$(NAME)` with what is known so far; `$$(NAME)` stays literal.
pub fn expand(text: &str, known: &BTreeMap<String, String>) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(escaped) = rest.strip_prefix("$$") {
            out.push('$');
            rest = escaped;
        } else if let Some((name, after)) = rest.strip_prefix("$(").and_then(|inner| inner.split_once(')')) {
            match known.get(name) {
                Some(value) => out.push_str(value),
                None => out.push_str(&format!("$({name})")),
            }
            rest = after;
        } else {
            out.push('$');
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    out
}

/// The variables Kubernetes injects for Services.
fn services(state: &State, namespace: &str, links: bool) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for service in state.store.list("services", None) {
        let api = at::namespace(service) == "default" && at::name(service) == "kubernetes";
        if !(api || links && at::namespace(service) == namespace) {
            continue;
        }
        let ip = at::text(service, "/spec/clusterIP");
        let ports = at::list(service, "/spec/ports");
        if ip.is_empty() || ip == "None" || ports.is_empty() {
            continue;
        }
        let name = at::name(service).to_uppercase().replace('-', "_");
        let number = |port: &Value| at::int(port, "/port").unwrap_or(0);
        all.insert(format!("{name}_SERVICE_HOST"), ip.to_owned());
        all.insert(format!("{name}_SERVICE_PORT"), number(&ports[0]).to_string());
        all.insert(format!("{name}_PORT"), format!("tcp://{ip}:{}", number(&ports[0])));
        for port in ports {
            let label = at::text(port, "/name").to_uppercase().replace('-', "_");
            if !label.is_empty() {
                all.insert(format!("{name}_SERVICE_PORT_{label}"), number(port).to_string());
            }
            let protocol = at::text(port, "/protocol");
            let base = format!("{name}_PORT_{}_{protocol}", number(port));
            all.insert(base.clone(), format!("{}://{ip}:{}", protocol.to_lowercase(), number(port)));
            all.insert(format!("{base}_PROTO"), protocol.to_lowercase());
            all.insert(format!("{base}_PORT"), number(port).to_string());
            all.insert(format!("{base}_ADDR"), ip.to_owned());
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_expand_once() {
        let known = BTreeMap::from([("A".to_owned(), "1".to_owned())]);
        assert_eq!(expand("x$(A)y$(B)$$(A)$", &known), "x1y$(B)$(A)$");
    }
}
