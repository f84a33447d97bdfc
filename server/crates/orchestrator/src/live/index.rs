//! Objects of one service in one namespace of one cluster, as the watch tells them, and the view of them. Pure.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use hypo_model::{
    cause, entry, health,
    identity::label_value,
    ports::cluster::{Change, LABEL_COMPONENT},
};
use hypo_shared::{ClusterId, service::Health};
use serde_json::Value;

use super::{ClaimView, ComponentView, EventView, PodView, ServiceView, label};
use crate::{Failure, Site, volumes};

/// Events that are kept per site.
const EVENTS: usize = 200;

/// What one watch has told so far.
pub(super) struct Index {
    pub site: Site,
    objects: BTreeMap<(String, String), Value>,
    /// Why the watch is broken, while it is.
    pub away: Option<String>,
    /// When the watch last said something.
    told: Option<DateTime<Utc>>,
}

impl Index {
    pub fn new(site: Site) -> Self {
        Self { site, objects: BTreeMap::new(), away: None, told: None }
    }

    /// Takes in a change.
    pub fn take(&mut self, change: Change, now: DateTime<Utc>) {
        if !matches!(change, Change::Lost(_)) {
            self.told = Some(now);
        }
        match change {
            Change::Restarted(kind) => {
                self.away = None;
                self.objects.retain(|(known, _), _| *known != kind);
            }
            Change::Applied(object) => {
                self.away = None;
                if let Some(key) = key(&object) {
                    self.objects.insert(key, object);
                }
            }
            Change::Deleted(object) => {
                if let Some(key) = key(&object) {
                    self.objects.remove(&key);
                }
            }
            Change::Lost(error) => self.away = Some(error.message),
        }
    }

    fn of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Value> {
        self.objects.iter().filter(move |((known, _), _)| known == kind).map(|(_, object)| object)
    }

    /// The components of this site.
    pub fn components(&self) -> Vec<ComponentView> {
        let events: Vec<Value> = self.of_kind("Event").cloned().collect();
        self.site
            .workloads
            .iter()
            .map(|workload| {
                let value = label_value(&workload.component);
                let pods: Vec<Value> = self
                    .of_kind("Pod")
                    .filter(|pod| label(pod, LABEL_COMPONENT) == Some(value.as_str()))
                    .cloned()
                    .collect();
                let live = self.objects.get(&(workload.kind.clone(), workload.name.clone()));
                let seen = health::of_component(live, &pods);
                let cause = (seen.health != Health::Healthy)
                    .then(|| cause::explain(&pods, &events, live, &[]))
                    .flatten()
                    .map(|cause| Failure::of_cause(cause, &self.site.name));
                let pods: Vec<PodView> = pods.iter().map(pod).collect();
                ComponentView {
                    component: workload.component.clone(),
                    kind: workload.kind.clone(),
                    cluster: self.site.cluster,
                    namespace: self.site.namespace.clone(),
                    health: if self.away.is_some() { Health::Unknown } else { seen.health },
                    message: self.away.clone().unwrap_or(seen.message),
                    ready: seen.ready,
                    desired: seen.desired,
                    restarts: pods.iter().map(|pod| pod.restarts).sum(),
                    images: images(live),
                    pods,
                    cause,
                    observed_at: self.told,
                }
            })
            .collect()
    }

    fn events(&self) -> impl Iterator<Item = EventView> {
        let cluster = self.site.cluster;
        let ours: Vec<&str> =
            self.objects.keys().filter(|(kind, _)| kind != "Event").map(|(_, name)| name.as_str()).collect();
        self.of_kind("Event").filter_map(move |event| {
            let name = text(event, "/involvedObject/name")?;
            // Events carry no label of ours. A pod that is gone already is known by its workload's name.
            let known = ours.contains(&name.as_str())
                || self.site.workloads.iter().any(|workload| name.starts_with(&workload.name));
            known.then(|| EventView {
                at: time(event, &["/lastTimestamp", "/eventTime", "/metadata/creationTimestamp"]).unwrap_or_default(),
                cluster,
                object: format!("{}/{name}", text(event, "/involvedObject/kind").unwrap_or_default()),
                kind: text(event, "/type").unwrap_or_default(),
                reason: text(event, "/reason").unwrap_or_default(),
                message: text(event, "/message").unwrap_or_default(),
                count: number(event, "/count").max(1),
            })
        })
    }

    fn claims(&self) -> impl Iterator<Item = ClaimView> {
        self.of_kind("PersistentVolumeClaim").map(|claim| ClaimView {
            cluster: self.site.cluster,
            component: volumes::component_of(claim),
            claim: text(claim, "/metadata/name").unwrap_or_default(),
            bytes: volumes::bytes_of(claim),
            bound: text(claim, "/status/phase").as_deref() == Some("Bound"),
        })
    }
}

/// The view over all sites of a service.
pub(super) fn view<'a>(indexes: impl Iterator<Item = &'a Index> + Clone) -> ServiceView {
    let mut components: Vec<ComponentView> = indexes.clone().flat_map(Index::components).collect();
    components.sort_by(|a, b| (&a.component, a.cluster).cmp(&(&b.component, b.cluster)));
    let mut events: Vec<EventView> = indexes.clone().flat_map(Index::events).collect();
    events.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.object.cmp(&b.object)));
    events.truncate(EVENTS);
    let health = components.iter().map(|component| component.health).reduce(Health::worse).unwrap_or_default();
    let unwell: Vec<&str> = components
        .iter()
        .filter(|component| component.health != Health::Healthy)
        .map(|component| component.component.as_str())
        .collect();
    ServiceView {
        message: if unwell.is_empty() { String::new() } else { format!("Not healthy: {}", unwell.join(", ")) },
        health,
        entry_points: indexes.clone().map(|index| (index.site.cluster, entry_points(index))).collect(),
        claims: indexes.clone().flat_map(Index::claims).collect(),
        away: indexes.filter_map(|index| Some((index.site.cluster, index.away.clone()?))).collect(),
        components,
        events,
    }
}

fn entry_points(index: &Index) -> Vec<entry::EntryPoint> {
    let objects: Vec<Value> = index.of_kind("Service").chain(index.of_kind("Ingress")).cloned().collect();
    let mut nodes: Vec<String> = index.of_kind("Pod").filter_map(|pod| text(pod, "/status/hostIP")).collect();
    nodes.sort();
    nodes.dedup();
    entry::points(&objects, &nodes)
}

fn pod(pod: &Value) -> PodView {
    let statuses = pod.pointer("/status/containerStatuses").and_then(Value::as_array);
    let restarts = statuses.into_iter().flatten().map(|status| number(status, "/restartCount")).sum();
    let conditions = pod.pointer("/status/conditions").and_then(Value::as_array);
    let containers = pod.pointer("/spec/containers").and_then(Value::as_array);
    PodView {
        name: text(pod, "/metadata/name").unwrap_or_default(),
        phase: text(pod, "/status/phase").unwrap_or_default(),
        ready: conditions
            .into_iter()
            .flatten()
            .any(|condition| condition["type"] == "Ready" && condition["status"] == "True"),
        restarts,
        node: text(pod, "/spec/nodeName"),
        simulated: pod.pointer("/metadata/annotations/twin.hypo.dev~1simulated").and_then(Value::as_str)
            == Some("true"),
        started_at: time(pod, &["/status/startTime"]),
        containers: containers.into_iter().flatten().filter_map(|container| text(container, "/name")).collect(),
    }
}

fn images(workload: Option<&Value>) -> Vec<String> {
    let spec = workload.and_then(|workload| {
        workload.pointer("/spec/template/spec/containers").or_else(|| workload.pointer("/spec/containers"))
    });
    let containers = spec.and_then(Value::as_array);
    containers.into_iter().flatten().filter_map(|container| text(container, "/image")).collect()
}

fn key(object: &Value) -> Option<(String, String)> {
    Some((text(object, "/kind")?, text(object, "/metadata/name")?))
}

fn text(object: &Value, pointer: &str) -> Option<String> {
    object.pointer(pointer).and_then(Value::as_str).map(str::to_owned)
}

fn number(object: &Value, pointer: &str) -> u32 {
    object.pointer(pointer).and_then(Value::as_u64).and_then(|number| u32::try_from(number).ok()).unwrap_or(0)
}

fn time(object: &Value, pointers: &[&str]) -> Option<DateTime<Utc>> {
    pointers
        .iter()
        .filter_map(|pointer| text(object, pointer))
        .find_map(|stamp| DateTime::parse_from_rfc3339(&stamp).ok())
        .map(|stamp| stamp.with_timezone(&Utc))
}

/// The status rows that the store keeps of a view.
pub(super) fn clusters(view: &ServiceView) -> impl Iterator<Item = (&ComponentView, ClusterId)> {
    view.components.iter().map(|component| (component, component.cluster))
}
