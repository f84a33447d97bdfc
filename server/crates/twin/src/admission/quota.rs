//! ResourceQuota and LimitRange.

use std::collections::BTreeMap;

use hypo_shared::quantity;
use serde_json::{Map, Value, json};

use crate::{
    cluster::State,
    error::{ApiError, ApiResult},
    json,
    kinds::Kind,
};

/// What one object takes from a quota, in millicores, bytes or pieces.
pub fn usage(kind: &str, object: &Value) -> BTreeMap<String, u64> {
    let mut usage = BTreeMap::new();
    let plural = kind.split('.').next().unwrap_or_default();
    usage.insert(if kind.contains('.') { format!("count/{kind}") } else { format!("count/{plural}") }, 1);
    match kind {
        "pods" => {
            if matches!(json::text(object, "/status/phase"), "Succeeded" | "Failed") {
                return BTreeMap::new();
            }
            usage.insert("pods".into(), 1);
            for (side, prefix) in [("requests", "requests."), ("limits", "limits.")] {
                for resource in ["cpu", "memory"] {
                    let total = pod_total(object, side, resource);
                    if total > 0 {
                        usage.insert(format!("{prefix}{resource}"), total);
                        if side == "requests" {
                            usage.insert(resource.into(), total);
                        }
                    }
                }
            }
        }
        "services" => {
            usage.insert("services".into(), 1);
            match json::text(object, "/spec/type") {
                "NodePort" => drop(usage.insert("services.nodeports".into(), 1)),
                "LoadBalancer" => {
                    usage.insert("services.loadbalancers".into(), 1);
                    usage.insert("services.nodeports".into(), 1);
                }
                _ => {}
            }
        }
        "persistentvolumeclaims" => {
            usage.insert("persistentvolumeclaims".into(), 1);
            let size = json::text(object, "/spec/resources/requests/storage");
            usage.insert("requests.storage".into(), quantity::bytes(size).unwrap_or(0));
        }
        "configmaps" | "secrets" | "resourcequotas" | "replicationcontrollers" => drop(usage.insert(kind.into(), 1)),
        _ => {}
    }
    usage
}

/// Sum over containers (or the largest init container) of a pod's requests or limits.
pub fn pod_total(pod: &Value, side: &str, resource: &str) -> u64 {
    let amount = |container: &Value| {
        let text = match container.pointer(&format!("/resources/{side}/{resource}")) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => return 0,
        };
        if resource == "cpu" { quantity::cpu_millis(&text) } else { quantity::bytes(&text) }.unwrap_or(0)
    };
    let sum: u64 = json::list(pod, "/spec/containers").iter().map(amount).sum();
    let init = json::list(pod, "/spec/initContainers").iter().map(amount).max().unwrap_or(0);
    sum.max(init)
}

/// What a namespace uses of the named resources.
pub fn used(state: &State, namespace: &str, resources: &Map<String, Value>) -> BTreeMap<String, u64> {
    let mut total: BTreeMap<String, u64> = resources.keys().map(|key| (key.clone(), 0)).collect();
    for (kind, object) in state.store.contents(namespace) {
        for (resource, amount) in usage(&kind, &object) {
            if let Some(sum) = total.get_mut(&resource) {
                *sum += amount;
            }
        }
    }
    total
}

fn parse(resource: &str, amount: &Value) -> u64 {
    let text = match amount {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return 0,
    };
    if resource.ends_with("cpu") { quantity::cpu_millis(&text) } else { quantity::bytes(&text) }.unwrap_or(0)
}

/// An amount as quota messages and status print it.
pub fn print(resource: &str, amount: u64) -> String {
    if resource.ends_with("cpu") {
        if amount.is_multiple_of(1000) { (amount / 1000).to_string() } else { format!("{amount}m") }
    } else if (resource.ends_with("memory") || resource.ends_with("storage"))
        && amount.is_multiple_of(1 << 20)
        && amount > 0
    {
        if amount.is_multiple_of(1 << 30) { format!("{}Gi", amount >> 30) } else { format!("{}Mi", amount >> 20) }
    } else {
        amount.to_string()
    }
}

/// Refuses an object that goes beyond a quota of its namespace.
pub fn check(state: &State, kind: &Kind, object: &Value) -> ApiResult<()> {
    let namespace = json::namespace(object);
    for quota in state.store.list("resourcequotas", Some(namespace)) {
        let Some(hard) = json::map(quota, "/spec/hard") else { continue };
        let wanted = usage(&kind.id, object);
        let name = json::name(quota);
        if &*kind.id == "pods" {
            let missing: Vec<_> = hard
                .keys()
                .filter(|key| {
                    matches!(
                        key.as_str(),
                        "cpu" | "memory" | "requests.cpu" | "requests.memory" | "limits.cpu" | "limits.memory"
                    )
                })
                .filter(|key| !wanted.contains_key(*key))
                .map(|key| format!("{key} for: {}", containers_without(object, key)))
                .collect();
            if !missing.is_empty() {
                let why = format!("failed quota: {name}: must specify {}", missing.join("; "));
                return Err(ApiError::forbidden(kind, json::name(object), &why));
            }
        }
        if !wanted.keys().any(|key| hard.contains_key(key)) {
            continue;
        }
        let used = used(state, namespace, hard);
        let over: Vec<_> = wanted
            .iter()
            .filter_map(|(key, amount)| {
                let limit = parse(key, hard.get(key)?);
                let now = used.get(key).copied().unwrap_or(0);
                (now + amount > limit).then_some((key, *amount, now, limit))
            })
            .collect();
        if !over.is_empty() {
            let join = |pick: fn(&(&String, u64, u64, u64)) -> u64| {
                over.iter().map(|row| format!("{}={}", row.0, print(row.0, pick(row)))).collect::<Vec<_>>().join(",")
            };
            let why = format!(
                "exceeded quota: {name}, requested: {}, used: {}, limited: {}",
                join(|row| row.1),
                join(|row| row.2),
                join(|row| row.3)
            );
            return Err(ApiError::forbidden(kind, json::name(object), &why));
        }
    }
    Ok(())
}

fn containers_without(pod: &Value, key: &str) -> String {
    let (side, resource) = key.split_once('.').unwrap_or(("requests", key));
    json::list(pod, "/spec/containers")
        .iter()
        .filter(|container| container.pointer(&format!("/resources/{side}/{resource}")).is_none())
        .map(|container| json::text(container, "/name"))
        .collect::<Vec<_>>()
        .join(",")
}

/// Fills container resources from the namespace's LimitRanges.
pub fn limit_range(state: &State, pod: &mut Value) {
    let ranges = state.store.within("limitranges", json::namespace(pod));
    for limits in ranges.iter().flat_map(|range| json::list(range, "/spec/limits")) {
        if json::text(limits, "/type") != "Container" {
            continue;
        }
        for container in pod.pointer_mut("/spec/containers").and_then(Value::as_array_mut).into_iter().flatten() {
            for (from, to) in [("default", "limits"), ("defaultRequest", "requests")] {
                for (resource, amount) in json::map(limits, &format!("/{from}")).cloned().unwrap_or_default() {
                    json::default(container, &format!("/resources/{to}/{}", resource.replace('/', "~1")), amount);
                }
            }
        }
    }
}

/// The status of a quota.
pub fn status(state: &State, quota: &Value) -> Value {
    let hard = json::map(quota, "/spec/hard").cloned().unwrap_or_default();
    let used: Map<String, Value> = used(state, json::namespace(quota), &hard)
        .into_iter()
        .map(|(resource, amount)| (resource.clone(), print(&resource, amount).into()))
        .collect();
    json!({"hard": hard, "used": used})
}
