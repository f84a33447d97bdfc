//! Observed health of a component.

use hypo_shared::service::Health;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{cause, object};

/// Health of a component in one cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComponentHealth {
    pub health: Health,
    /// Replicas that are ready; for a Job, completions.
    pub ready: u32,
    pub desired: u32,
    /// A sentence for people.
    pub message: String,
}

/// Health of a component from its workload and its pods. `None` as workload: it is not there.
#[must_use]
pub fn of_component(workload: Option<&Value>, pods: &[Value]) -> ComponentHealth {
    let Some(object) = workload else {
        return said(Health::Failed, 0, 0, "The workload is not there.");
    };
    match object::kind(object) {
        "Job" => job(object, pods),
        "CronJob" => cron(object),
        "Pod" => bare_pod(object),
        kind => replicas(kind, object, pods),
    }
}

fn said(health: Health, ready: u32, desired: u32, message: impl Into<String>) -> ComponentHealth {
    ComponentHealth { health, ready, desired, message: message.into() }
}

fn count(value: &Value, pointer: &str) -> Option<u32> {
    object::number(value, pointer).and_then(|count| u32::try_from(count).ok())
}

fn replicas(kind: &str, object: &Value, pods: &[Value]) -> ComponentHealth {
    let daemon = kind == "DaemonSet";
    let (desired, ready, updated) = if daemon {
        ("/status/desiredNumberScheduled", "/status/numberReady", "/status/updatedNumberScheduled")
    } else {
        ("/spec/replicas", "/status/readyReplicas", "/status/updatedReplicas")
    };
    let seen = object::number(object, "/status/observedGeneration").unwrap_or_default()
        >= object::number(object, "/metadata/generation").unwrap_or_default();
    let ready = count(object, ready).unwrap_or_default();
    let Some(desired) = count(object, desired).or(if daemon { None } else { Some(1) }) else {
        return said(Health::Progressing, ready, 0, "The cluster has not looked at it yet.");
    };
    // A ReplicaSet has no generations of pods.
    let updated = if kind == "ReplicaSet" { desired } else { count(object, updated).unwrap_or_default() };
    let rolled = seen && updated >= desired;
    let counted =
        format!("{} of {desired} replicas {} ready.", ready.min(desired), if desired == 1 { "is" } else { "are" });
    if rolled && ready >= desired {
        let text = if desired == 0 { "It is scaled to none.".to_owned() } else { counted };
        return said(Health::Healthy, ready.min(desired), desired, text);
    }
    let wrong = cause::is_failing(pods, Some(object));
    let text = wrong.as_ref().map_or_else(|| counted.clone(), |wrong| format!("{counted} {wrong}"));
    let health = match (ready, wrong.is_some()) {
        (0, true) => Health::Failed,
        (_, true) => Health::Degraded,
        (0, false) => Health::Progressing,
        (_, false) if !rolled || pods.iter().any(starting) => Health::Progressing,
        (_, false) => Health::Degraded,
    };
    said(health, ready.min(desired), desired, text)
}

/// On its way up for the first time.
fn starting(pod: &Value) -> bool {
    let statuses = object::array(pod, "/status/containerStatuses");
    let fresh = |status: &Value| {
        object::number(status, "/restartCount").unwrap_or_default() == 0
            && (status.pointer("/state/waiting").is_some() || status.get("started") == Some(&Value::Bool(false)))
    };
    object::text(pod, "/metadata/deletionTimestamp").is_empty()
        && (object::text(pod, "/status/phase") == "Pending" || statuses.iter().any(fresh))
}

fn condition<'a>(object: &'a Value, kind: &str) -> Option<&'a Value> {
    object::array(object, "/status/conditions")
        .iter()
        .find(|condition| object::text(condition, "/type") == kind && object::text(condition, "/status") == "True")
}

fn job(object: &Value, pods: &[Value]) -> ComponentHealth {
    let desired = count(object, "/spec/completions").unwrap_or(1);
    let done = count(object, "/status/succeeded").unwrap_or_default();
    if condition(object, "Complete").is_some() {
        return said(Health::Healthy, done, desired, "The job has ended well.");
    }
    if let Some(failed) = condition(object, "Failed") {
        let words = object::text(failed, "/message");
        return said(Health::Failed, done, desired, format!("The job failed: {words}"));
    }
    match cause::is_failing(pods, Some(object)) {
        Some(wrong) => said(Health::Degraded, done, desired, wrong),
        None => said(Health::Progressing, done, desired, format!("{done} of {desired} runs have ended well.")),
    }
}

fn cron(object: &Value) -> ComponentHealth {
    if object::truth(object, "/spec/suspend") {
        return said(Health::Healthy, 0, 0, "The schedule is suspended.");
    }
    said(Health::Healthy, 0, 0, format!("It runs on the schedule {}.", object::text(object, "/spec/schedule")))
}

fn bare_pod(pod: &Value) -> ComponentHealth {
    if condition(pod, "Ready").is_some() {
        return said(Health::Healthy, 1, 1, "The pod is ready.");
    }
    match (object::text(pod, "/status/phase"), cause::is_failing(std::slice::from_ref(pod), None)) {
        ("Succeeded", _) => said(Health::Healthy, 1, 1, "The pod has ended well."),
        (_, Some(wrong)) => said(Health::Failed, 0, 1, wrong),
        ("Failed", None) => said(Health::Failed, 0, 1, "The pod has failed."),
        _ => said(Health::Progressing, 0, 1, "The pod is starting."),
    }
}

#[cfg(test)]
mod tests;
