//! Components that must stay on one cluster, and why.

use std::collections::{BTreeMap, BTreeSet};

use hypo_shared::analysis::{ACCEPT, Glue};
use serde_json::Value;

use crate::{
    components::{build::Model, workload::Workload},
    object::{array, text},
};

/// All reasons, sorted; members are at least two.
pub(super) fn glue(model: &Model<'_>) -> Vec<Glue> {
    let mut found: BTreeSet<(Vec<String>, String)> = BTreeSet::new();
    let mut add = |members: &BTreeSet<usize>, reason: String| {
        if members.len() > 1 {
            let mut names: Vec<String> =
                members.iter().map(|index| model.graph.components[*index].name.clone()).collect();
            names.sort();
            found.insert((names, reason));
        }
    };
    claims(model, &mut add);
    host_paths(model, &mut add);
    node_peers(model, &mut add);
    edges(model, &mut add);
    watchers(model, &mut add);
    webhooks(model, &mut add);
    found.into_iter().map(|(members, reason)| Glue { members, reason }).collect()
}

type Add<'f> = dyn FnMut(&BTreeSet<usize>, String) + 'f;

fn claims(model: &Model<'_>, add: &mut Add<'_>) {
    for (index, members) in &model.users {
        let document = &model.package.documents[*index];
        if document.kind() != "PersistentVolumeClaim" {
            continue;
        }
        let modes: Vec<&str> = array(&document.object, "/spec/accessModes").iter().filter_map(Value::as_str).collect();
        let many = modes.iter().any(|mode| matches!(*mode, "ReadWriteMany" | "ReadOnlyMany"));
        let why = if many {
            "and its class is not known to reach across clusters"
        } else {
            "which only one node at a time can mount"
        };
        add(members, format!("They mount the same volume claim {} ({}), {why}.", document.name(), modes.join(", ")));
    }
}

fn host_paths(model: &Model<'_>, add: &mut Add<'_>) {
    const OF_THE_SYSTEM: [&str; 12] = [
        "/dev",
        "/etc",
        "/lib",
        "/proc",
        "/run",
        "/sys",
        "/usr",
        "/var/lib/docker",
        "/var/lib/kubelet",
        "/var/log",
        "/var/run",
        "/tmp",
    ];
    let mut paths: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for (index, workload) in model.package.workloads.iter().enumerate() {
        for volume in array(workload.spec, "/volumes") {
            let path = text(volume, "/hostPath/path").trim_end_matches('/');
            // Paths of the system are there on every node; sharing them means nothing.
            let system = OF_THE_SYSTEM
                .iter()
                .any(|of| path == *of || path.strip_prefix(of).is_some_and(|rest| rest.starts_with('/')));
            if !path.is_empty() && !system {
                paths.entry(path).or_default().insert(index);
            }
        }
    }
    for (path, members) in paths {
        add(&members, format!("They share the folder {path} of a node."));
    }
}

/// Ports that a workload opens on its node.
fn node_ports(workload: &Workload<'_>) -> BTreeSet<u16> {
    let host_network = workload.spec.get("hostNetwork").and_then(Value::as_bool) == Some(true);
    let mut out = BTreeSet::new();
    for container in workload.containers() {
        for port in array(container.value, "/ports") {
            let name = if host_network { "containerPort" } else { "hostPort" };
            out.extend(port.get(name).and_then(Value::as_u64).and_then(|port| u16::try_from(port).ok()));
        }
    }
    out
}

fn node_peers(model: &Model<'_>, add: &mut Add<'_>) {
    if model.scan.node.is_empty() {
        return;
    }
    let ports: Vec<BTreeSet<u16>> = model.package.workloads.iter().map(node_ports).collect();
    for (from, port) in &model.scan.node {
        for (peer, open) in ports.iter().enumerate() {
            let reached = match port {
                Some(port) => open.contains(port),
                None => !open.is_empty(),
            };
            if peer != *from && reached {
                let name = &model.graph.components[peer].name;
                add(
                    &BTreeSet::from([*from, peer]),
                    format!("It reaches its own node's address, where {name} listens on a host port."),
                );
            }
        }
    }
}

fn edges(model: &Model<'_>, add: &mut Add<'_>) {
    for reference in model.scan.references.iter().filter(|reference| reference.confidence >= ACCEPT) {
        let service = &model.package.services[reference.service];
        for to in &reference.to {
            let pair = BTreeSet::from([reference.from, *to]);
            let name = service.name;
            if reference.pod {
                add(&pair, format!("One resolves single pods of the other by the names <pod>.{name}."));
            }
            if service.local_only {
                add(&pair, format!("Service {name} keeps traffic on the node (internalTrafficPolicy Local)."));
            }
            if reference.protocol != "TCP" {
                add(&pair, format!("Service {name} is called by {}, which a link does not carry.", reference.protocol));
            }
            if service.client_affinity {
                add(
                    &pair,
                    format!(
                        "Service {name} tells callers apart by their address (sessionAffinity ClientIP), which a link hides."
                    ),
                );
            }
        }
    }
}

/// Whether a role lets its holder watch pods or their addresses.
fn watches_pods(role: &Value) -> bool {
    array(role, "/rules").iter().any(|rule| {
        let has = |list: &str, wanted: &[&str]| {
            array(rule, list).iter().filter_map(Value::as_str).any(|have| wanted.contains(&have))
        };
        has("/resources", &["pods", "endpoints", "endpointslices", "*"]) && has("/verbs", &["list", "watch", "*"])
    })
}

/// Components whose role lets them watch pods, with the ServiceAccount they run as.
pub(super) fn api_users<'m>(model: &'m Model<'_>) -> BTreeMap<usize, &'m str> {
    let mut out = BTreeMap::new();
    for (index, users) in &model.users {
        let document = &model.package.documents[*index];
        if matches!(document.kind(), "Role" | "ClusterRole") && watches_pods(&document.object) {
            out.extend(users.iter().map(|user| (*user, model.package.workloads[*user].service_account)));
        }
    }
    out
}

fn watchers(model: &Model<'_>, add: &mut Add<'_>) {
    let mut by_account: BTreeMap<(&str, &str), BTreeSet<usize>> = BTreeMap::new();
    for (index, account) in api_users(model) {
        let workload = &model.package.workloads[index];
        // A DaemonSet is repeated in every cluster and concerns nobody else.
        if workload.kind != "DaemonSet" {
            by_account.entry((workload.namespace, account)).or_default().insert(index);
        }
    }
    for ((_, account), members) in by_account {
        add(
            &members,
            format!("As ServiceAccount {account} they watch each other's pods by the Kubernetes API of one cluster."),
        );
    }
}

/// A webhook must stand beside the controller of the kinds it admits.
fn webhooks(model: &Model<'_>, add: &mut Add<'_>) {
    let mut controllers: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for (index, users) in &model.users {
        let document = &model.package.documents[*index];
        if document.kind() == "CustomResourceDefinition" {
            controllers.entry(text(&document.object, "/spec/group")).or_default().extend(users);
        }
    }
    for (index, users) in &model.users {
        let document = &model.package.documents[*index];
        if !matches!(document.kind(), "MutatingWebhookConfiguration" | "ValidatingWebhookConfiguration") {
            continue;
        }
        for hook in array(&document.object, "/webhooks") {
            for group in
                array(hook, "/rules").iter().flat_map(|rule| array(rule, "/apiGroups")).filter_map(Value::as_str)
            {
                if let Some(owners) = controllers.get(group) {
                    let members = users.union(owners).copied().collect();
                    add(
                        &members,
                        format!("One admits the kinds of {group} that another controls, at the same API server."),
                    );
                }
            }
        }
    }
}
