//! `/version`, `/api`, `/apis` and below, in the legacy and the aggregated form.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::{Value, json};

use crate::kinds::{Kind, Registry};

/// `/version`.
pub fn version(git: &str) -> Value {
    let mut numbers = git.trim_start_matches('v').split('.');
    let major = numbers.next().unwrap_or("1");
    let minor: String = numbers.next().unwrap_or("0").chars().take_while(char::is_ascii_digit).collect();
    json!({
        "major": major, "minor": minor, "gitVersion": git, "gitCommit": "0000000000000000000000000000000000000000",
        "gitTreeState": "clean", "buildDate": "2026-01-01T00:00:00Z", "goVersion": "go1.24.6", "compiler": "gc",
        "platform": "linux/amd64",
    })
}

/// `/api`.
pub fn core(address: &str) -> Value {
    json!({
        "kind": "APIVersions", "versions": ["v1"],
        "serverAddressByClientCIDRs": [{"clientCIDR": "0.0.0.0/0", "serverAddress": address}],
    })
}

fn groups(registry: &Registry) -> BTreeMap<&str, BTreeMap<&str, Vec<&Arc<Kind>>>> {
    let mut groups: BTreeMap<&str, BTreeMap<&str, Vec<&Arc<Kind>>>> = BTreeMap::new();
    for kind in registry.all() {
        groups.entry(&kind.group).or_default().entry(&kind.version).or_default().push(kind);
    }
    groups
}

/// Newest stable version first.
fn by_priority<'v>(versions: impl Iterator<Item = &'v str>) -> Vec<&'v str> {
    let mut versions: Vec<_> = versions.collect();
    versions.sort_by_key(|version| {
        let stable = !version.contains("alpha") && !version.contains("beta");
        let digits: String = version.chars().skip(1).take_while(char::is_ascii_digit).collect();
        (std::cmp::Reverse((stable, digits.parse::<u32>().unwrap_or(0), !version.contains("alpha"))), *version)
    });
    versions
}

fn group_document(name: &str, versions: &[&str]) -> Value {
    let versions: Vec<_> = versions
        .iter()
        .map(|version| json!({"groupVersion": format!("{name}/{version}"), "version": version}))
        .collect();
    json!({"name": name, "versions": versions, "preferredVersion": versions[0]})
}

/// `/apis`.
pub fn list(registry: &Registry) -> Value {
    let all: Vec<_> = groups(registry)
        .into_iter()
        .filter(|(name, _)| !name.is_empty())
        .map(|(name, versions)| group_document(name, &by_priority(versions.into_keys())))
        .collect();
    json!({"kind": "APIGroupList", "apiVersion": "v1", "groups": all})
}

/// `/apis/GROUP`.
pub fn group(registry: &Registry, name: &str) -> Option<Value> {
    let versions = groups(registry).remove(name)?;
    let mut document = group_document(name, &by_priority(versions.into_keys()));
    document["kind"] = "APIGroup".into();
    document["apiVersion"] = "v1".into();
    Some(document)
}

fn verbs(kind: &Kind) -> Vec<&'static str> {
    if kind.group.starts_with("metrics.") {
        vec!["get", "list"]
    } else if kind.computed {
        vec!["create"]
    } else {
        vec!["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
    }
}

/// The kinds `kubectl get all` shows.
fn in_all(kind: &Kind) -> bool {
    matches!(
        &*kind.id,
        "pods"
            | "services"
            | "deployments.apps"
            | "replicasets.apps"
            | "statefulsets.apps"
            | "daemonsets.apps"
            | "jobs.batch"
            | "cronjobs.batch"
            | "horizontalpodautoscalers.autoscaling"
    ) && !kind.computed
}

fn subresources(kind: &Kind) -> Vec<(&'static str, &'static str, Vec<&'static str>)> {
    let mut all = vec![];
    if kind.status {
        all.push(("status", "", vec!["get", "patch", "update"]));
    }
    if kind.scale {
        all.push(("scale", "Scale", vec!["get", "patch", "update"]));
    }
    if &*kind.id == "pods" && !kind.computed {
        all.push(("log", "", vec!["get"]));
    }
    all
}

/// `/api/v1` and `/apis/GROUP/VERSION`.
pub fn resources(registry: &Registry, group: &str, version: &str) -> Option<Value> {
    let mut versions = groups(registry).remove(group)?;
    let kinds = versions.remove(version)?;
    let mut resources = vec![];
    for kind in kinds {
        let mut entry = json!({
            "name": kind.plural, "singularName": kind.singular, "namespaced": kind.namespaced, "kind": kind.kind,
            "verbs": verbs(kind),
        });
        if !kind.short.is_empty() {
            entry["shortNames"] = kind.short.clone().into();
        }
        if in_all(kind) {
            entry["categories"] = json!(["all"]);
        }
        resources.push(entry);
        for (name, sub_kind, verbs) in subresources(kind) {
            let mut entry = json!({
                "name": format!("{}/{name}", kind.plural), "singularName": "", "namespaced": kind.namespaced,
                "kind": if sub_kind.is_empty() { &kind.kind } else { sub_kind }, "verbs": verbs,
            });
            if sub_kind == "Scale" {
                entry["group"] = "autoscaling".into();
                entry["version"] = "v1".into();
            }
            resources.push(entry);
        }
    }
    let group_version = if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") };
    Some(json!({"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": group_version, "resources": resources}))
}

/// Whether a client asks for the aggregated form.
pub fn wants_aggregated(accept: &str) -> bool {
    accept.contains("g=apidiscovery.k8s.io") && accept.contains("v=v2;")
        || accept.contains("g=apidiscovery.k8s.io") && accept.ends_with("v=v2")
}

/// `/api` and `/apis` as an `APIGroupDiscoveryList` (apidiscovery.k8s.io/v2).
pub fn aggregated(registry: &Registry, core: bool) -> Value {
    let items: Vec<_> = groups(registry)
        .into_iter()
        .filter(|(name, _)| name.is_empty() == core)
        .map(|(name, versions)| {
            let order = by_priority(versions.keys().copied());
            let versions: Vec<_> = order
                .iter()
                .map(|version| {
                    let resources: Vec<_> = versions[version].iter().map(|kind| aggregated_resource(kind)).collect();
                    json!({"version": version, "freshness": "Current", "resources": resources})
                })
                .collect();
            json!({"metadata": {"name": name, "creationTimestamp": null}, "versions": versions})
        })
        .collect();
    json!({"kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": {}, "items": items})
}

fn aggregated_resource(kind: &Kind) -> Value {
    let response = |name: &str| json!({"group": kind.group, "version": kind.version, "kind": name});
    let mut entry = json!({
        "resource": kind.plural, "responseKind": response(&kind.kind),
        "scope": if kind.namespaced { "Namespaced" } else { "Cluster" },
        "singularResource": kind.singular, "verbs": verbs(kind), "shortNames": kind.short,
    });
    if in_all(kind) {
        entry["categories"] = json!(["all"]);
    }
    let subs: Vec<_> = subresources(kind)
        .into_iter()
        .map(|(name, sub_kind, verbs)| {
            let shown = if sub_kind == "Scale" {
                json!({"group": "autoscaling", "version": "v1", "kind": "Scale"})
            } else {
                response(&kind.kind)
            };
            json!({"subresource": name, "responseKind": shown, "verbs": verbs})
        })
        .collect();
    if !subs.is_empty() {
        entry["subresources"] = subs.into();
    }
    entry
}
