//! Addresses: what was fixed to another cluster, load balancers, ingress classes.

use serde_json::{Value, json};

use super::{Outcome, note, put};
use crate::{cluster::ClusterFacts, object};

/// Takes out addresses and node ports, which the cluster gives itself. A headless Service stays headless.
pub(super) fn addresses(target: &mut Value, outcome: &mut Outcome) {
    if object::kind(target) != "Service" || object::api_version(target) != "v1" {
        return;
    }
    let reason = "the cluster gives addresses and node ports itself";
    if object::text(target, "/spec/clusterIP") != "None" {
        for key in ["clusterIP", "clusterIPs"] {
            put(target, outcome, &format!("/spec/{key}"), Value::Null, reason);
        }
    }
    for key in ["loadBalancerIP", "healthCheckNodePort", "ipFamilies", "ipFamilyPolicy"] {
        put(target, outcome, &format!("/spec/{key}"), Value::Null, reason);
    }
    for index in 0..object::array(target, "/spec/ports").len() {
        put(target, outcome, &format!("/spec/ports/{index}/nodePort"), Value::Null, reason);
    }
}

/// Without load balancers a Service of that type would stay pending for ever.
pub(super) fn load_balancer(target: &mut Value, facts: &ClusterFacts, outcome: &mut Outcome) {
    let wants = object::kind(target) == "Service" && object::text(target, "/spec/type") == "LoadBalancer";
    if !wants || facts.load_balancer || facts.probed_at.is_none() {
        return;
    }
    let text = format!("{}: this cluster gives no load balancer; a node port is used instead.", object::name(target));
    note(outcome, "no-load-balancer", text);
    put(target, outcome, "/spec/type", json!("NodePort"), "this cluster gives no load balancer");
    // These members are only valid for a load balancer.
    for key in ["loadBalancerClass", "loadBalancerSourceRanges", "allocateLoadBalancerNodePorts"] {
        put(target, outcome, &format!("/spec/{key}"), Value::Null, "only valid for a load balancer");
    }
}

const CLASS_ANNOTATION: &str = "/metadata/annotations/kubernetes.io~1ingress.class";

/// Names a class the cluster has, in the field or in the older annotation, wherever the package named one.
pub(super) fn ingress_class(target: &mut Value, facts: &ClusterFacts, outcome: &mut Outcome) {
    if object::kind(target) != "Ingress" || facts.probed_at.is_none() {
        return;
    }
    let name = object::name(target).to_owned();
    let Some(class) = facts.ingress_classes.first() else {
        note(outcome, "no-ingress", format!("{name}: this cluster has no ingress class; nothing answers its hosts."));
        return;
    };
    let field = object::text(target, "/spec/ingressClassName");
    let annotation = object::text(target, CLASS_ANNOTATION);
    let wanted = if field.is_empty() { annotation } else { field }.to_owned();
    if facts.ingress_classes.contains(&wanted) {
        return;
    }
    let reason = if wanted.is_empty() {
        "the package names no ingress class".to_owned()
    } else {
        format!("this cluster has no ingress class {wanted}")
    };
    put(target, outcome, CLASS_ANNOTATION, Value::Null, &reason);
    put(target, outcome, "/spec/ingressClassName", json!(class), &reason);
    let foreign: Vec<&str> = target
        .pointer("/metadata/annotations")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(key, _)| key.as_str())
        .filter(|key| key.starts_with("nginx.ingress.kubernetes.io/") && !class.contains("nginx"))
        .collect();
    if !foreign.is_empty() {
        let text = format!("{name}: class {class} does not read these annotations: {}.", foreign.join(", "));
        note(outcome, "ingress-annotations", text);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(load_balancer: bool, classes: &[&str]) -> ClusterFacts {
        ClusterFacts {
            probed_at: Some(chrono::DateTime::UNIX_EPOCH),
            load_balancer,
            ingress_classes: classes.iter().map(|class| (*class).to_owned()).collect(),
            ..ClusterFacts::default()
        }
    }

    #[test]
    fn no_load_balancer_becomes_a_node_port() {
        let service = json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": {
            "type": "LoadBalancer", "loadBalancerIP": "192.0.2.1", "clusterIP": "10.0.0.1", "ports": [{"port": 80, "nodePort": 30080}]}});
        let mut with = service.clone();
        let mut outcome = Outcome::default();
        addresses(&mut with, &mut outcome);
        load_balancer(&mut with, &facts(true, &[]), &mut outcome);
        assert_eq!(with["spec"], json!({"type": "LoadBalancer", "ports": [{"port": 80}]}));
        assert_eq!(outcome.overrides.len(), 3);
        let mut without = service;
        load_balancer(&mut without, &facts(false, &[]), &mut outcome);
        assert_eq!(without["spec"]["type"], "NodePort");
        assert_eq!(outcome.notes[0].code, "no-load-balancer");
    }

    #[test]
    fn a_headless_service_stays_headless() {
        let mut service =
            json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "db"}, "spec": {"clusterIP": "None"}});
        let mut outcome = Outcome::default();
        addresses(&mut service, &mut outcome);
        assert_eq!(service["spec"]["clusterIP"], "None");
        assert!(outcome.overrides.is_empty());
    }

    #[test]
    fn the_ingress_gets_a_class_of_the_cluster() {
        let mut ingress = json!({"kind": "Ingress", "metadata": {"name": "web", "annotations": {
            "kubernetes.io/ingress.class": "nginx", "nginx.ingress.kubernetes.io/rewrite-target": "/"}}, "spec": {}});
        let mut outcome = Outcome::default();
        ingress_class(&mut ingress, &facts(true, &["traefik"]), &mut outcome);
        assert_eq!(ingress["spec"]["ingressClassName"], "traefik");
        assert!(ingress.pointer(CLASS_ANNOTATION).is_none());
        assert!(outcome.notes[0].text.contains("rewrite-target"));
        let mut outcome = Outcome::default();
        ingress_class(&mut ingress, &facts(true, &["nginx", "traefik"]), &mut outcome);
        assert!(outcome.overrides.is_empty(), "any class the cluster has is fine");
    }
}
