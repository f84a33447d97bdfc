//! Jobs: pods until enough of them have succeeded.

use std::sync::Arc;

use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};

use super::{events, owned, sooner};
use crate::{clock, cluster::State, json as at};

const ID: &str = "jobs.batch";

/// One pass over all Jobs.
pub fn run(state: &mut State, next: &mut Option<DateTime<Utc>>) {
    for job in state.store.all(ID) {
        if at::deleting(&job) {
            continue;
        }
        if ended(&job).is_some() {
            expire(state, &job, next);
        } else {
            work(state, &job, next);
        }
    }
}

/// `Complete` or `Failed` once true.
pub fn ended(job: &Value) -> Option<&str> {
    at::list(job, "/status/conditions")
        .iter()
        .find(|one| at::text(one, "/status") == "True" && matches!(at::text(one, "/type"), "Complete" | "Failed"))
        .map(|one| at::text(one, "/type"))
}

fn expire(state: &mut State, job: &Arc<Value>, next: &mut Option<DateTime<Utc>>) {
    let Some(seconds) = at::int(job, "/spec/ttlSecondsAfterFinished") else { return };
    let last = at::list(job, "/status/conditions").last().map_or("", |one| at::text(one, "/lastTransitionTime"));
    let Some(due) = clock::parse(last).map(|at| at + Duration::seconds(seconds)) else { return };
    if state.now >= due {
        owned::delete(state, ID, job);
    } else {
        sooner(next, due);
    }
}

fn work(state: &mut State, job: &Arc<Value>, next: &mut Option<DateTime<Utc>>) {
    let pods = owned::of(state, "pods", job);
    let phase = |wanted: &str| pods.iter().filter(|pod| at::text(pod, "/status/phase") == wanted).count();
    let (succeeded, failed) = (phase("Succeeded"), phase("Failed"));
    let active: Vec<_> = pods.iter().filter(|pod| owned::is_active(pod)).cloned().collect();
    let number = |pointer: &str, other: i64| usize::try_from(at::int(job, pointer).unwrap_or(other)).unwrap_or(0);
    let parallel = number("/spec/parallelism", 1);
    let completions = job.pointer("/spec/completions").and_then(Value::as_u64).and_then(|n| usize::try_from(n).ok());
    let restarts: usize = active
        .iter()
        .flat_map(|pod| at::list(pod, "/status/containerStatuses"))
        .filter_map(|one| at::int(one, "/restartCount").and_then(|n| usize::try_from(n).ok()))
        .sum();
    let limit = number("/spec/backoffLimit", 6);
    let now = state.stamp();
    let mut conditions = at::list(job, "/status/conditions").to_vec();
    let mut finished = |state: &mut State, kind: &str, reason: &str, message: &str, severity: &str| {
        conditions.push(json!({
            "type": kind, "status": "True", "lastProbeTime": now, "lastTransitionTime": now, "reason": reason, "message": message,
        }));
        let event = if kind == "Complete" { "Completed" } else { reason };
        events::emit(state, "Job", job, severity, event, message);
    };
    let started = clock::parse(at::text(job, "/status/startTime")).unwrap_or(state.now);
    let late = at::int(job, "/spec/activeDeadlineSeconds").map(|seconds| started + Duration::seconds(seconds));
    let done = completions.map_or(succeeded > 0 && active.is_empty(), |wanted| succeeded >= wanted);
    let mut running = active.len();
    let mut over = true;
    if done {
        finished(state, "Complete", "CompletionsReached", "Job completed", "Normal");
    } else if failed > limit || restarts > limit {
        finished(state, "Failed", "BackoffLimitExceeded", "Job has reached the specified backoff limit", "Warning");
    } else if late.is_some_and(|late| state.now >= late) {
        finished(state, "Failed", "DeadlineExceeded", "Job was active longer than specified deadline", "Warning");
    } else {
        over = false;
        if let Some(late) = late {
            sooner(next, late);
        }
        if !at::flag(job, "/spec/suspend") {
            let left = completions.map_or(parallel, |wanted| wanted.saturating_sub(succeeded));
            running += start(state, job, active.len(), parallel.min(left), next);
        }
    }
    if over {
        for pod in &active {
            owned::delete(state, "pods", pod);
        }
        running = 0;
    }
    let ready = active.iter().filter(|pod| owned::is_ready(pod)).count();
    let begun = if at::text(job, "/status/startTime").is_empty() {
        now.clone()
    } else {
        at::text(job, "/status/startTime").to_owned()
    };
    let mut status = json!({"startTime": begun, "ready": if over { 0 } else { ready }, "terminating": 0, "uncountedTerminatedPods": {}});
    for (field, value) in [("active", running), ("succeeded", succeeded), ("failed", failed)] {
        if value > 0 {
            status[field] = value.into();
        }
    }
    if !conditions.is_empty() {
        status["conditions"] = conditions.into();
    }
    if done {
        status["completionTime"] = now.into();
    }
    if let Some(live) = state.store.get(ID, at::namespace(job), at::name(job)) {
        state.save_status(ID, &live, status);
    }
}

fn start(state: &mut State, job: &Arc<Value>, active: usize, wanted: usize, next: &mut Option<DateTime<Utc>>) -> usize {
    if active >= wanted || owned::pausing(state, job, next) {
        return 0;
    }
    let mut made = 0;
    for _ in active..wanted {
        let mut pod =
            owned::pod_from(&job["spec"]["template"], at::namespace(job), owned::reference("batch/v1", "Job", job));
        at::set(&mut pod, "/metadata/generateName", format!("{}-", at::name(job)));
        if owned::create(state, "pods", pod, "Job", job, next).is_err() {
            break;
        }
        made += 1;
    }
    made
}
