//! Remarks. Every code is explained in `docs/guides/analysis.md`.

use std::collections::{BTreeMap, BTreeSet};

use hypo_shared::analysis::{ACCEPT, Analysis, Note};
use serde_json::Value;

use super::glue;
use crate::{
    components::{build::Model, package::cluster_scoped, uses},
    object::text,
    render::{Render, hooks},
};

/// All notes: the choice first, then by code and text.
pub(super) fn notes(model: &Model<'_>, render: &Render, analysis: &Analysis) -> Vec<Note> {
    let mut out = BTreeSet::new();
    let mut add = |code: &str, text: String| {
        out.insert((code.to_owned(), text));
    };
    peers(analysis, &mut add);
    services(model, &mut add);
    workloads(model, &mut add);
    objects(model, &mut add);
    for hook in &render.hooks {
        let Some(document) = render.documents.get(hook.document) else { continue };
        let place = format!("{}/{}", document.kind(), document.name());
        add(
            "hookPhase",
            format!(
                "{place} is a Helm hook ({}, weight {}); it runs in that phase.",
                hook.events.join(", "),
                hook.weight
            ),
        );
    }
    for document in &render.dropped {
        let events = hooks::events(document);
        let code = if events.contains("test") { "testDropped" } else { "hookDropped" };
        add(code, format!("{}/{} is a Helm hook ({events}) and is not applied.", document.kind(), document.name()));
    }
    for field in &render.generated {
        add(
            "generated",
            format!("{}{} is generated anew by every render; its first value is kept.", field.object, field.path),
        );
    }
    if model.truncated {
        add(
            "scanBudget",
            "The package is larger than one analysis follows; references and owners may be missing.".to_owned(),
        );
    }
    let mut notes: Vec<Note> = out.into_iter().map(|(code, text)| Note { code, text }).collect();
    notes.sort_by_key(|note| note.code != "peersUnknown");
    notes
}

fn list<'s>(names: impl IntoIterator<Item = &'s str>) -> String {
    names.into_iter().collect::<Vec<_>>().join(", ")
}

fn peers(analysis: &Analysis, add: &mut impl FnMut(&str, String)) {
    if analysis.components.is_empty() {
        add("noWorkload", "The package holds no workload.".to_owned());
    }
    let serving = analysis.components.iter().flat_map(|component| &component.services);
    let services: BTreeSet<&str> = serving.map(|service| service.name.as_str()).collect();
    if analysis.edges.is_empty() && analysis.components.len() > 1 && services.len() > 1 {
        add(
            "peersUnknown",
            format!(
                "No component names a peer, so HypO guesses none. Choose: make every service ({}) reachable from everywhere \
                 (least privilege is lost), draw the edges by hand, or choose learn (the same as everywhere: nothing observes connections yet).",
                list(services)
            ),
        );
    } else if !analysis.edges.is_empty() {
        let linked: BTreeSet<&str> =
            analysis.edges.iter().flat_map(|edge| [edge.from.as_str(), edge.to.as_str()]).collect();
        let alone =
            analysis.components.iter().map(|component| component.name.as_str()).filter(|name| !linked.contains(name));
        let alone: Vec<&str> = alone.collect();
        if !alone.is_empty() {
            add("unconnected", format!("No edge touches {}. Add edges by hand where they have peers.", list(alone)));
        }
    }
    for candidate in &analysis.candidates {
        add(
            "candidate",
            format!(
                "{} mentions {} (Service {}) only as a word; accept the edge by hand if it is one.",
                candidate.from, candidate.to, candidate.service
            ),
        );
    }
}

fn services(model: &Model<'_>, add: &mut impl FnMut(&str, String)) {
    for (index, service) in model.package.services.iter().enumerate() {
        let callers = model.scan.users.get(&index);
        if service.has_selector && service.selects.is_empty() && service.external_name.is_none() {
            let by =
                callers.map(|callers| list(callers.iter().map(|from| model.graph.components[*from].name.as_str())));
            let by = by.map(|by| format!("; named by {by}")).unwrap_or_default();
            add("serviceWithoutPods", format!("Service {} selects no pod of the package{by}.", service.name));
        }
        if service.kind == "NodePort" || service.kind == "LoadBalancer" {
            add("entry", format!("Service {} is an entry from outside ({}).", service.name, service.kind));
        }
    }
    let mut undeclared: BTreeMap<(usize, usize), u16> = BTreeMap::new();
    let mut waits: BTreeSet<(usize, &str, usize)> = BTreeSet::new();
    for reference in model.scan.references.iter().filter(|reference| reference.confidence >= ACCEPT) {
        if reference.undeclared {
            undeclared.insert((reference.from, reference.service), reference.port);
        }
        if let Some(init) = &reference.init {
            waits.extend(reference.to.iter().map(|to| (reference.from, init.as_str(), *to)));
        }
    }
    let name = |index: usize| model.graph.components[index].name.as_str();
    for ((from, service), port) in undeclared {
        let service = model.package.services[service].name;
        add(
            "portUndeclared",
            format!("{} calls Service {service} on port {port}, which it does not declare.", name(from)),
        );
    }
    for (from, init, to) in waits {
        add(
            "initWaits",
            format!(
                "Init container {init} of {} calls {}: {} starts only when that answers.",
                name(from),
                name(to),
                name(from)
            ),
        );
    }
}

fn workloads(model: &Model<'_>, add: &mut impl FnMut(&str, String)) {
    let watching = glue::api_users(model);
    for (index, workload) in model.package.workloads.iter().enumerate() {
        let name = &model.graph.components[index].name;
        if workload.kind == "DaemonSet" {
            add("daemonSet", format!("{name} is a DaemonSet: it runs on every node of each cluster it is placed on."));
        }
        if text(workload.object, "/metadata/name").is_empty() {
            add(
                "generateName",
                format!("{name} has only a generateName; it is applied under the name {}.", workload.bare),
            );
        }
        if workload.spec.get("hostNetwork").and_then(Value::as_bool) == Some(true) {
            add("hostNetwork", format!("{name} uses the network of its node."));
        }
        if watching.contains_key(&index) {
            add(
                "kubernetesApi",
                format!("{name} watches pods by the Kubernetes API and sees only the cluster it runs in."),
            );
        }
        let wanted: BTreeSet<(&str, &str)> = uses::pod_references(workload)
            .into_iter()
            .filter(|(kind, _)| matches!(*kind, "ConfigMap" | "Secret" | "PersistentVolumeClaim"))
            .filter(|(kind, name)| model.package.find(kind, workload.namespace, name).is_none())
            .collect();
        for (kind, missing) in wanted {
            add("missingObject", format!("{name} refers to {kind}/{missing}, which the package does not hold."));
        }
    }
}

fn objects(model: &Model<'_>, add: &mut impl FnMut(&str, String)) {
    for (index, document) in model.package.documents.iter().enumerate() {
        if model.package.twice.contains(&index) {
            add(
                "duplicateObject",
                format!("{}/{} stands in the package more than once.", document.kind(), document.name()),
            );
        }
    }
    let scoped: BTreeSet<String> = model
        .package
        .documents
        .iter()
        .filter(|document| cluster_scoped(document.kind()) && document.kind() != "Namespace")
        .map(|document| format!("{}/{}", document.kind(), document.name()))
        .collect();
    if !scoped.is_empty() {
        let names = list(scoped.iter().map(String::as_str));
        add("clusterScoped", format!("These objects belong to the whole cluster and need its owner's grant: {names}."));
    }
}
