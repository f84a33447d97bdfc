//! Desired against live, object by object: the common ground of what a plan shows and what an order applies.

use std::collections::{BTreeMap, BTreeSet};

use hypo_shared::{
    ClusterId, ErrorCode,
    analysis::{Note, ObjectRef},
    plan::{ChangeKind, FieldDiff, VolumePlan},
};
use serde_json::{Value, json};

use super::{ApplyObject, ClusterObjects, PlanError, PlanInput, diff, phase, volumes};
use crate::{
    cluster::Cluster,
    fabric, object,
    ports::cluster::{LABEL_MANAGED, LABEL_ORDER, LABEL_SERVICE, MANAGED},
    split::{self, Role, Split, SplitInput, SplitObject},
};

/// The objects the order applies, secret data included, by cluster. The same input gives the objects that
/// [`super::build`] shows.
///
/// # Errors
/// As [`super::build`].
pub fn objects(input: &PlanInput<'_>) -> Result<BTreeMap<ClusterId, ClusterObjects>, PlanError> {
    Ok(Desired::new(input)?.objects(input))
}

/// Everything wanted and everything to go.
pub(super) struct Desired {
    pub(super) split: Split,
    pub(super) sites: BTreeMap<ClusterId, SiteDesired>,
    pub(super) volumes: Vec<VolumePlan>,
    pub(super) warnings: Vec<Note>,
}

#[derive(Default)]
pub(super) struct SiteDesired {
    pub(super) makes_namespace: bool,
    /// In apply order.
    pub(super) items: Vec<Item>,
    /// Live objects of ours that are no longer wanted, in delete order.
    pub(super) delete: Vec<Value>,
    pub(super) adopt: Vec<ObjectRef>,
    pub(super) mounts: Vec<String>,
    pub(super) discard: Vec<String>,
}

pub(super) struct Item {
    pub(super) split: SplitObject,
    pub(super) phase: u8,
    pub(super) change: ChangeKind,
    pub(super) diff: Vec<FieldDiff>,
}

/// The split's view of a plan's input.
pub(super) fn split_input<'a>(input: &PlanInput<'a>) -> SplitInput<'a> {
    SplitInput {
        render: input.render,
        graph: input.graph,
        analysis: input.analysis,
        clusters: input.clusters,
        request: input.request,
        placement: input.placement,
        identity: input.identity,
        link: input.link,
    }
}

impl Desired {
    pub(super) fn new(input: &PlanInput<'_>) -> Result<Self, PlanError> {
        let view = split_input(input);
        let known = fabric::Observed {
            objects: input
                .observed
                .iter()
                .map(|(cluster, list)| (*cluster, list.iter().filter_map(|seen| seen.live.clone()).collect()))
                .collect(),
            ..fabric::Observed::default()
        };
        let mut split = split::split_with(&view, &known)?;
        let stateful: BTreeSet<&str> = input
            .analysis
            .components
            .iter()
            .filter(|component| component.stateful)
            .map(|component| component.name.as_str())
            .collect();
        let calls = split::calls(&view)?;
        let phases = phase::Phases::new(input.render, input.graph, &calls, &stateful);
        let mut warnings = Vec::new();
        let mut sites = BTreeMap::new();
        for (id, objects) in std::mem::take(&mut split.clusters) {
            let cluster = input.clusters.iter().find(|cluster| cluster.id == id).ok_or_else(|| PlanError {
                code: ErrorCode::PlacementUnknownCluster,
                message: format!("Cluster {id} is not known."),
                component: None,
            })?;
            let objects = objects
                .into_iter()
                .map(|object| {
                    let phase = match object.role {
                        Role::Link => phase::LINKS,
                        _ => phases.of(&object.object, object.source, object.component.as_deref()),
                    };
                    (object, phase)
                })
                .collect();
            sites.insert(id, SiteBuild { input, cluster, warnings: &mut warnings }.build(objects));
        }
        // Clusters the service leaves altogether.
        for id in input.observed.keys().filter(|id| !input.placement.assignments.values().any(|set| set.contains(id))) {
            let delete = gone(input, *id, &[]);
            if !delete.is_empty() {
                sites.insert(*id, SiteDesired { delete, ..SiteDesired::default() });
            }
        }
        let volumes = volumes::plan(input, &sites)?;
        warnings.extend(volumes.notes);
        for (cluster, data) in volumes.sites {
            let site = sites.entry(cluster).or_default();
            let claim = |name: &String| ObjectRef::core("PersistentVolumeClaim", &input.identity.namespace, name);
            site.adopt.extend(data.adopt.iter().map(claim));
            site.mounts = data.mounts;
            site.discard = data.discard;
        }
        Ok(Self { split, sites, volumes: volumes.list, warnings })
    }

    /// What the order does, secret data included.
    pub(super) fn objects(&self, input: &PlanInput<'_>) -> BTreeMap<ClusterId, ClusterObjects> {
        let apply = |item: &Item| ApplyObject {
            object: item.split.object.clone(),
            component: item.split.component.clone(),
            phase: item.phase,
            change: item.change,
            mint: item.split.mint.clone(),
        };
        let objects = |site: &SiteDesired| ClusterObjects {
            namespace: input.identity.namespace.clone(),
            makes_namespace: site.makes_namespace,
            apply: site.items.iter().map(apply).collect(),
            delete: site.delete.iter().map(object::reference).collect(),
            adopt: site.adopt.clone(),
            mounts: site.mounts.clone(),
            discard: site.discard.clone(),
        };
        self.sites.iter().map(|(cluster, site)| (*cluster, objects(site))).collect()
    }
}

struct SiteBuild<'b, 'a> {
    input: &'b PlanInput<'a>,
    cluster: &'a Cluster,
    warnings: &'b mut Vec<Note>,
}

impl SiteBuild<'_, '_> {
    fn build(mut self, objects: Vec<(SplitObject, u8)>) -> SiteDesired {
        let mut site = SiteDesired::default();
        let namespace = self.namespace(&objects, &mut site);
        for (split, phase) in objects {
            if phase == phase::NAMESPACE {
                continue;
            }
            let item = self.item(split, phase);
            site.items.push(item);
        }
        site.items.extend(namespace);
        site.items.sort_by(|a, b| sort_key(a).cmp(&sort_key(b)));
        site.delete = gone(self.input, self.cluster.id, &site.items);
        site
    }

    /// The namespace is made unless it stands there and is not ours.
    fn namespace(&mut self, objects: &[(SplitObject, u8)], site: &mut SiteDesired) -> Option<Item> {
        let identity = self.input.identity;
        let packaged = objects.iter().find(|(_, phase)| *phase == phase::NAMESPACE).map(|(object, _)| object.clone());
        let split = packaged.unwrap_or_else(|| SplitObject {
            object: json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {
                "name": identity.namespace,
                "labels": {
                    LABEL_SERVICE: identity.service.to_string(),
                    LABEL_ORDER: identity.order.to_string(),
                    LABEL_MANAGED: MANAGED,
                },
            }}),
            source: None,
            component: None,
            reason: Some("everything of this order lives in it".to_owned()),
            overrides: Vec::new(),
            mint: None,
            role: Role::Shared,
        });
        let live = live(self.input, self.cluster.id, &split.object);
        let name = &identity.namespace;
        let place = &self.cluster.name;
        if live.is_some_and(|live| self.kept(live)) {
            site.adopt.push(ObjectRef::core("Namespace", "", name));
        } else if live.is_some_and(|live| !self.ours(live)) {
            let text = format!("{place}: namespace {name} is there already and is not ours; it is used and will stay.");
            self.warn("namespace-foreign", text);
            return None;
        }
        let facts = &self.cluster.facts;
        if live.is_none() && !facts.cluster_admin && facts.probed_at.is_some() {
            let text = format!("{place}: the credentials may not create namespace {name}; ask the owner to create it.");
            self.warn("namespace-missing", text);
            return None;
        }
        site.makes_namespace = true;
        Some(self.item(split, phase::NAMESPACE))
    }

    fn item(&mut self, split: SplitObject, phase: u8) -> Item {
        let live = live(self.input, self.cluster.id, &split.object);
        let reference = object::reference(&split.object);
        if live.is_some_and(|live| !self.ours(live) && !self.kept(live)) {
            let text = format!(
                "{}: {reference} is there already and is not ours; the cluster will refuse to overwrite it.",
                self.cluster.name
            );
            self.warn(ErrorCode::ClusterConflict.code(), text);
        }
        let (change, diff) = match live {
            None => (ChangeKind::Create, Vec::new()),
            // Its content is minted, not planned.
            Some(_) if split.mint.is_some() => (ChangeKind::NoChange, Vec::new()),
            Some(live) => match diff(&split.object, Some(live), self.input.digests) {
                same if same.is_empty() => (ChangeKind::NoChange, same),
                differs => (ChangeKind::Update, differs),
            },
        };
        if change == ChangeKind::Update
            && let Some(field) = diff.iter().find(|diff| immutable(&reference.kind, &diff.path))
        {
            let text = format!(
                "{}: {reference} cannot change {} while it stands; delete it first or order it under another name.",
                self.cluster.name, field.path
            );
            self.warn("immutable", text);
        }
        Item { split, phase, change, diff }
    }

    fn ours(&self, live: &Value) -> bool {
        object::label(live, LABEL_SERVICE) == self.input.identity.service.to_string()
    }

    /// A volume that is to be attached again, or the namespace HypO made for it.
    fn kept(&self, live: &Value) -> bool {
        let here = self.input.kept.iter().filter(|kept| kept.cluster == self.cluster.id);
        here.into_iter().any(|kept| match object::kind(live) {
            "PersistentVolumeClaim" => kept.namespace == object::namespace(live) && kept.claim == object::name(live),
            "Namespace" => {
                kept.namespace == object::name(live)
                    && object::label(live, LABEL_MANAGED) == MANAGED
                    && object::label(live, LABEL_SERVICE) == kept.service.to_string()
            }
            _ => false,
        })
    }

    fn warn(&mut self, code: &str, text: String) {
        self.warnings.push(Note { code: code.to_owned(), text });
    }
}

fn sort_key(item: &Item) -> (u8, u8, &str, &str) {
    let object = &item.split.object;
    (
        item.phase,
        phase::rank(object::kind(object)),
        item.split.component.as_deref().unwrap_or_default(),
        object::name(object),
    )
}

/// The live object of the same identity, whatever version it is written in.
fn live<'a>(input: &PlanInput<'a>, cluster: ClusterId, wanted: &Value) -> Option<&'a Value> {
    input.observed.get(&cluster)?.iter().filter_map(|seen| seen.live.as_ref()).find(|live| same(wanted, live))
}

fn same(wanted: &Value, live: &Value) -> bool {
    let group = |object: &Value| object::group(object::api_version(object)).to_owned();
    object::kind(wanted) == object::kind(live)
        && object::name(wanted) == object::name(live)
        && (object::namespace(wanted) == object::namespace(live) || object::cluster_scoped(object::kind(wanted)))
        && (group(wanted) == group(live) || object::kind(wanted) == "Ingress")
}

/// Live objects with the service's label that nothing wants any more: reverse of the apply order. Volumes are named in
/// the plan and never go by themselves; what a controller made goes with its owner; the namespace stays with its rest.
fn gone(input: &PlanInput<'_>, cluster: ClusterId, items: &[Item]) -> Vec<Value> {
    let service = input.identity.service.to_string();
    let mut out: Vec<Value> = input
        .observed
        .get(&cluster)
        .into_iter()
        .flatten()
        .filter_map(|seen| seen.live.as_ref())
        .filter(|live| object::label(live, LABEL_SERVICE) == service)
        .filter(|live| {
            !matches!(
                object::kind(live),
                "PersistentVolumeClaim" | "Namespace" | "Event" | "Endpoints" | "EndpointSlice" | "ControllerRevision"
            )
        })
        .filter(|live| object::array(live, "/metadata/ownerReferences").is_empty())
        .filter(|live| !items.iter().any(|item| same(&item.split.object, live)))
        .cloned()
        .collect();
    out.sort_by(|a, b| {
        let key = |object: &Value| (std::cmp::Reverse(phase::rank(object::kind(object))), object::reference(object));
        key(a).cmp(&key(b))
    });
    out.dedup();
    out
}

/// Fields the API server refuses to change.
fn immutable(kind: &str, path: &str) -> bool {
    match kind {
        "Job" => path.starts_with("/spec/template") || path.starts_with("/spec/selector"),
        "Deployment" | "DaemonSet" | "ReplicaSet" => path.starts_with("/spec/selector"),
        "StatefulSet" => {
            ["/spec/selector", "/spec/volumeClaimTemplates", "/spec/serviceName", "/spec/podManagementPolicy"]
                .iter()
                .any(|fixed| path.starts_with(fixed))
        }
        "PersistentVolumeClaim" => path.starts_with("/spec/") && !path.starts_with("/spec/resources"),
        "RoleBinding" | "ClusterRoleBinding" => path.starts_with("/roleRef"),
        "Secret" => path == "/type",
        _ => false,
    }
}
