//! metrics.k8s.io/v1beta1: real processes from /proc, simulated ones a steady wave by name.

use serde_json::{Value, json};

use super::{
    read::Filter,
    target::{Query, Resource},
};
use crate::{
    admission::pod_total,
    clock,
    cluster::State,
    error::{ApiError, ApiResult},
    json as at, rng,
    runtime::SIMULATED,
};

/// CPU in nanocores and memory in bytes.
type Usage = (u64, u64);

fn print((cpu, memory): Usage) -> Value {
    json!({"cpu": format!("{cpu}n"), "memory": format!("{}Ki", memory / 1024)})
}

/// A wave between a tenth and nine tenths of what the container asks for, different for every name.
fn wave(state: &State, pod: &Value, container: &Value) -> Usage {
    let alone = json!({"spec": {"containers": [container]}});
    let cpu = pod_total(&alone, "requests", "cpu").max(20) * 1_000_000;
    let memory = pod_total(&alone, "requests", "memory").max(32 << 20);
    let seed = rng::hash(&format!("{}/{}", at::name(pod), at::text(container, "/name")));
    let minute = f64::from(u32::try_from(state.now.timestamp().rem_euclid(86_400)).unwrap_or(0));
    let period = 120.0 + f64::from(u32::try_from(seed % 240).unwrap_or(0));
    let part = 0.5
        + 0.4
            * (minute / period * std::f64::consts::TAU + f64::from(u32::try_from(seed % 628).unwrap_or(0)) / 100.0)
                .sin();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a made-up figure between zero and the request"
    )]
    let of = |whole: u64, part: f64| (whole as f64 * part) as u64;
    (of(cpu, part), of(memory, 0.4 + part * 0.4))
}

fn containers(state: &State, pod: &Value) -> Option<(Vec<Value>, Usage, bool)> {
    let run = state.pods.get(at::uid(pod))?;
    let mut total = (0, 0);
    let mut all = vec![];
    for spec in at::list(pod, "/spec/containers") {
        let name = at::text(spec, "/name");
        let container = run.containers.get(name).filter(|container| container.is_running())?;
        let usage = match &container.process {
            Some(process) => process.usage()?,
            None => wave(state, pod, spec),
        };
        total = (total.0 + usage.0, total.1 + usage.1);
        all.push(json!({"name": name, "usage": print(usage)}));
    }
    Some((all, total, run.folder.is_none()))
}

fn stamp(state: &State, metadata: Value) -> Value {
    json!({"metadata": metadata, "timestamp": clock::seconds(state.now), "window": "15s"})
}

fn pod_metrics(state: &State, pod: &Value) -> Option<Value> {
    let (containers, _, simulated) = containers(state, pod)?;
    let mut metadata = json!({
        "name": at::name(pod), "namespace": at::namespace(pod), "creationTimestamp": clock::seconds(state.now),
        "labels": pod.pointer("/metadata/labels").cloned().unwrap_or_else(|| json!({})),
    });
    if simulated {
        metadata["annotations"] = json!({SIMULATED: "true"});
    }
    let mut metrics = stamp(state, metadata);
    metrics["containers"] = containers.into();
    Some(metrics)
}

fn node_metrics(state: &State, node: &Value) -> Value {
    let mut total = (50_000_000, 256 << 20);
    for pod in state.store.list("pods", None).filter(|pod| at::text(pod, "/spec/nodeName") == at::name(node)) {
        if let Some((_, usage, _)) = containers(state, pod) {
            total = (total.0 + usage.0, total.1 + usage.1);
        }
    }
    let metadata = json!({
        "name": at::name(node), "creationTimestamp": clock::seconds(state.now), "labels": node["metadata"]["labels"],
        "annotations": {SIMULATED: "true"},
    });
    let mut metrics = stamp(state, metadata);
    metrics["usage"] = print(total);
    metrics
}

/// Answers a GET of pod or node metrics.
///
/// # Errors
/// 404 for an object without metrics, 400 for bad selectors.
pub fn read(state: &State, target: &Resource, query: &Query) -> ApiResult<Value> {
    let pods = target.kind.plural == "pods";
    let kind = state.kind(&target.kind.plural);
    let filter = Filter::new(target, query)?;
    let mut items: Vec<Value> = filter
        .select(state, &kind)
        .filter_map(|object| if pods { pod_metrics(state, object) } else { Some(node_metrics(state, object)) })
        .collect();
    let api_version = target.kind.api_version();
    if target.name.is_empty() {
        return Ok(
            json!({"kind": format!("{}List", target.kind.kind), "apiVersion": api_version, "metadata": {}, "items": items}),
        );
    }
    let mut found = items.pop().ok_or_else(|| ApiError::not_found(&target.kind, &target.name))?;
    found["kind"] = target.kind.kind.clone().into();
    found["apiVersion"] = api_version.into();
    Ok(found)
}
