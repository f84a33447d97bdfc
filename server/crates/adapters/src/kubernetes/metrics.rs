//! Usage by the metrics API (`metrics.k8s.io/v1beta1`).

use chrono::{DateTime, Utc};
use hypo_model::ports::cluster::{ContainerUsage, Error, Scope};
use hypo_shared::quantity;
use serde_json::Value;

use super::{observe::list, resource::Resources};

/// Usage of every container of the scope's pods.
pub async fn pods(resources: &Resources, scope: &Scope) -> Result<Vec<ContainerUsage>, Error> {
    let found = list(resources, "metrics.k8s.io/v1beta1", "PodMetrics", scope).await?;
    Ok(found.iter().flat_map(usage).collect())
}

fn usage(pod: &Value) -> Vec<ContainerUsage> {
    let text = |value: &Value, pointer: &str| value.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
    let name = text(pod, "/metadata/name").unwrap_or_default();
    let at = text(pod, "/timestamp")
        .and_then(|stamp| DateTime::parse_from_rfc3339(&stamp).ok())
        .map_or(DateTime::UNIX_EPOCH, |stamp| stamp.with_timezone(&Utc));
    let containers = pod["containers"].as_array().map(Vec::as_slice).unwrap_or_default();
    containers
        .iter()
        .filter_map(|container| {
            Some(ContainerUsage {
                pod: name.clone(),
                container: text(container, "/name")?,
                at,
                cpu_millis: quantity::cpu_millis(&text(container, "/usage/cpu")?).ok()?,
                memory_bytes: quantity::bytes(&text(container, "/usage/memory")?).ok()?,
            })
        })
        .collect()
}
