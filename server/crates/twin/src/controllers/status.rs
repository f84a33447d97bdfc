//! Status of quotas, load balancers, disruption budgets and autoscalers.

use std::collections::HashSet;

use serde_json::json;

use super::owned;
use crate::{admission, cluster::State, json as at, selector::Labels};

/// One pass over the kinds whose status follows from other objects.
pub fn run(state: &mut State) {
    for quota in state.store.all("resourcequotas") {
        let status = admission::quota_status(state, &quota);
        state.save_status("resourcequotas", &quota, status);
    }
    if state.config.load_balancer {
        balancers(state);
    }
    ingresses(state);
    for budget in state.store.all("poddisruptionbudgets.policy") {
        let labels = Labels::from_document(budget.pointer("/spec/selector"));
        let pods: Vec<_> = state
            .store
            .within("pods", at::namespace(&budget))
            .into_iter()
            .filter(|pod| owned::is_active(pod) && labels.as_ref().is_some_and(|labels| labels.matches(pod)))
            .collect();
        let healthy = pods.iter().filter(|pod| owned::is_ready(pod)).count() as i64;
        let expected = pods.len() as i64;
        let part = |pointer: &str| -> Option<i64> {
            match budget.pointer(pointer)? {
                serde_json::Value::String(text) => {
                    let percent: i64 = text.strip_suffix('%')?.parse().ok()?;
                    Some((expected * percent + 99) / 100)
                }
                value => value.as_i64(),
            }
        };
        let desired = part("/spec/minAvailable")
            .or_else(|| part("/spec/maxUnavailable").map(|most| expected - most))
            .unwrap_or(0);
        let status = json!({
            "observedGeneration": at::int(&budget, "/metadata/generation").unwrap_or(1), "disruptionsAllowed": (healthy - desired).max(0),
            "currentHealthy": healthy, "desiredHealthy": desired, "expectedPods": expected,
        });
        state.save_status("poddisruptionbudgets.policy", &budget, status);
    }
}

fn balancers(state: &mut State) {
    let mut taken: HashSet<String> = state
        .store
        .list("services", None)
        .map(|service| at::text(service, "/status/loadBalancer/ingress/0/ip").to_owned())
        .collect();
    for service in state.store.all("services") {
        let wants = at::text(&service, "/spec/type") == "LoadBalancer";
        let has = !at::list(&service, "/status/loadBalancer/ingress").is_empty();
        if wants && !has {
            let Some(address) = state.net.load_balancer(&taken) else { continue };
            state.save_status(
                "services",
                &service,
                json!({"loadBalancer": {"ingress": [{"ip": address, "ipMode": "VIP"}]}}),
            );
            taken.insert(address);
        } else if !wants && has {
            state.save_status("services", &service, json!({"loadBalancer": {}}));
        }
    }
}

/// An Ingress with a class of the cluster gets the first node's address.
fn ingresses(state: &mut State) {
    let address = state.net.node(0);
    for ingress in state.store.all("ingresses.networking.k8s.io") {
        let class = at::text(&ingress, "/spec/ingressClassName");
        if !class.is_empty() && state.store.get("ingressclasses.networking.k8s.io", "", class).is_some() {
            state.save_status(
                "ingresses.networking.k8s.io",
                &ingress,
                json!({"loadBalancer": {"ingress": [{"ip": address}]}}),
            );
        }
    }
}
