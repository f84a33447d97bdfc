//! Service names and their addresses, for processes that have no DNS.

use serde_json::Value;

use super::{endpoints, owned};
use crate::{cluster::State, json as at};

/// `name=ip,name.ns=ip,...` as seen from a namespace: ClusterIPs, and pod addresses behind headless Services.
pub fn hosts(state: &State, namespace: &str) -> String {
    let mut all = vec![];
    for service in state.store.list("services", None) {
        let (name, home) = (at::name(service), at::namespace(service));
        let mut add = |name: &str, ip: &str| {
            if home == namespace {
                all.push(format!("{name}={ip}"));
            }
            for suffix in ["", ".svc", ".svc.cluster.local"] {
                all.push(format!("{name}.{home}{suffix}={ip}"));
            }
        };
        match at::text(service, "/spec/clusterIP") {
            "" => {}
            "None" => {
                let mut pods = endpoints::pods_of(state, service);
                pods.sort_by_key(|pod| !owned::is_ready(pod));
                if let Some(first) = pods.first() {
                    add(name, at::text(first, "/status/podIP"));
                }
                for pod in pods.iter().filter(|pod| names_itself(pod, name)) {
                    add(&format!("{}.{name}", at::text(pod, "/spec/hostname")), at::text(pod, "/status/podIP"));
                }
            }
            ip => add(name, ip),
        }
    }
    all.join(",")
}

fn names_itself(pod: &Value, service: &str) -> bool {
    !at::text(pod, "/spec/hostname").is_empty() && at::text(pod, "/spec/subdomain") == service
}
