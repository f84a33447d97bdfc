//! What makes a plan this plan and no other.

use hypo_package::canonical;
use hypo_shared::plan::Plan;
use serde_json::{Value, json};

use crate::cluster::Cluster;

/// Hash of a plan: lower-case hex SHA-256 of the canonical JSON (RFC 8785) of the render's digest, the facts' digest
/// and the plan with its placement and differences.
#[must_use]
pub fn hash(plan: &Plan, render_digest: &str, facts_digest: &str) -> String {
    let plan = serde_json::to_value(plan).expect("a plan holds only strings as keys");
    canonical::digest(&json!({"schema": "hypo.plan/1", "render": render_digest, "facts": facts_digest, "plan": plan}))
}

/// Digest of the facts a plan stands on: version, kinds, classes, security, rights. What changes every minute (the time
/// of the probe, what runs on the nodes, latency) is left out: the validator judges it anew when the plan is ordered.
#[must_use]
pub fn facts_digest(clusters: &[Cluster]) -> String {
    let mut facts: Vec<Value> = clusters.iter().map(of).collect();
    facts.sort_by_key(|facts| facts["id"].to_string());
    canonical::digest(&Value::Array(facts))
}

fn of(cluster: &Cluster) -> Value {
    let facts = &cluster.facts;
    let sorted = |list: &[String]| {
        let mut list = list.to_vec();
        list.sort_unstable();
        list
    };
    let mut classes: Vec<_> = facts.storage_classes.iter().collect();
    classes.sort_by(|a, b| a.name.cmp(&b.name));
    json!({
        "id": cluster.id.to_string(),
        "name": cluster.name,
        "country": cluster.country,
        "labels": cluster.labels,
        "version": facts.version,
        "flavour": facts.flavour,
        "apiVersions": sorted(&facts.api_versions),
        "kinds": sorted(&facts.kinds),
        "storageClasses": classes,
        // The first ingress class is the default one, so that the order counts.
        "ingressClasses": facts.ingress_classes,
        "loadBalancer": facts.load_balancer,
        "architectures": sorted(&facts.architectures),
        "podSecurity": facts.pod_security,
        "clusterAdmin": facts.cluster_admin,
    })
}
