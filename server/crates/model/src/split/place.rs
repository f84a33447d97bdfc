//! Which document goes to which cluster, and what it becomes there.

use std::collections::{BTreeMap, BTreeSet};

use hypo_package::{Document, naming};
use hypo_shared::{ClusterId, ErrorCode, analysis::Note, plan::RecordedOverride};
use serde_json::{Value, json};

use super::{Role, Split, SplitError, SplitInput, SplitObject, edges, error, labels};
use crate::{
    cluster::Cluster,
    fabric::{Intent, Observed, Provider, Site, link},
    flavour::{self, Verdict},
    identity::label_value,
    object, overrides,
    ports::cluster::{LABEL_COMPONENT, LABEL_SERVICE},
    record,
};

/// Splits a package over the clusters of its placement: every document goes exactly where it belongs, shared ones are
/// copied with their reason, and what is changed is labels, recorded overrides and link objects.
///
/// # Errors
/// As [`crate::plan::build`].
pub fn split(input: &SplitInput<'_>) -> Result<Split, SplitError> {
    split_with(input, &Observed::default())
}

/// As [`split`], with what is known of the links already.
pub(crate) fn split_with(input: &SplitInput<'_>, fabric: &Observed) -> Result<Split, SplitError> {
    let plan = Placing::new(input)?;
    let mut out = Split { links: edges::links(input)?, routing: edges::routing(input)?, ..Split::default() };
    for id in &plan.used {
        let cluster = plan.cluster(*id)?;
        let mut objects = Vec::new();
        for index in 0..input.render.documents.len() {
            if let Some(object) = plan.document(index, cluster, &mut out.notes)? {
                objects.push(object);
            }
        }
        plan.distinct(&objects)?;
        out.clusters.push((*id, objects));
    }
    let intent = plan.intent(&out)?;
    let mut wanted = link::Link.objects(&intent, fabric);
    for (id, objects) in &mut out.clusters {
        objects.extend(wanted.remove(id).into_iter().flatten().map(|object| SplitObject {
            object: object.object,
            source: None,
            component: None,
            reason: Some(object.reason),
            overrides: Vec::new(),
            mint: object.mint,
            role: Role::Link,
        }));
    }
    plan.remarks(&intent, &mut out);
    Ok(out)
}

/// The fabric intent of a split, for the saga that loops the provider.
///
/// # Errors
/// As [`split`].
pub fn intent(input: &SplitInput<'_>) -> Result<Intent, SplitError> {
    let plan = Placing::new(input)?;
    let split = split(input)?;
    plan.intent(&split)
}

/// Tables that every document is placed by.
struct Placing<'s, 'a> {
    input: &'s SplitInput<'a>,
    /// By document index: in the target namespace, with what was changed. Namespaces are not moved but made.
    moved: BTreeMap<usize, (Document, Vec<RecordedOverride>)>,
    /// Component that owns a document, by index.
    owner: BTreeMap<usize, usize>,
    /// Services that select pods: their components.
    backers: BTreeMap<usize, Vec<usize>>,
    /// API groups the package defines itself.
    brought: BTreeSet<String>,
    used: BTreeSet<ClusterId>,
}

impl<'s, 'a> Placing<'s, 'a> {
    fn new(input: &'s SplitInput<'a>) -> Result<Self, SplitError> {
        let documents = &input.render.documents;
        let mut used = BTreeSet::new();
        for node in &input.graph.components {
            let clusters = edges::clusters_of(input, &node.name);
            if clusters.is_empty() {
                let message = format!("{} has no cluster.", node.name);
                return Err(error(ErrorCode::PlacementIncomplete, Some(&node.name), message));
            }
            used.extend(clusters);
        }
        let mut owner = BTreeMap::new();
        let mut backers: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (at, node) in input.graph.components.iter().enumerate() {
            owner.extend(std::iter::once(&node.workload).chain(&node.objects).map(|index| (*index, at)));
            for service in &node.services {
                backers.entry(*service).or_default().push(at);
            }
        }
        let brought = documents
            .iter()
            .filter(|document| document.kind() == "CustomResourceDefinition")
            .map(|document| object::text(&document.object, "/spec/group").to_owned())
            .collect();
        Ok(Self { input, moved: isolated(input), owner, backers, brought, used })
    }

    fn cluster(&self, id: ClusterId) -> Result<&'a Cluster, SplitError> {
        self.input
            .clusters
            .iter()
            .find(|cluster| cluster.id == id)
            .ok_or_else(|| error(ErrorCode::PlacementUnknownCluster, None, format!("Cluster {id} is not known.")))
    }

    fn runs(&self, component: usize, cluster: ClusterId) -> bool {
        let name = &self.input.graph.components[component].name;
        self.input.placement.assignments.get(name).is_some_and(|clusters| clusters.contains(&cluster))
    }

    /// Whether a document goes to a cluster: its component and, for shared ones, the reason.
    fn belongs(&self, index: usize, cluster: ClusterId) -> Option<(Option<usize>, Option<String>)> {
        // A Service stays with the pods behind it; callers elsewhere get a stub of the same name.
        let backed = self.backers.get(&index).map(|backers| backers.iter().any(|backer| self.runs(*backer, cluster)));
        if backed == Some(false) {
            return None;
        }
        if let Some(&owner) = self.owner.get(&index) {
            return self.runs(owner, cluster).then_some((Some(owner), None));
        }
        let shared = self.input.graph.shared.iter().find(|shared| shared.index == index);
        let needed = match shared {
            Some(shared) if backed.is_none() && !shared.used_by.is_empty() => {
                shared.used_by.iter().any(|user| self.runs(*user, cluster))
            }
            _ => true,
        };
        let reason = shared.map_or("no component refers to it", |shared| shared.reason.as_str());
        needed.then(|| (None, Some(reason.to_owned())))
    }

    fn document(
        &self,
        index: usize,
        cluster: &Cluster,
        notes: &mut Vec<Note>,
    ) -> Result<Option<SplitObject>, SplitError> {
        let Some((component, reason)) = self.belongs(index, cluster.id) else { return Ok(None) };
        if self.input.render.documents[index].kind() == "Namespace" {
            return Ok(self.namespace(index, cluster));
        }
        let Some((document, recorded)) = self.moved.get(&index) else { return Ok(None) };
        let mut object = document.object.clone();
        let mut recorded = recorded.clone();
        let node = component.map(|component| &self.input.graph.components[component]);
        let name = node.map(|node| node.name.as_str());
        if let Some(node) = node
            && node.workload == index
            && let Some(patch) = self.input.request.overrides.get(&node.name)
        {
            recorded.extend(
                overrides::apply(&mut object, patch, cluster)
                    .map_err(|refused| error(refused.code, name, format!("{}: {refused}", node.name)))?,
            );
        }
        let own = self.brought.contains(object::group(object::api_version(&object)));
        let outcome = flavour::transform_kind(&mut object, &cluster.facts, own);
        let what = format!("{}/{} on {}", object::kind(&object), object::name(&object), cluster.name);
        notes.extend(
            outcome
                .notes
                .into_iter()
                .map(|note| Note { code: note.code, text: format!("{}: {}", cluster.name, note.text) }),
        );
        match outcome.verdict {
            Verdict::Keep => {}
            Verdict::Skip(reason) => {
                notes.push(Note { code: "left-out".to_owned(), text: format!("{what} is left out: {reason}.") });
                return Ok(None);
            }
            Verdict::Refuse(reason) => {
                return Err(error(ErrorCode::PlacementInfeasible, name, format!("{what}: {reason}.")));
            }
        }
        recorded.extend(outcome.overrides);
        recorded.extend(labels::stamp(&mut object, self.input.identity, name));
        Ok(Some(SplitObject {
            object,
            source: Some(index),
            component: name.map(str::to_owned),
            role: if name.is_some() { Role::Owned } else { Role::Shared },
            reason,
            overrides: recorded,
            mint: None,
        }))
    }

    /// The package's Namespace takes the name the order chose; several of them become one.
    fn namespace(&self, index: usize, cluster: &Cluster) -> Option<SplitObject> {
        let documents = &self.input.render.documents;
        let first = documents.iter().position(|document| document.kind() == "Namespace");
        if first != Some(index) {
            return None;
        }
        let mut object = documents[index].object.clone();
        let name = &self.input.identity.namespace;
        let before = object.clone();
        record::set(&mut object, "/metadata/name", json!(name));
        let mut recorded = record::between(&before, &object, "The order chose the namespace.");
        recorded.extend(labels::stamp(&mut object, self.input.identity, None));
        let _ = cluster;
        Some(SplitObject {
            object,
            source: Some(index),
            component: None,
            reason: Some("the namespace of the package".to_owned()),
            overrides: recorded,
            mint: None,
            role: Role::Shared,
        })
    }

    /// Two documents that became the same object would overwrite each other.
    fn distinct(&self, objects: &[SplitObject]) -> Result<(), SplitError> {
        let twice = naming::collisions(objects.iter().map(|split| &split.object));
        let Some(first) = twice.first() else { return Ok(()) };
        let of = objects.iter().filter(|split| first.is_same(&object::reference(&split.object)));
        let owners: BTreeSet<&str> = of.filter_map(|split| split.component.as_deref()).collect();
        let owners: Vec<&str> = owners.into_iter().collect();
        let apart = match owners.as_slice() {
            [] | [_] => String::new(),
            several => format!(" Place {} on different clusters.", several.join(" and ")),
        };
        let message = format!(
            "The package holds {first} twice in namespace {}, which would overwrite each other.{apart}",
            self.input.identity.namespace
        );
        Err(error(ErrorCode::ObjectInvalid, owners.first().copied(), message))
    }

    fn intent(&self, split: &Split) -> Result<Intent, SplitError> {
        let identity = self.input.identity;
        let namespace = &identity.namespace;
        let mut services: BTreeMap<String, Value> = BTreeMap::new();
        let mut local: BTreeMap<ClusterId, BTreeSet<String>> = BTreeMap::new();
        for (id, objects) in &split.clusters {
            let packaged = objects.iter().filter(|split| split.role != Role::Link).map(|split| &split.object);
            for object in packaged.filter(|object| object::kind(object) == "Service") {
                let name = object::name(object).to_owned();
                local.entry(*id).or_default().insert(name.clone());
                services.entry(name).or_insert_with(|| object.clone());
            }
        }
        let taking_part: BTreeSet<ClusterId> =
            split.links.iter().flat_map(|link| [link.from_cluster, link.to_cluster]).collect();
        let mut sites = BTreeMap::new();
        for id in self.used.iter().filter(|id| taking_part.contains(id)) {
            let cluster = self.cluster(*id)?;
            let callers = split
                .links
                .iter()
                .filter(|link| link.from_cluster == *id)
                .map(|link| {
                    let labels = BTreeMap::from([
                        (LABEL_SERVICE.to_owned(), identity.service.to_string()),
                        (LABEL_COMPONENT.to_owned(), label_value(&link.from)),
                    ]);
                    (link.from.clone(), labels)
                })
                .collect();
            sites.insert(
                *id,
                Site {
                    cluster: *id,
                    name: cluster.name.clone(),
                    namespace: namespace.clone(),
                    reachable: cluster.facts.load_balancer,
                    callers,
                    services: split
                        .links
                        .iter()
                        .filter(|link| link.from_cluster == *id)
                        .filter_map(|link| Some((link.service.clone(), services.get(&link.service)?.clone())))
                        .collect(),
                    local: local.remove(id).unwrap_or_default(),
                },
            );
        }
        Ok(Intent { identity: identity.clone(), sites, links: split.links.clone(), options: self.input.link.clone() })
    }

    /// What a person should know about the split as a whole.
    fn remarks(&self, intent: &Intent, out: &mut Split) {
        out.notes.extend(link::remarks(intent));
        if out.links.is_empty() {
            return;
        }
        for document in &self.input.render.documents {
            if document.kind() == "NetworkPolicy" {
                let text = format!(
                    "{} limits connections inside a cluster; let it admit the link agent (label {}).",
                    document.reference(),
                    link::LABEL_LINK
                );
                out.notes.push(Note { code: "network-policy".to_owned(), text });
            }
        }
        for shared in self.input.graph.shared.iter().filter(|shared| !shared.used_by.is_empty()) {
            let Some(document) = self.input.render.documents.get(shared.index) else { continue };
            let routes = matches!(document.kind(), "Ingress" | "HTTPRoute" | "GRPCRoute");
            let sets: BTreeSet<Vec<ClusterId>> = shared
                .used_by
                .iter()
                .map(|user| edges::clusters_of(self.input, &self.input.graph.components[*user].name))
                .collect();
            if routes && sets.len() > 1 {
                let text = format!(
                    "{} routes to components on different clusters; in each cluster only those that run there answer.",
                    document.reference()
                );
                out.notes.push(Note { code: "split-route".to_owned(), text });
            }
        }
    }
}

/// Documents in the service's namespace with cluster-scoped names of their own; Namespaces are left out.
fn isolated(input: &SplitInput<'_>) -> BTreeMap<usize, (Document, Vec<RecordedOverride>)> {
    let documents = &input.render.documents;
    let mut namespaces: BTreeSet<String> = documents
        .iter()
        .map(|document| match document.kind() {
            "Namespace" => document.name(),
            _ => document.namespace(),
        })
        .filter(|namespace| !namespace.starts_with("kube-"))
        .map(str::to_owned)
        .collect();
    namespaces.insert(String::new());
    let isolation = naming::Isolation {
        namespace: input.identity.namespace.clone(),
        suffix: input.identity.suffix(),
        source_namespaces: namespaces.into_iter().collect(),
    };
    let indexes: Vec<usize> = (0..documents.len()).filter(|index| documents[*index].kind() != "Namespace").collect();
    let rest: Vec<Document> = indexes.iter().map(|index| documents[*index].clone()).collect();
    let (moved, recorded) = naming::isolate(&rest, &isolation);
    indexes.into_iter().zip(moved.into_iter().zip(recorded)).collect()
}
