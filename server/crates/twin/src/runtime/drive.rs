//! One container, one step: pull, configure, start, watch, restart.

use std::{path::PathBuf, sync::Arc};

use chrono::{DateTime, Duration, Utc};
use serde_json::Value;

use super::{ContainerRun, Exit, FAULT, Phase, PodRun, env, log::Log, probe, process, status::container_event};
use crate::{
    cluster::{Cluster, State},
    controllers::sooner,
    faults::FaultKind,
    json as at,
};

/// The program an image maps to: the longest matching prefix, with or without a registry host.
pub fn program<'s>(state: &'s State, image: &str) -> Option<&'s PathBuf> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    let bare = image.split_once('/').filter(|(host, _)| host.contains(['.', ':'])).map_or(image, |(_, rest)| rest);
    state
        .config
        .programs
        .iter()
        .filter(|(prefix, _)| image.starts_with(prefix.as_str()) || bare.starts_with(prefix.as_str()))
        .max_by_key(|(prefix, _)| prefix.len())
        .map(|(_, program)| program)
}

/// Whether every container of a pod maps to a program.
pub fn is_real(state: &State, pod: &Value) -> bool {
    let mut all = at::list(pod, "/spec/initContainers").iter().chain(at::list(pod, "/spec/containers")).peekable();
    all.peek().is_some() && all.all(|one| program(state, at::text(one, "/image")).is_some())
}

fn fault(state: &State, cluster: &Cluster, pod: &Value, image: &str) -> Option<FaultKind> {
    let broken = image.ends_with(":does-not-exist")
        || state.config.broken_images.iter().any(|part| image.contains(part.as_str()));
    if broken {
        return Some(FaultKind::Pull);
    }
    match at::annotation(pod, FAULT) {
        "pull" => Some(FaultKind::Pull),
        "crash" => Some(FaultKind::Crash),
        "probe" => Some(FaultKind::Probe),
        _ => cluster.faults.of_image(image),
    }
}

/// Moves a container on by one step.
pub fn container(
    state: &mut State,
    cluster: &Arc<Cluster>,
    pod: &Arc<Value>,
    spec: &Value,
    run: &mut PodRun,
    init: bool,
    next: &mut Option<DateTime<Utc>>,
) {
    let name = at::text(spec, "/name").to_owned();
    let Some(mut container) = run.containers.remove(&name) else { return };
    let fault = fault(state, cluster, pod, at::text(spec, "/image"));
    if let Some(until) = container.until.filter(|until| *until > state.now) {
        sooner(next, until);
    } else {
        match &container.phase {
            Phase::Waiting { .. } => start(state, cluster, pod, spec, run, &mut container, init, fault),
            Phase::Running { since } => {
                let since = *since;
                watch(state, pod, spec, &mut container, init, fault, since, next);
            }
            Phase::Terminated(exit) => {
                let exit = exit.clone();
                again(state, pod, spec, &mut container, init, &exit);
            }
        }
        if let Some(until) = container.until.filter(|until| *until > state.now) {
            sooner(next, until);
        }
    }
    run.containers.insert(name, container);
}

fn backoff(state: &State, failures: u32) -> Duration {
    Duration::milliseconds(i64::try_from(state.config.backoff_ms << failures.min(4)).unwrap_or(1000))
}

#[expect(clippy::too_many_arguments, reason = "a step needs the pod, its run and the cluster")]
fn start(
    state: &mut State,
    cluster: &Arc<Cluster>,
    pod: &Arc<Value>,
    spec: &Value,
    run: &PodRun,
    container: &mut ContainerRun,
    init: bool,
    fault: Option<FaultKind>,
) {
    let (name, image) = (at::text(spec, "/name").to_owned(), at::text(spec, "/image").to_owned());
    let event = |state: &mut State, severity: &str, reason: &str, message: &str| {
        container_event(state, pod, init, &name, severity, reason, message);
    };
    if fault == Some(FaultKind::Pull) {
        let cause = format!(
            "failed to pull and unpack image {image:?}: failed to resolve reference {image:?}: {image}: not found"
        );
        if matches!(&container.phase, Phase::Waiting { reason, .. } if reason == "ErrImagePull") {
            event(state, "Normal", "BackOff", &format!("Back-off pulling image {image:?}"));
            event(state, "Warning", "Failed", "Error: ImagePullBackOff");
            container.wait("ImagePullBackOff", format!("Back-off pulling image {image:?}: ErrImagePull: {cause}"));
            container.until = Some(state.now + backoff(state, container.pull_failures));
            return;
        }
        event(state, "Normal", "Pulling", &format!("Pulling image {image:?}"));
        event(state, "Warning", "Failed", &format!("Failed to pull image {image:?}: {cause}"));
        event(state, "Warning", "Failed", "Error: ErrImagePull");
        container.pull_failures += 1;
        container.wait("ErrImagePull", cause);
        return;
    }
    let variables = match env::resolve(state, pod, spec, &run.ip) {
        Ok(variables) => variables,
        Err(missing) => {
            let known = matches!(&container.phase, Phase::Waiting { message, .. } if *message == missing);
            if !known {
                event(state, "Warning", "Failed", &format!("Error: {missing}"));
            }
            container.wait("CreateContainerConfigError", missing);
            container.until = Some(state.now + backoff(state, 1));
            return;
        }
    };
    if at::flag(spec, "/securityContext/runAsNonRoot") && at::int(spec, "/securityContext/runAsUser") == Some(0) {
        container.wait("CreateContainerConfigError", "container's runAsUser breaks non-root policy".into());
        container.until = Some(state.now + backoff(state, 4));
        return;
    }
    if container.last.is_none() && container.restarts == 0 {
        event(state, "Normal", "Pulling", &format!("Pulling image {image:?}"));
        event(
            state,
            "Normal",
            "Pulled",
            &format!("Successfully pulled image {image:?} in 42ms (42ms including waiting)"),
        );
    } else {
        event(state, "Normal", "Pulled", &format!("Container image {image:?} already present on machine"));
    }
    container.previous_log = container.log.take().or(container.previous_log.take());
    if let Some(folder) = &run.folder {
        let log = Arc::new(Log::new());
        container.log = Some(log.clone());
        let program = program(state, &image).cloned().unwrap_or_default();
        let root = folder.join(&name);
        match process::start(cluster, &program, spec, variables, &root, at::uid(pod), log) {
            Ok(process) => container.process = Some(process),
            Err(error) => {
                let message =
                    format!("failed to create containerd task: failed to start {}: {error}", program.display());
                event(state, "Warning", "Failed", &format!("Error: {message}"));
                let now = state.now;
                container.phase = Phase::Terminated(Exit {
                    code: 128,
                    signal: None,
                    reason: "StartError".into(),
                    started: now,
                    finished: now,
                });
                return;
            }
        }
        if !init {
            probe::start(cluster, spec, &run.ip, container.process.as_ref());
        }
    }
    event(state, "Normal", "Created", &format!("Created container: {name}"));
    event(state, "Normal", "Started", &format!("Started container {name}"));
    container.until = None;
    container.ready = false;
    container.phase = Phase::Running { since: state.now };
}

#[expect(clippy::too_many_arguments, reason = "a step needs the pod, its run and the cluster")]
fn watch(
    state: &mut State,
    pod: &Arc<Value>,
    spec: &Value,
    container: &mut ContainerRun,
    init: bool,
    fault: Option<FaultKind>,
    since: DateTime<Utc>,
    next: &mut Option<DateTime<Utc>>,
) {
    let name = at::text(spec, "/name").to_owned();
    if let Some(process) = &container.process {
        if let Some((code, signal)) = process.exit() {
            let reason = if code == 0 { "Completed" } else { "Error" };
            container.process = None;
            finish(container, code, signal, reason, since, state.now);
            return;
        }
        let health = process.health();
        for (kind, message) in health.take_complaints() {
            container_event(
                state,
                pod,
                init,
                &name,
                "Warning",
                "Unhealthy",
                &format!("{kind} probe failed: {message}"),
            );
        }
        if health.must_restart() {
            let message = format!("Container {name} failed liveness probe, will be restarted");
            container_event(state, pod, init, &name, "Normal", "Killing", &message);
            process.terminate();
        }
        container.ready = health.is_ready() && fault != Some(FaultKind::Probe);
        if fault == Some(FaultKind::Crash) {
            process.kill();
        }
    } else {
        simulate(state, pod, spec, container, init, fault, since, next);
    }
    if fault == Some(FaultKind::Probe) && !init && container.is_running() {
        container.ready = false;
        if container.complained.is_none_or(|at| state.now - at >= Duration::seconds(10)) {
            container.complained = Some(state.now);
            let message = "Readiness probe failed: HTTP probe failed with statuscode: 503";
            container_event(state, pod, init, &name, "Warning", "Unhealthy", message);
        }
        sooner(next, container.complained.unwrap_or(state.now) + Duration::seconds(10));
    }
}

/// A simulated container: ready after a moment, done after a moment where it is meant to end.
#[expect(clippy::too_many_arguments, reason = "a step needs the pod, its run and the cluster")]
fn simulate(
    state: &State,
    pod: &Value,
    spec: &Value,
    container: &mut ContainerRun,
    init: bool,
    fault: Option<FaultKind>,
    since: DateTime<Utc>,
    next: &mut Option<DateTime<Utc>>,
) {
    let moment = Duration::milliseconds(i64::try_from(state.config.tick_ms).unwrap_or(60));
    let sidecar = init && at::text(spec, "/restartPolicy") == "Always";
    let ends = (init && !sidecar) || at::text(pod, "/spec/restartPolicy") != "Always";
    let life =
        if fault == Some(FaultKind::Crash) { Some(moment) } else { ends.then(|| moment * if init { 1 } else { 4 }) };
    if let Some(life) = life {
        if state.now >= since + life {
            let crashed = fault == Some(FaultKind::Crash);
            finish(container, i32::from(crashed), None, if crashed { "Error" } else { "Completed" }, since, state.now);
            return;
        }
        sooner(next, since + life);
    }
    if fault != Some(FaultKind::Probe) && (sidecar || !init) {
        if state.now >= since + moment {
            container.ready = true;
        } else {
            sooner(next, since + moment);
        }
    }
}

fn finish(
    container: &mut ContainerRun,
    code: i32,
    signal: Option<i32>,
    reason: &str,
    started: DateTime<Utc>,
    finished: DateTime<Utc>,
) {
    container.ready = false;
    container.phase = Phase::Terminated(Exit { code, signal, reason: reason.into(), started, finished });
}

/// After an end: stay ended, start at once the first time, back off after that.
fn again(state: &mut State, pod: &Arc<Value>, spec: &Value, container: &mut ContainerRun, init: bool, exit: &Exit) {
    let policy = if init && at::text(spec, "/restartPolicy") == "Always" {
        "Always"
    } else {
        match at::text(pod, "/spec/restartPolicy") {
            "Always" if init => "OnFailure",
            policy => policy,
        }
    };
    let restart = match policy {
        "Always" => true,
        "OnFailure" => exit.code != 0,
        _ => false,
    };
    if !restart {
        return;
    }
    container.last = Some(exit.clone());
    if exit.finished - exit.started > Duration::minutes(10) {
        container.pull_failures = 0;
    }
    let name = at::text(spec, "/name");
    let crashes = container.restarts;
    container.restarts += 1;
    if crashes == 0 {
        container.wait("ContainerCreating", String::new());
        return;
    }
    let seconds = (10_u64 << (crashes - 1).min(5)).min(300);
    let pod_name = format!("{}_{}({})", at::name(pod), at::namespace(pod), at::uid(pod));
    let message = format!("back-off {} restarting failed container={name} pod={pod_name}", go_duration(seconds));
    container_event(
        state,
        pod,
        init,
        name,
        "Warning",
        "BackOff",
        &format!("Back-off restarting failed container {name} in pod {pod_name}"),
    );
    container.wait("CrashLoopBackOff", message);
    container.until = Some(state.now + backoff(state, crashes));
}

fn go_duration(seconds: u64) -> String {
    if seconds < 60 { format!("{seconds}s") } else { format!("{}m{}s", seconds / 60, seconds % 60) }
}
