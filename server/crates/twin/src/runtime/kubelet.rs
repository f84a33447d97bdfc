//! The kubelets' loop: every assigned pod is moved on by one step per pass.

use std::{future::Future, pin::Pin, sync::Arc};

use chrono::{DateTime, Duration, Utc};
use serde_json::Value;

use super::{ContainerRun, Phase, PodRun, drive, process, status, volumes};
use crate::{
    clock,
    cluster::{Cluster, State},
    controllers::{events, sooner},
    json as at, ops,
};

/// One pass over all pods that have a node.
pub fn run(state: &mut State, cluster: &Arc<Cluster>, next: &mut Option<DateTime<Utc>>) {
    let pods: Vec<_> =
        state.store.list("pods", None).filter(|pod| !at::text(pod, "/spec/nodeName").is_empty()).cloned().collect();
    bury(state);
    for pod in pods {
        let uid = at::uid(&pod).to_owned();
        let mut run = state.pods.remove(&uid).unwrap_or_else(|| adopt(state, &pod));
        if at::deleting(&pod) {
            if stop(state, &pod, &mut run, next) {
                continue;
            }
        } else if !matches!(at::text(&pod, "/status/phase"), "Succeeded" | "Failed") {
            advance(state, cluster, &pod, &mut run, next);
            status::write(state, &pod, &run);
        }
        state.pods.insert(uid, run);
    }
}

/// Ends what belongs to pods that are no longer there.
fn bury(state: &mut State) {
    let gone: Vec<String> = state.pods.keys().filter(|uid| state.store.by_uid(uid).is_none()).cloned().collect();
    for uid in gone {
        if let Some(mut run) = state.pods.remove(&uid) {
            for container in run.containers.values_mut() {
                if let Some(process) = container.process.take() {
                    process.kill();
                }
            }
            remove_folder(&run);
        }
    }
}

fn remove_folder(run: &PodRun) {
    if let Some(folder) = &run.folder
        && let Err(error) = std::fs::remove_dir_all(folder)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        tracing::debug!(error = %error, "removing a pod folder failed");
    }
}

/// A pod seen for the first time: new, or running since before this process.
fn adopt(state: &State, pod: &Value) -> PodRun {
    let mut run =
        PodRun { name: at::name(pod).to_owned(), ip: at::text(pod, "/status/podIP").to_owned(), ..PodRun::default() };
    run.seen = !run.ip.is_empty();
    run.folder =
        state.pods_dir.as_ref().filter(|_| drive::is_real(state, pod)).map(|dir| dir.join("pods").join(at::uid(pod)));
    let inits = !at::list(pod, "/spec/initContainers").is_empty();
    for group in ["initContainers", "containers"] {
        let known = if group == "containers" { "containerStatuses" } else { "initContainerStatuses" };
        for spec in at::list(pod, &format!("/spec/{group}")) {
            let name = at::text(spec, "/name");
            let reason = if inits && group == "containers" { "PodInitializing" } else { "ContainerCreating" };
            let mut container = ContainerRun::waiting(reason);
            let before = at::list(pod, &format!("/status/{known}")).iter().find(|one| at::text(one, "/name") == name);
            if let Some(before) = before {
                resume(&mut container, before, run.folder.is_some());
            }
            run.containers.insert(name.to_owned(), container);
        }
    }
    if let Some(folder) = &run.folder {
        process::end_orphans(folder, at::uid(pod));
    }
    run
}

/// Takes up a container after the twin itself was restarted: simulated ones never noticed, real ones ended with it.
fn resume(container: &mut ContainerRun, before: &Value, real: bool) {
    container.restarts = at::int(before, "/restartCount").and_then(|n| u32::try_from(n).ok()).unwrap_or(0);
    if let Some(since) = clock::parse(at::text(before, "/state/running/startedAt")) {
        if real {
            container.restarts += 1;
        } else {
            container.phase = Phase::Running { since };
            container.ready = at::flag(before, "/ready");
        }
    } else if let (Some(code), Some(started), Some(finished)) = (
        at::int(before, "/state/terminated/exitCode"),
        clock::parse(at::text(before, "/state/terminated/startedAt")),
        clock::parse(at::text(before, "/state/terminated/finishedAt")),
    ) {
        let reason = at::text(before, "/state/terminated/reason").to_owned();
        let code = i32::try_from(code).unwrap_or(1);
        container.phase = Phase::Terminated(super::Exit { code, signal: None, reason, started, finished });
    }
}

fn advance(
    state: &mut State,
    cluster: &Arc<Cluster>,
    pod: &Arc<Value>,
    run: &mut PodRun,
    next: &mut Option<DateTime<Utc>>,
) {
    if run.ip.is_empty() {
        if let Err(message) = volumes::ready(state, pod) {
            if run.complaint != message {
                events::emit(state, "Pod", pod, "Warning", "FailedMount", &message);
                run.complaint = message;
            }
            return;
        }
        if !run.seen {
            run.seen = true;
            mark(state, pod, run);
            // The next pass makes the sandbox: clients see ContainerCreating first, as they do in the field.
            sooner(next, state.now);
            return;
        }
        let taken = state.pods.values().map(|other| other.ip.clone()).filter(|ip| !ip.is_empty()).collect();
        run.ip = if at::flag(pod, "/spec/hostNetwork") { state.net.node(0) } else { state.net.pod(&taken) };
    }
    if let Some(folder) = run.folder.clone()
        && !folder.join("mounted").exists()
        && let Err(error) = volumes::mount(state, pod, &folder, &run.ip)
    {
        let message = format!("MountVolume.SetUp failed: {error}");
        if run.complaint != message {
            events::emit(state, "Pod", pod, "Warning", "FailedMount", &message);
            run.complaint = message;
        }
        return;
    }
    for spec in at::list(pod, "/spec/initContainers") {
        drive::container(state, cluster, pod, spec, run, true, next);
        let sidecar = at::text(spec, "/restartPolicy") == "Always";
        let passed = run.containers.get(at::text(spec, "/name")).is_some_and(|one| match &one.phase {
            Phase::Terminated(exit) => exit.code == 0,
            Phase::Running { .. } => sidecar && one.ready,
            Phase::Waiting { .. } => false,
        });
        if !passed {
            return;
        }
    }
    for spec in at::list(pod, "/spec/containers") {
        drive::container(state, cluster, pod, spec, run, false, next);
    }
}

/// Says on the pod that it does not run for real.
fn mark(state: &mut State, pod: &Value, run: &PodRun) {
    if run.folder.is_some() {
        return;
    }
    if let Some(live) = state.store.get("pods", at::namespace(pod), at::name(pod)) {
        let mut marked = (*live).clone();
        at::set(&mut marked, &format!("/metadata/annotations/{}", super::SIMULATED.replace('/', "~1")), "true");
        state.save("pods", marked);
    }
}

/// Ends a pod's containers and then the pod; whether it is gone.
fn stop(state: &mut State, pod: &Arc<Value>, run: &mut PodRun, next: &mut Option<DateTime<Utc>>) -> bool {
    let grace = at::int(pod, "/metadata/deletionGracePeriodSeconds").unwrap_or(30);
    let begun = match run.stopping {
        Some(begun) => begun,
        None => {
            let now = state.now;
            run.stopping = Some(now);
            for (name, container) in &run.containers {
                if container.is_running() {
                    status::container_event(
                        state,
                        pod,
                        false,
                        name,
                        "Normal",
                        "Killing",
                        &format!("Stopping container {name}"),
                    );
                }
                if let Some(process) = &container.process {
                    process.terminate();
                }
            }
            sooner(next, now);
            if run.folder.is_none() {
                return false;
            }
            now
        }
    };
    let late = state.now >= begun + Duration::seconds(grace.max(1));
    let mut alive = false;
    for container in run.containers.values_mut() {
        if let Some(process) = &container.process
            && process.exit().is_none()
        {
            alive = true;
            if late {
                process.kill();
            }
        }
    }
    if alive {
        sooner(next, state.now + Duration::milliseconds(100));
        return false;
    }
    remove_folder(run);
    let mut released = (**pod).clone();
    at::set(&mut released, "/metadata/deletionGracePeriodSeconds", 0);
    let kind = state.kind("pods");
    if at::list(pod, "/metadata/finalizers").is_empty() {
        ops::remove(state, &kind, at::namespace(pod), at::name(pod));
        return true;
    }
    if released != **pod {
        state.store.put(&kind.id, released);
    }
    false
}

/// Futures that end when every real process has.
pub fn end_all(state: &mut State) -> Vec<Pin<Box<dyn Future<Output = ()> + Send>>> {
    let mut ends: Vec<Pin<Box<dyn Future<Output = ()> + Send>>> = vec![];
    for run in state.pods.values_mut() {
        for container in run.containers.values_mut() {
            if let Some(process) = container.process.take() {
                ends.push(Box::pin(process.end()));
            }
        }
    }
    if state.config.state_dir.is_none()
        && let Some(folder) = &state.pods_dir
    {
        let folder = folder.clone();
        ends.push(Box::pin(async move {
            if let Err(error) = tokio::fs::remove_dir_all(&folder).await {
                tracing::debug!(error = %error, "removing the node folder failed");
            }
        }));
    }
    ends
}
