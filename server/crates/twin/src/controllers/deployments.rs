//! Deployments: a ReplicaSet per template, rolled or recreated.

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};

use super::{events, owned, sooner};
use crate::{clock, cluster::State, json as at};

const ID: &str = "deployments.apps";
const SETS: &str = "replicasets.apps";
const REVISION: &str = "deployment.kubernetes.io/revision";

/// One pass over all Deployments.
pub fn run(state: &mut State, next: &mut Option<DateTime<Utc>>) {
    for deployment in state.store.all(ID) {
        if at::deleting(&deployment) {
            continue;
        }
        if !at::flag(&deployment, "/spec/paused") {
            roll(state, &deployment);
        }
        if let Some(deployment) = state.store.get(ID, at::namespace(&deployment), at::name(&deployment)) {
            report(state, &deployment, next);
        }
    }
}

fn count(object: &Value, pointer: &str) -> i64 {
    at::int(object, pointer).unwrap_or(0)
}

/// `25%` or a number, of a total.
fn share(object: &Value, pointer: &str, total: i64, up: bool) -> i64 {
    match object.pointer(pointer) {
        Some(Value::Number(number)) => number.as_i64().unwrap_or(0),
        Some(Value::String(text)) => match text.strip_suffix('%').and_then(|percent| percent.parse::<i64>().ok()) {
            Some(percent) if up => (total * percent + 99) / 100,
            Some(percent) => total * percent / 100,
            None => text.parse().unwrap_or(0),
        },
        _ => 0,
    }
}

fn roll(state: &mut State, deployment: &Arc<Value>) {
    let template = &deployment["spec"]["template"];
    let hash = owned::template_hash(template);
    let sets = owned::of(state, SETS, deployment);
    let (mut fresh, old): (Vec<_>, Vec<_>) =
        sets.into_iter().partition(|set| at::text(set, "/metadata/labels/pod-template-hash") == hash);
    let wanted = count(deployment, "/spec/replicas");
    let recreate = at::text(deployment, "/spec/strategy/type") == "Recreate";
    let (mut surge, mut missing) = (
        share(deployment, "/spec/strategy/rollingUpdate/maxSurge", wanted, true),
        share(deployment, "/spec/strategy/rollingUpdate/maxUnavailable", wanted, false),
    );
    if surge == 0 && missing == 0 {
        missing = 1;
    }
    if recreate {
        (surge, missing) = (0, wanted);
    }
    let revision = |set: &Arc<Value>| at::annotation(set, REVISION).parse::<i64>().unwrap_or(0);
    let latest = old.iter().map(&revision).max().unwrap_or(0);
    if fresh.is_empty() {
        if recreate && old.iter().any(|set| count(set, "/status/replicas") > 0 || count(set, "/spec/replicas") > 0) {
            for set in &old {
                scale(state, deployment, set, 0);
            }
            return;
        }
        let total: i64 = old.iter().map(|set| count(set, "/spec/replicas")).sum();
        let first = if old.is_empty() { wanted } else { (wanted + surge - total).clamp(0, wanted) };
        if let Some(set) = make(state, deployment, &hash, latest + 1, first) {
            fresh.push(set);
        }
    }
    let Some(new) = fresh.first().cloned() else { return };
    if revision(&new) <= latest {
        // A rollback brings an old template back as the newest revision.
        let mut raised = (*new).clone();
        at::set(&mut raised, "/metadata/annotations/deployment.kubernetes.io~1revision", (latest + 1).to_string());
        state.save(SETS, raised);
    }
    let newest = state.store.get(SETS, at::namespace(&new), at::name(&new)).unwrap_or(new);
    annotate(state, deployment, at::annotation(&newest, REVISION));
    let active: Vec<_> = old.iter().filter(|set| count(set, "/spec/replicas") > 0).cloned().collect();
    let old_total: i64 = active.iter().map(|set| count(set, "/spec/replicas")).sum();
    let new_count = count(&newest, "/spec/replicas");
    if new_count > wanted {
        scale(state, deployment, &newest, wanted);
    } else if new_count < wanted {
        let room = if active.is_empty() { wanted - new_count } else { (wanted + surge - old_total - new_count).max(0) };
        if recreate && old.iter().any(|set| count(set, "/status/replicas") > 0) {
            for set in &active {
                scale(state, deployment, set, 0);
            }
            return;
        }
        scale(state, deployment, &newest, (new_count + room).min(wanted));
    }
    let newest = state.store.get(SETS, at::namespace(&newest), at::name(&newest)).unwrap_or(newest);
    let new_count = count(&newest, "/spec/replicas");
    let new_missing = (new_count - count(&newest, "/status/availableReplicas")).max(0);
    let mut allowed = old_total + new_count - (wanted - missing) - new_missing;
    for set in &active {
        let here = count(set, "/spec/replicas");
        let unhealthy = (here - count(set, "/status/availableReplicas")).max(0);
        // Replicas that never became available go first and cost nothing.
        let down = unhealthy.max(allowed.clamp(0, here)).min(here);
        if down > 0 && (allowed > 0 || unhealthy > 0) {
            scale(state, deployment, set, here - down);
            allowed -= down;
        }
    }
    tidy(state, deployment, &old);
}

fn tidy(state: &mut State, deployment: &Value, old: &[Arc<Value>]) {
    let limit = usize::try_from(at::int(deployment, "/spec/revisionHistoryLimit").unwrap_or(10)).unwrap_or(10);
    let mut idle: Vec<_> =
        old.iter().filter(|set| count(set, "/spec/replicas") == 0 && count(set, "/status/replicas") == 0).collect();
    idle.sort_by_key(|set| at::annotation(set, REVISION).parse::<i64>().unwrap_or(0));
    for set in idle.iter().take(idle.len().saturating_sub(limit)) {
        owned::delete(state, SETS, set);
    }
}

fn annotate(state: &mut State, deployment: &Arc<Value>, revision: &str) {
    if at::annotation(deployment, REVISION) != revision {
        let mut marked = (**deployment).clone();
        at::set(&mut marked, "/metadata/annotations/deployment.kubernetes.io~1revision", revision);
        state.save(ID, marked);
    }
}

fn make(state: &mut State, deployment: &Value, hash: &str, revision: i64, replicas: i64) -> Option<Arc<Value>> {
    let mut template = deployment["spec"]["template"].clone();
    at::set(&mut template, "/metadata/labels/pod-template-hash", hash);
    let mut selector = deployment["spec"]["selector"].clone();
    at::set(&mut selector, "/matchLabels/pod-template-hash", hash);
    let set = json!({
        "apiVersion": "apps/v1", "kind": "ReplicaSet",
        "metadata": {
            "name": format!("{}-{hash}", at::name(deployment)), "namespace": at::namespace(deployment),
            "labels": template["metadata"]["labels"],
            "annotations": {
                REVISION: revision.to_string(), "deployment.kubernetes.io/desired-replicas": count(deployment, "/spec/replicas").to_string(),
            },
            "ownerReferences": owned::reference("apps/v1", "Deployment", deployment),
        },
        "spec": {"replicas": replicas, "selector": selector, "template": template},
    });
    match state.make(SETS, set) {
        Ok(made) => {
            let message = format!("Scaled up replica set {} from 0 to {replicas}", at::name(&made));
            events::emit(state, "Deployment", deployment, "Normal", "ScalingReplicaSet", &message);
            Some(made)
        }
        Err(error) => {
            let message = format!("Failed to create new replica set: {}", error.message);
            events::emit(state, "Deployment", deployment, "Warning", "ReplicaSetCreateError", &message);
            None
        }
    }
}

fn scale(state: &mut State, deployment: &Value, set: &Arc<Value>, to: i64) {
    let from = count(set, "/spec/replicas");
    let Some(live) = state.store.get(SETS, at::namespace(set), at::name(set)).filter(|_| from != to) else { return };
    let mut scaled = (*live).clone();
    at::set(&mut scaled, "/spec/replicas", to);
    at::set(&mut scaled, "/metadata/generation", count(&live, "/metadata/generation") + 1);
    state.save(SETS, scaled);
    let direction = if to > from { "up" } else { "down" };
    let message = format!("Scaled {direction} replica set {} from {from} to {to}", at::name(set));
    events::emit(state, "Deployment", deployment, "Normal", "ScalingReplicaSet", &message);
}

fn report(state: &mut State, deployment: &Arc<Value>, next: &mut Option<DateTime<Utc>>) {
    let hash = owned::template_hash(&deployment["spec"]["template"]);
    let sets = owned::of(state, SETS, deployment);
    let new = sets.iter().find(|set| at::text(set, "/metadata/labels/pod-template-hash") == hash);
    let sum = |pointer: &str| sets.iter().map(|set| count(set, pointer)).sum::<i64>();
    let wanted = count(deployment, "/spec/replicas");
    let (replicas, ready, available) =
        (sum("/status/replicas"), sum("/status/readyReplicas"), sum("/status/availableReplicas"));
    let updated = new.map_or(0, |set| count(set, "/status/replicas"));
    let now = state.stamp();
    let missing = share(deployment, "/spec/strategy/rollingUpdate/maxUnavailable", wanted, false);
    let enough = available >= wanted - missing;
    let mut conditions = vec![if enough {
        owned::condition(
            deployment,
            "Available",
            "True",
            "MinimumReplicasAvailable",
            "Deployment has minimum availability.",
            &now,
        )
    } else {
        owned::condition(
            deployment,
            "Available",
            "False",
            "MinimumReplicasUnavailable",
            "Deployment does not have minimum availability.",
            &now,
        )
    }];
    let complete = updated == wanted && replicas == wanted && available == wanted && new.is_some();
    let set_name = new.map_or("", |set| at::name(set)).to_owned();
    let known = at::list(deployment, "/status/conditions").iter().find(|one| at::text(one, "/type") == "Progressing");
    let moved = count(deployment, "/status/updatedReplicas") != updated
        || count(deployment, "/status/readyReplicas") != ready
        || count(deployment, "/status/availableReplicas") != available
        || count(deployment, "/status/observedGeneration") != count(deployment, "/metadata/generation");
    let last = known.map_or("", |one| at::text(one, "/lastUpdateTime"));
    let updated_at = if moved || last.is_empty() { now.clone() } else { last.to_owned() };
    let deadline = clock::parse(&updated_at)
        .map(|at| at + Duration::seconds(count(deployment, "/spec/progressDeadlineSeconds").max(1)));
    let late = !complete && deadline.is_some_and(|deadline| state.now > deadline);
    let mut progress = if complete {
        let message = format!("ReplicaSet \"{set_name}\" has successfully progressed.");
        owned::condition(deployment, "Progressing", "True", "NewReplicaSetAvailable", &message, &now)
    } else if late {
        let message = format!("ReplicaSet \"{set_name}\" has timed out progressing.");
        owned::condition(deployment, "Progressing", "False", "ProgressDeadlineExceeded", &message, &now)
    } else {
        if let Some(deadline) = deadline {
            sooner(next, deadline + Duration::seconds(1));
        }
        let message = format!("ReplicaSet \"{set_name}\" is progressing.");
        owned::condition(deployment, "Progressing", "True", "ReplicaSetUpdated", &message, &now)
    };
    let settled = known.is_some_and(|one| one["reason"] == progress["reason"] && complete);
    progress["lastUpdateTime"] = if settled { last.into() } else { updated_at.into() };
    conditions.push(progress);
    for set in &sets {
        for failure in
            at::list(set, "/status/conditions").iter().filter(|one| at::text(one, "/type") == "ReplicaFailure")
        {
            conditions.push(failure.clone());
        }
    }
    for condition in &mut conditions {
        let since = condition["lastTransitionTime"].clone();
        at::default(condition, "/lastUpdateTime", since);
    }
    let mut status = json!({"observedGeneration": count(deployment, "/metadata/generation")});
    for (field, value) in [
        ("replicas", replicas),
        ("updatedReplicas", updated),
        ("readyReplicas", ready),
        ("availableReplicas", available),
        ("unavailableReplicas", (wanted.max(replicas) - available).max(0)),
    ] {
        if value > 0 {
            status[field] = value.into();
        }
    }
    status["conditions"] = conditions.into();
    state.save_status(ID, deployment, status);
}
