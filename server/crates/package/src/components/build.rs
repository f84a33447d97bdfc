//! Puts every document in one place: with a component, or shared.

use std::collections::BTreeSet;

use super::{ComponentNode, Graph, SharedObject, package::Package, uses};
use crate::{
    Options,
    render::Render,
    scan::{
        names::Names,
        resolve::{self, Scan},
    },
};

/// The graph of a render, with default options.
#[must_use]
pub fn graph(render: &Render) -> Graph {
    graph_with(render, &Options::default())
}

/// The graph of a render.
#[must_use]
pub fn graph_with(render: &Render, options: &Options) -> Graph {
    Model::new(render, options).graph
}

/// Everything that is known about a render.
pub(crate) struct Model<'a> {
    pub package: Package<'a>,
    pub users: uses::Users,
    pub scan: Scan,
    pub graph: Graph,
    /// A bound was reached and something was left out.
    pub truncated: bool,
}

impl<'a> Model<'a> {
    pub fn new(render: &'a Render, options: &'a Options) -> Self {
        let package = Package::new(&render.documents, options);
        let (mut users, many) = uses::users(&package);
        let names = Names::new(&package);
        let scan = resolve::scan(&package, &names, &resources(&package, &users));
        // A Service that selects nothing of ours, an alias above all, goes with those that name it.
        for (service, callers) in &scan.users {
            let document = package.services[*service].document;
            if package.services[*service].selects.is_empty() {
                users.entry(document).or_default().extend(callers);
            }
        }
        let graph = place(&package, &users);
        let truncated = package.truncated || many || scan.truncated;
        Self { package, users, scan, graph, truncated }
    }
}

/// Per component the custom resources that it alone controls.
fn resources(package: &Package<'_>, users: &uses::Users) -> Vec<Vec<usize>> {
    let mut out = vec![Vec::new(); package.workloads.len()];
    for (index, components) in users {
        let document = &package.documents[*index];
        let own = super::workload::group(document.api_version());
        let custom = own.contains('.') && !own.ends_with(".k8s.io") && document.kind() != "CustomResourceDefinition";
        let handled = own.ends_with("cert-manager.io") || own.ends_with("coreos.com") || own.ends_with("istio.io");
        if let (true, false, [only]) = (custom, handled, components.iter().copied().collect::<Vec<_>>().as_slice()) {
            out[*only].push(*index);
        }
    }
    out
}

fn place(package: &Package<'_>, users: &uses::Users) -> Graph {
    let mut graph = Graph::default();
    let mut home = vec![None; package.documents.len()];
    for (index, workload) in package.workloads.iter().enumerate() {
        home[workload.document] = Some(index);
        graph.components.push(ComponentNode {
            name: workload.name.clone(),
            workload: workload.document,
            objects: Vec::new(),
            services: Vec::new(),
        });
    }
    for service in &package.services {
        for component in &service.selects {
            graph.components[*component].services.push(service.document);
        }
    }
    let empty = BTreeSet::new();
    for (index, document) in package.documents.iter().enumerate() {
        if home[index].is_some() {
            continue;
        }
        let used: Vec<usize> = users.get(&index).unwrap_or(&empty).iter().copied().collect();
        match used.as_slice() {
            [only] if !wide(document.kind()) => graph.components[*only].objects.push(index),
            _ => graph.shared.push(SharedObject { index, reason: reason(package, index, used.len()), used_by: used }),
        }
    }
    graph
}

/// Kinds that concern a namespace or cluster as a whole, however many components there are.
fn wide(kind: &str) -> bool {
    matches!(kind, "Namespace" | "ResourceQuota" | "LimitRange" | "StorageClass" | "PriorityClass")
}

fn reason(package: &Package<'_>, index: usize, users: usize) -> String {
    let document = &package.documents[index];
    let words = match (document.kind(), users) {
        ("Namespace", _) => "the namespace of the package",
        ("ResourceQuota" | "LimitRange", _) => "it applies to the whole namespace",
        ("StorageClass", _) => "volumes refer to it by name",
        ("PriorityClass", _) => "pods refer to it by name",
        ("CustomResourceDefinition", 0) => "it defines a kind for the whole cluster",
        ("Service", 0) => "no workload of the package stands behind it and no component names it",
        (_, 0) => "no component refers to it, so that it goes wherever the package goes",
        ("ConfigMap" | "Secret", _) => "several components read it",
        ("ServiceAccount", _) => "several components run as it",
        ("Role" | "ClusterRole" | "RoleBinding" | "ClusterRoleBinding", _) => "it grants rights to several components",
        ("Service", _)
            if package.services.iter().any(|service| service.document == index && service.selects.is_empty()) =>
        {
            "several components call it and no workload of the package stands behind it"
        }
        ("Service", _) => "it selects pods of several components",
        ("NetworkPolicy" | "PodDisruptionBudget" | "PodMonitor", _) => "its selector matches several components",
        ("PersistentVolumeClaim" | "PersistentVolume", _) => "several components mount it",
        ("Ingress" | "HTTPRoute" | "Route" | "GRPCRoute" | "VirtualService", _) => "it routes to several components",
        _ => "several components need it",
    };
    words.to_owned()
}
