//! Endpoints and EndpointSlices of Services with a selector.

use std::sync::Arc;

use serde_json::{Value, json};

use super::owned;
use crate::{cluster::State, json as at, selector::Labels};

const SLICES: &str = "endpointslices.discovery.k8s.io";

/// One pass over all Services.
pub fn run(state: &mut State) {
    for service in state.store.all("services") {
        let selects = at::map(&service, "/spec/selector").is_some_and(|selector| !selector.is_empty());
        if at::deleting(&service) || !selects || at::text(&service, "/spec/type") == "ExternalName" {
            continue;
        }
        sync(state, &service);
    }
    for endpoints in state.store.all("endpoints") {
        let managed =
            at::text(&endpoints, "/metadata/labels/endpoints.kubernetes.io~1managed-by") == "endpoint-controller";
        if managed && state.store.get("services", at::namespace(&endpoints), at::name(&endpoints)).is_none() {
            owned::delete(state, "endpoints", &endpoints);
        }
    }
}

/// The pods behind a Service that have an address.
pub fn pods_of(state: &State, service: &Value) -> Vec<Arc<Value>> {
    let labels = Labels::from_map(&service["spec"]["selector"]);
    if labels.is_empty() {
        return vec![];
    }
    state
        .store
        .list("pods", Some(at::namespace(service)))
        .filter(|pod| labels.matches(pod) && owned::is_active(pod) && !at::text(pod, "/status/podIP").is_empty())
        .cloned()
        .collect()
}

/// The number a Service port leads to on a pod; named ports are looked up in its containers.
pub fn target_port(port: &Value, pod: &Value) -> Option<i64> {
    match port.get("targetPort") {
        Some(Value::Number(number)) => number.as_i64(),
        Some(Value::String(name)) => at::list(pod, "/spec/containers")
            .iter()
            .flat_map(|container| at::list(container, "/ports"))
            .find(|one| at::text(one, "/name") == name)
            .and_then(|one| at::int(one, "/containerPort")),
        _ => at::int(port, "/port"),
    }
}

fn sync(state: &mut State, service: &Arc<Value>) {
    let mut pods = pods_of(state, service);
    pods.sort_by_key(|pod| at::name(pod).to_owned());
    let publish = at::flag(service, "/spec/publishNotReadyAddresses");
    let ports: Vec<Value> = at::list(service, "/spec/ports")
        .iter()
        .filter_map(|port| {
            let number = pods.first().map_or_else(|| at::int(port, "/port"), |pod| target_port(port, pod))?;
            let mut entry =
                json!({"name": at::text(port, "/name"), "port": number, "protocol": at::text(port, "/protocol")});
            if at::text(port, "/name").is_empty() {
                at::remove(&mut entry, "/name");
            }
            Some(entry)
        })
        .collect();
    let reference = |pod: &Value| json!({"kind": "Pod", "namespace": at::namespace(pod), "name": at::name(pod), "uid": at::uid(pod)});
    let is_up = |pod: &Value| publish || owned::is_ready(pod);
    let address = |pod: &Arc<Value>| json!({"ip": at::text(pod, "/status/podIP"), "nodeName": at::text(pod, "/spec/nodeName"), "targetRef": reference(pod)});
    let ready: Vec<_> = pods.iter().filter(|pod| is_up(pod)).map(address).collect();
    let waiting: Vec<_> = pods.iter().filter(|pod| !is_up(pod)).map(address).collect();
    let mut subset = json!({});
    if !ready.is_empty() {
        subset["addresses"] = ready.into();
    }
    if !waiting.is_empty() {
        subset["notReadyAddresses"] = waiting.into();
    }
    let mut labels = at::map(service, "/metadata/labels").cloned().unwrap_or_default();
    let mut body = json!({
        "apiVersion": "v1", "kind": "Endpoints",
        "metadata": {"name": at::name(service), "namespace": at::namespace(service), "labels": labels},
    });
    at::set(&mut body, "/metadata/labels/endpoints.kubernetes.io~1managed-by", "endpoint-controller");
    if !pods.is_empty() {
        subset["ports"] = ports.clone().into();
        body["subsets"] = json!([subset]);
    }
    put(state, "endpoints", at::name(service), body, &["subsets"]);
    let endpoints: Vec<_> = pods
        .iter()
        .map(|pod| {
            let up = is_up(pod);
            json!({
                "addresses": [at::text(pod, "/status/podIP")], "conditions": {"ready": up, "serving": up, "terminating": false},
                "nodeName": at::text(pod, "/spec/nodeName"), "targetRef": reference(pod),
            })
        })
        .collect();
    labels.insert("kubernetes.io/service-name".into(), at::name(service).into());
    labels.insert("endpointslice.kubernetes.io/managed-by".into(), "endpointslice-controller.k8s.io".into());
    let name = format!("{}-{}", at::name(service), crate::rng::encode(crate::rng::hash(at::uid(service)), 5));
    let slice = json!({
        "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
        "metadata": {
            "name": name, "namespace": at::namespace(service), "labels": labels,
            "ownerReferences": owned::reference("v1", "Service", service),
        },
        "addressType": "IPv4", "endpoints": endpoints, "ports": ports,
    });
    put(state, SLICES, &name, slice, &["endpoints", "ports"]);
}

/// Creates the object or updates the named members.
fn put(state: &mut State, kind: &str, name: &str, body: Value, members: &[&str]) {
    let namespace = at::namespace(&body).to_owned();
    match state.store.get(kind, &namespace, name) {
        Some(live) => {
            let mut new = (*live).clone();
            for member in members {
                match body.get(*member) {
                    Some(value) => new[*member] = value.clone(),
                    None => drop(at::remove(&mut new, &format!("/{member}"))),
                }
            }
            state.save(kind, new);
        }
        None => {
            if let Err(error) = state.make(kind, body)
                && error.code != 403
            {
                tracing::debug!(error = %error.message, "endpoints were refused");
            }
        }
    }
}
