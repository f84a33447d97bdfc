//! Rows and columns as `kubectl get` asks for them (`as=Table`, meta.k8s.io/v1).

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::{json, kinds::Kind};

/// A column: its name, its type, and what stands in it.
type Column = (&'static str, &'static str, fn(&Value) -> Value);

/// The objects as a Table; `metadata` is that of the list.
pub fn table(kind: &Kind, objects: &[&Value], metadata: Value, now: DateTime<Utc>) -> Value {
    let columns = columns(kind);
    let mut definitions = vec![definition("Name", "string", "name")];
    definitions.extend(columns.iter().map(|(name, of, _)| definition(name, of, "")));
    definitions.push(definition("Age", "string", ""));
    let rows: Vec<Value> = objects
        .iter()
        .map(|object| {
            let mut cells = vec![json!(json::name(object))];
            cells.extend(columns.iter().map(|(_, _, cell)| cell(object)));
            cells.push(age(object, now).into());
            let object = json!({
                "kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": object["metadata"],
            });
            json!({"cells": cells, "object": object})
        })
        .collect();
    json!({
        "kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": metadata,
        "columnDefinitions": definitions, "rows": rows,
    })
}

fn definition(name: &str, of: &str, format: &str) -> Value {
    json!({"name": name, "type": of, "format": format, "description": "", "priority": 0})
}

fn columns(kind: &Kind) -> Vec<Column> {
    match &*kind.id {
        "pods" => vec![
            ("Ready", "string", |pod| ratio(ready(pod), statuses(pod).count() as u64)),
            ("Status", "string", pod_status),
            ("Restarts", "integer", |pod| {
                statuses(pod).map(|status| number(status, "/restartCount")).sum::<u64>().into()
            }),
        ],
        "deployments.apps" => vec![
            ("Ready", "string", |it| ratio(number(it, "/status/readyReplicas"), number(it, "/spec/replicas"))),
            ("Up-to-date", "integer", |it| number(it, "/status/updatedReplicas").into()),
            ("Available", "integer", |it| number(it, "/status/availableReplicas").into()),
        ],
        "statefulsets.apps" => {
            vec![("Ready", "string", |it| ratio(number(it, "/status/readyReplicas"), number(it, "/spec/replicas")))]
        }
        "replicasets.apps" => vec![
            ("Desired", "integer", |it| number(it, "/spec/replicas").into()),
            ("Current", "integer", |it| number(it, "/status/replicas").into()),
            ("Ready", "integer", |it| number(it, "/status/readyReplicas").into()),
        ],
        "jobs.batch" => vec![("Completions", "string", |it| {
            ratio(number(it, "/status/succeeded"), number(it, "/spec/completions").max(1))
        })],
        "services" => vec![
            ("Type", "string", |it| text(it, "/spec/type")),
            ("Cluster-IP", "string", |it| text(it, "/spec/clusterIP")),
            ("Port(s)", "string", ports),
        ],
        "configmaps" | "secrets" => {
            vec![("Data", "integer", |it| it["data"].as_object().map_or(0, serde_json::Map::len).into())]
        }
        "persistentvolumeclaims" => vec![
            ("Status", "string", |it| text(it, "/status/phase")),
            ("Volume", "string", |it| text(it, "/spec/volumeName")),
            ("Capacity", "string", |it| text(it, "/status/capacity/storage")),
            ("StorageClass", "string", |it| text(it, "/spec/storageClassName")),
        ],
        "namespaces" => vec![("Status", "string", |it| text(it, "/status/phase"))],
        "nodes" => vec![
            ("Status", "string", |it| if condition(it, "Ready") { "Ready".into() } else { "NotReady".into() }),
            ("Version", "string", |it| text(it, "/status/nodeInfo/kubeletVersion")),
        ],
        "events" => vec![
            ("Type", "string", |it| text(it, "/type")),
            ("Reason", "string", |it| text(it, "/reason")),
            ("Object", "string", |it| {
                let about = &it["involvedObject"];
                let kind = about["kind"].as_str().unwrap_or_default().to_lowercase();
                format!("{kind}/{}", about["name"].as_str().unwrap_or_default()).into()
            }),
            ("Message", "string", |it| text(it, "/message")),
        ],
        _ => vec![],
    }
}

fn number(object: &Value, pointer: &str) -> u64 {
    object.pointer(pointer).and_then(Value::as_u64).unwrap_or(0)
}

fn text(object: &Value, pointer: &str) -> Value {
    object.pointer(pointer).filter(|value| value.is_string()).cloned().unwrap_or_else(|| "<none>".into())
}

fn ratio(part: u64, whole: u64) -> Value {
    format!("{part}/{whole}").into()
}

fn statuses(pod: &Value) -> impl Iterator<Item = &Value> {
    pod["status"]["containerStatuses"].as_array().into_iter().flatten()
}

fn ready(pod: &Value) -> u64 {
    statuses(pod).filter(|status| status["ready"] == true).count() as u64
}

/// What `kubectl` calls the status of a pod: why it ends or waits, else its phase.
fn pod_status(pod: &Value) -> Value {
    if pod["metadata"]["deletionTimestamp"].is_string() {
        return "Terminating".into();
    }
    let reason = statuses(pod).find_map(|status| {
        let state = &status["state"];
        state["waiting"]["reason"].as_str().or_else(|| state["terminated"]["reason"].as_str())
    });
    reason.map_or_else(|| text(pod, "/status/phase"), Value::from)
}

fn condition(object: &Value, name: &str) -> bool {
    let conditions = object["status"]["conditions"].as_array();
    conditions.into_iter().flatten().any(|one| one["type"] == name && one["status"] == "True")
}

fn ports(service: &Value) -> Value {
    let all = service["spec"]["ports"].as_array().into_iter().flatten().map(|port| {
        let node = port["nodePort"].as_u64().map(|node| format!(":{node}")).unwrap_or_default();
        format!("{}{node}/{}", number(port, "/port"), port["protocol"].as_str().unwrap_or("TCP"))
    });
    all.collect::<Vec<_>>().join(",").into()
}

/// `42s`, `7m`, `3h`, `12d`.
fn age(object: &Value, now: DateTime<Utc>) -> String {
    let made =
        object["metadata"]["creationTimestamp"].as_str().and_then(|text| DateTime::parse_from_rfc3339(text).ok());
    let Some(made) = made else { return "<unknown>".into() };
    let seconds = now.signed_duration_since(made).num_seconds().max(0);
    match seconds {
        ..120 => format!("{seconds}s"),
        120..7200 => format!("{}m", seconds / 60),
        7200..172_800 => format!("{}h", seconds / 3600),
        _ => format!("{}d", seconds / 86_400),
    }
}
