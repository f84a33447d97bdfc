//! ReplicaSets: as many pods as wanted.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use super::{events, owned};
use crate::{cluster::State, json as at};

const ID: &str = "replicasets.apps";

/// One pass over all ReplicaSets.
pub fn run(state: &mut State, next: &mut Option<DateTime<Utc>>) {
    for set in state.store.all(ID) {
        let failure = if at::deleting(&set) { None } else { fill(state, &set, next) };
        report(state, &set, failure);
    }
}

/// Creates or deletes pods; the text of a refusal.
fn fill(state: &mut State, set: &Arc<Value>, next: &mut Option<DateTime<Utc>>) -> Option<String> {
    let wanted = usize::try_from(at::int(set, "/spec/replicas").unwrap_or(1)).unwrap_or(0);
    let mut pods: Vec<_> = owned::of(state, "pods", set).into_iter().filter(|pod| owned::is_active(pod)).collect();
    if pods.len() < wanted {
        if owned::pausing(state, set, next) {
            return known_failure(set);
        }
        for _ in pods.len()..wanted {
            let mut pod = owned::pod_from(
                &set["spec"]["template"],
                at::namespace(set),
                owned::reference("apps/v1", "ReplicaSet", set),
            );
            at::set(&mut pod, "/metadata/generateName", format!("{}-", at::name(set)));
            if let Err(message) = owned::create(state, "pods", pod, "ReplicaSet", set, next) {
                return Some(message);
            }
        }
    }
    if pods.len() > wanted {
        // Unassigned first, then not ready, then the youngest.
        pods.sort_by_key(|pod| {
            let assigned = !at::text(pod, "/spec/nodeName").is_empty();
            (assigned, owned::is_ready(pod), std::cmp::Reverse(at::text(pod, "/metadata/creationTimestamp").to_owned()))
        });
        for pod in pods.iter().take(pods.len() - wanted) {
            owned::delete(state, "pods", pod);
            events::emit(
                state,
                "ReplicaSet",
                set,
                "Normal",
                "SuccessfulDelete",
                &format!("Deleted pod: {}", at::name(pod)),
            );
        }
    }
    None
}

fn known_failure(set: &Value) -> Option<String> {
    at::list(set, "/status/conditions")
        .iter()
        .find(|one| at::text(one, "/type") == "ReplicaFailure")
        .map(|one| at::text(one, "/message").to_owned())
}

fn report(state: &mut State, set: &Arc<Value>, failure: Option<String>) {
    let pods: Vec<_> = owned::of(state, "pods", set).into_iter().filter(|pod| owned::is_active(pod)).collect();
    let ready = pods.iter().filter(|pod| owned::is_ready(pod)).count();
    let mut status =
        json!({"observedGeneration": at::int(set, "/metadata/generation").unwrap_or(1), "replicas": pods.len()});
    if !pods.is_empty() {
        status["fullyLabeledReplicas"] = pods.len().into();
    }
    if ready > 0 {
        status["readyReplicas"] = ready.into();
        status["availableReplicas"] = ready.into();
    }
    if let Some(message) = failure {
        let now = state.stamp();
        status["conditions"] = json!([owned::condition(set, "ReplicaFailure", "True", "FailedCreate", &message, &now)]);
    }
    if let Some(live) = state.store.get(ID, at::namespace(set), at::name(set)) {
        state.save_status(ID, &live, status);
    }
}
