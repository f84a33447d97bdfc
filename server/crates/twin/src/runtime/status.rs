//! The status of a pod as its kubelet writes it.

use serde_json::{Value, json};

use super::{ContainerRun, Exit, Phase, PodRun};
use crate::{clock, cluster::State, controllers::events, json as at};

fn terminated(exit: &Exit, id: &str) -> Value {
    let mut state = json!({
        "exitCode": exit.code, "reason": exit.reason, "startedAt": clock::seconds(exit.started),
        "finishedAt": clock::seconds(exit.finished), "containerID": id,
    });
    if let Some(signal) = exit.signal {
        state["signal"] = signal.into();
    }
    state
}

fn container(spec: &Value, run: &ContainerRun, uid: &str, init: bool) -> Value {
    let (name, image) = (at::text(spec, "/name"), at::text(spec, "/image"));
    let id = |restart: u32| format!("twin://{:016x}", crate::rng::hash(&format!("{uid}/{name}/{restart}")));
    let pulled = !matches!(&run.phase, Phase::Waiting { .. }) || run.restarts > 0 || run.last.is_some();
    let now = match &run.phase {
        Phase::Waiting { reason, message } if message.is_empty() => json!({"waiting": {"reason": reason}}),
        Phase::Waiting { reason, message } => json!({"waiting": {"reason": reason, "message": message}}),
        Phase::Running { since } => json!({"running": {"startedAt": clock::seconds(*since)}}),
        Phase::Terminated(exit) => json!({"terminated": terminated(exit, &id(run.restarts))}),
    };
    let last = run
        .last
        .as_ref()
        .map_or(json!({}), |exit| json!({"terminated": terminated(exit, &id(run.restarts.saturating_sub(1)))}));
    let done = init && matches!(&run.phase, Phase::Terminated(exit) if exit.code == 0);
    json!({
        "name": name, "state": now, "lastState": last, "ready": run.ready || done, "restartCount": run.restarts,
        "image": image, "imageID": if pulled { format!("twin://{image}") } else { String::new() },
        "containerID": if pulled { id(run.restarts) } else { String::new() },
        "started": run.is_running(),
    })
}

/// The phase of a pod from its containers (kubelet's getPhase).
fn phase(pod: &Value, run: &PodRun) -> &'static str {
    let policy = at::text(pod, "/spec/restartPolicy");
    let all = |group: &str| -> Vec<&ContainerRun> {
        at::list(pod, &format!("/spec/{group}"))
            .iter()
            .filter_map(|one| run.containers.get(at::text(one, "/name")))
            .collect()
    };
    let inits = all("initContainers");
    if policy == "Never" && inits.iter().any(|one| matches!(&one.phase, Phase::Terminated(exit) if exit.code != 0)) {
        return "Failed";
    }
    let mains = all("containers");
    let (mut running, mut waiting, mut good, mut bad) = (0, 0, 0, 0);
    for one in &mains {
        match &one.phase {
            Phase::Running { .. } => running += 1,
            Phase::Waiting { .. } if one.last.is_some() => running += 1,
            Phase::Waiting { .. } => waiting += 1,
            Phase::Terminated(exit) if exit.code == 0 => good += 1,
            Phase::Terminated(_) => bad += 1,
        }
    }
    if waiting > 0 || mains.is_empty() {
        "Pending"
    } else if running > 0 || policy == "Always" || (bad > 0 && policy == "OnFailure") {
        "Running"
    } else if bad > 0 {
        "Failed"
    } else if good > 0 {
        "Succeeded"
    } else {
        "Pending"
    }
}

/// Writes the status of a pod when it differs.
pub fn write(state: &mut State, pod: &Value, run: &PodRun) {
    let Some(live) = state.store.get("pods", at::namespace(pod), at::name(pod)) else { return };
    let now = state.stamp();
    let uid = at::uid(pod);
    let statuses = |group: &str| -> Vec<Value> {
        at::list(pod, &format!("/spec/{group}"))
            .iter()
            .filter_map(|spec| {
                Some(container(spec, run.containers.get(at::text(spec, "/name"))?, uid, group == "initContainers"))
            })
            .collect()
    };
    let (inits, mains) = (statuses("initContainers"), statuses("containers"));
    let phase = phase(pod, run);
    let init_done = inits.iter().all(|one| at::flag(one, "/ready") || at::flag(one, "/started"));
    let unready: Vec<_> =
        mains.iter().filter(|one| !at::flag(one, "/ready")).map(|one| at::text(one, "/name")).collect();
    let ready = unready.is_empty() && phase == "Running" && init_done;
    let mut conditions = vec![];
    let mut condition = |kind: &str, ok: bool, reason: &str, message: String| {
        let known = at::list(&live, "/status/conditions").iter().find(|one| at::text(one, "/type") == kind);
        let status = if ok { "True" } else { "False" };
        let same = known.is_some_and(|one| at::text(one, "/status") == status);
        let since = known.filter(|_| same).map_or(now.as_str(), |one| at::text(one, "/lastTransitionTime"));
        let mut entry = json!({"type": kind, "status": status, "lastProbeTime": null, "lastTransitionTime": since});
        if !ok && !reason.is_empty() {
            entry["reason"] = reason.into();
            if !message.is_empty() {
                entry["message"] = message.into();
            }
        }
        conditions.push(entry);
    };
    let names = unready.join(" ");
    let (reason, message) = if phase == "Succeeded" {
        ("PodCompleted", String::new())
    } else if phase == "Failed" {
        ("PodFailed", String::new())
    } else {
        ("ContainersNotReady", format!("containers with unready status: [{names}]"))
    };
    let unfinished: Vec<_> =
        inits.iter().filter(|one| !at::flag(one, "/ready")).map(|one| at::text(one, "/name")).collect();
    condition(
        "PodReadyToStartContainers",
        !run.ip.is_empty() && !matches!(phase, "Succeeded" | "Failed"),
        "",
        String::new(),
    );
    condition(
        "Initialized",
        init_done,
        "ContainersNotInitialized",
        format!("containers with incomplete status: [{}]", unfinished.join(" ")),
    );
    condition("Ready", ready, reason, message.clone());
    condition("ContainersReady", ready, reason, message);
    condition("PodScheduled", true, "", String::new());
    let started = at::text(&live, "/status/startTime");
    let mut status = json!({
        "phase": phase, "conditions": conditions, "startTime": if started.is_empty() { now.clone() } else { started.to_owned() },
        "qosClass": at::text(&live, "/status/qosClass"), "containerStatuses": mains,
    });
    if let Some(node) = state.store.get("nodes", "", at::text(pod, "/spec/nodeName")) {
        let host = at::text(&node, "/status/addresses/0/address").to_owned();
        status["hostIP"] = host.clone().into();
        status["hostIPs"] = json!([{"ip": host}]);
    }
    if !run.ip.is_empty() {
        status["podIP"] = run.ip.clone().into();
        status["podIPs"] = json!([{"ip": run.ip}]);
    }
    if !inits.is_empty() {
        status["initContainerStatuses"] = inits.into();
    }
    state.save_status("pods", &live, status);
}

/// An event about one container of a pod.
pub fn container_event(
    state: &mut State,
    pod: &Value,
    init: bool,
    name: &str,
    severity: &str,
    reason: &str,
    message: &str,
) {
    let group = if init { "initContainers" } else { "containers" };
    events::emit_on(state, "Pod", pod, &format!("spec.{group}{{{name}}}"), severity, reason, message);
}
