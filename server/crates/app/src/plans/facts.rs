//! Which facts a plan rests on.

use hypo_model::cluster::Cluster;
use hypo_package::canonical;
use serde_json::json;

/// Digest of what a plan was decided and transformed by. Load is not among it: it changes with every pod, and the
/// clusters' own schedulers judge it when the order runs. The time of the probe is not either.
pub(crate) fn digest(clusters: &[&Cluster]) -> String {
    let mut facts: Vec<_> = clusters
        .iter()
        .map(|cluster| {
            let facts = &cluster.facts;
            let mut classes = facts.storage_classes.clone();
            classes.sort_by(|a, b| a.name.cmp(&b.name));
            let sorted = |list: &[String]| {
                let mut list = list.to_vec();
                list.sort_unstable();
                list
            };
            json!({
                "id": cluster.id, "version": facts.version, "flavour": facts.flavour, "storageClasses": classes,
                "ingressClasses": facts.ingress_classes, "loadBalancer": facts.load_balancer,
                "architectures": sorted(&facts.architectures), "apiVersions": sorted(&facts.api_versions),
                "podSecurity": facts.pod_security, "clusterAdmin": facts.cluster_admin, "country": cluster.country,
                "labels": cluster.labels,
            })
        })
        .collect();
    facts.sort_by_key(|fact| fact["id"].as_str().map(str::to_owned));
    canonical::digest(&json!(facts))
}
