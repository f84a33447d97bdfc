//! Kubernetes Events, repeated ones counted as the event correlator does.

use serde_json::{Value, json};

use crate::{cluster::State, json as at, rng};

/// Events kept per cluster; the oldest go first.
const KEPT: usize = 1000;

/// Records an Event about an object of a kind (`Pod`, `ReplicaSet`, ...).
pub fn emit(state: &mut State, kind: &str, object: &Value, severity: &str, reason: &str, message: &str) {
    emit_on(state, kind, object, "", severity, reason, message);
}

/// Records an Event about a part of an object, for example `spec.containers{main}`.
pub fn emit_on(
    state: &mut State,
    kind: &str,
    object: &Value,
    field: &str,
    severity: &str,
    reason: &str,
    message: &str,
) {
    let (name, uid) = (at::name(object).to_owned(), at::uid(object).to_owned());
    let namespace = match at::namespace(object) {
        "" => "default".to_owned(),
        namespace => namespace.to_owned(),
    };
    let id = rng::hash(&format!("{uid}/{field}/{reason}/{message}"));
    let event_name = format!("{name}.{id:016x}");
    let now = state.stamp();
    let events = state.kind("events");
    if let Some(known) = state.store.get("events", &namespace, &event_name) {
        let mut again = (*known).clone();
        at::set(&mut again, "/count", at::int(&known, "/count").unwrap_or(1) + 1);
        at::set(&mut again, "/lastTimestamp", now);
        state.store.put(&events.id, again);
        return;
    }
    let component = component_of(kind, reason);
    let api_version = state
        .registry
        .stored()
        .find(|known| known.kind == kind && !known.custom)
        .map_or("v1".into(), |known| known.api_version());
    let mut involved = json!({
        "kind": kind, "namespace": namespace, "name": name, "uid": uid, "apiVersion": api_version,
        "resourceVersion": at::text(object, "/metadata/resourceVersion"),
    });
    if at::namespace(object).is_empty() {
        at::remove(&mut involved, "/namespace");
    }
    if !field.is_empty() {
        involved["fieldPath"] = field.into();
    }
    let mut source = json!({"component": component});
    if component == "kubelet" {
        source["host"] = at::text(object, "/spec/nodeName").into();
    }
    let event_uid = state.rng.uid();
    let event = json!({
        "apiVersion": "v1", "kind": "Event",
        "metadata": {"name": event_name, "namespace": namespace, "uid": event_uid, "creationTimestamp": now},
        "involvedObject": involved, "reason": reason, "message": message, "type": severity, "source": source,
        "reportingComponent": component, "reportingInstance": "", "firstTimestamp": now, "lastTimestamp": now, "count": 1,
        "eventTime": null,
    });
    state.store.put(&events.id, event);
    trim(state);
}

fn component_of(kind: &str, reason: &str) -> &'static str {
    match (kind, reason) {
        ("Pod", "Scheduled" | "FailedScheduling") => "default-scheduler",
        ("Pod", _) => "kubelet",
        ("Deployment", _) => "deployment-controller",
        ("ReplicaSet", _) => "replicaset-controller",
        ("StatefulSet", _) => "statefulset-controller",
        ("DaemonSet", _) => "daemonset-controller",
        ("Job", _) => "job-controller",
        ("CronJob", _) => "cronjob-controller",
        ("PersistentVolumeClaim", _) => "persistentvolume-controller",
        _ => "hypo-twin",
    }
}

fn trim(state: &mut State) {
    let all = state.store.all("events");
    if all.len() <= KEPT {
        return;
    }
    let mut ordered: Vec<_> = all.iter().map(|event| (at::text(event, "/lastTimestamp"), event)).collect();
    ordered.sort_by_key(|(time, _)| *time);
    let kind = state.kind("events");
    for (_, event) in ordered.into_iter().take(all.len() - KEPT) {
        state.store.remove(&kind.id, at::namespace(event), at::name(event));
    }
}
