//! DaemonSets: a pod on every fitting node.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{owned, scheduler};
use crate::{cluster::State, json as at};

const ID: &str = "daemonsets.apps";

/// One pass over all DaemonSets.
pub fn run(state: &mut State, next: &mut Option<DateTime<Utc>>) {
    for set in state.store.all(ID) {
        let nodes: Vec<_> = state
            .store
            .all("nodes")
            .into_iter()
            .filter(|node| scheduler::selects(&set["spec"]["template"]["spec"], node))
            .collect();
        if !at::deleting(&set) {
            place(state, &set, &nodes, next);
        }
        report(state, &set, nodes.len());
    }
}

fn place(state: &mut State, set: &Arc<Value>, nodes: &[Arc<Value>], next: &mut Option<DateTime<Utc>>) {
    let hash = owned::template_hash(&set["spec"]["template"]);
    let pods = owned::of(state, "pods", set);
    for pod in &pods {
        let stray = !nodes.iter().any(|node| at::name(node) == at::text(pod, "/spec/nodeName"));
        let ended = matches!(at::text(pod, "/status/phase"), "Failed" | "Succeeded");
        if (stray || ended) && !at::deleting(pod) {
            owned::delete(state, "pods", pod);
        }
    }
    for node in nodes {
        let there = pods.iter().any(|pod| at::text(pod, "/spec/nodeName") == at::name(node));
        if there || owned::pausing(state, set, next) {
            continue;
        }
        let mut pod = owned::pod_from(
            &set["spec"]["template"],
            at::namespace(set),
            owned::reference("apps/v1", "DaemonSet", set),
        );
        at::set(&mut pod, "/metadata/generateName", format!("{}-", at::name(set)));
        at::set(&mut pod, "/metadata/labels/controller-revision-hash", hash.clone());
        at::set(&mut pod, "/spec/nodeName", at::name(node));
        if owned::create(state, "pods", pod, "DaemonSet", set, next).is_err() {
            return;
        }
    }
    let all_ready = pods.len() == nodes.len() && pods.iter().all(|pod| owned::is_ready(pod) && !at::deleting(pod));
    let outdated = pods.iter().find(|pod| at::text(pod, "/metadata/labels/controller-revision-hash") != hash);
    if let Some(pod) = outdated.filter(|pod| (all_ready || !owned::is_ready(pod)) && !at::deleting(pod))
        && at::text(set, "/spec/updateStrategy/type") != "OnDelete"
    {
        owned::delete(state, "pods", pod);
    }
}

fn report(state: &mut State, set: &Arc<Value>, desired: usize) {
    let hash = owned::template_hash(&set["spec"]["template"]);
    let pods: Vec<_> = owned::of(state, "pods", set).into_iter().filter(|pod| owned::is_active(pod)).collect();
    let ready = pods.iter().filter(|pod| owned::is_ready(pod)).count();
    let updated = pods.iter().filter(|pod| at::text(pod, "/metadata/labels/controller-revision-hash") == hash).count();
    let mut status = json!({
        "observedGeneration": at::int(set, "/metadata/generation").unwrap_or(1),
        "currentNumberScheduled": pods.len(), "desiredNumberScheduled": desired, "numberMisscheduled": 0,
        "numberReady": ready, "updatedNumberScheduled": updated,
    });
    if ready > 0 {
        status["numberAvailable"] = ready.into();
    }
    if desired > ready {
        status["numberUnavailable"] = (desired - ready).into();
    }
    if let Some(live) = state.store.get(ID, at::namespace(set), at::name(set)) {
        state.save_status(ID, &live, status);
    }
}
