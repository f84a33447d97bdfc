//! Kubelets: simulated containers, and containers that run as real local processes.
//!
//! A pod whose containers' images start with a prefix of [`crate::TwinConfig::programs`] runs for real on
//! Linux: the program replaces the image's entry point (and the first word of `command`), the rest of
//! `command` and `args` are passed on. There are no namespaces and no root privileges, so the process finds
//! its world in the environment:
//!
//! * `HYPO_POD_IP` (and `POD_IP`): the pod's own loopback address; listen there and nowhere else
//! * `HYPO_HOSTS`: `name=ip,name.ns=ip,name.ns.svc=ip,...` for every Service, since there is no DNS
//! * `HYPO_TWIN_ROOT`: folder under which every `mountPath` is found (`$HYPO_TWIN_ROOT/data` for `/data`)
//! * `NAME_SERVICE_HOST`, `NAME_SERVICE_PORT`, `NAME_PORT_...`: as Kubernetes injects them; a ClusterIP is a
//!   loopback address on which the twin forwards TCP to ready pods, as node ports and load balancers are
//! * an Ingress of a class the cluster has answers on port 80 of the first node, routed by host and path
//! * `HOSTNAME` and the container's own `env`, with ConfigMap, Secret, field and resource references
//!
//! All other pods carry the annotation `twin.hypo.dev/simulated: "true"`, and their logs say so first.

mod drive;
mod env;
mod ingress;
pub(crate) mod kubelet;
pub(crate) mod log;
mod probe;
mod process;
pub(crate) mod proxy;
mod status;
mod volumes;

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use chrono::{DateTime, Utc};

use log::Log;
use process::Process;

/// Annotation of pods that do not run for real.
pub(crate) const SIMULATED: &str = "twin.hypo.dev/simulated";
/// Annotation on a pod template that makes its containers fail: `crash`, `probe` or `pull`.
pub(crate) const FAULT: &str = "hypo.dev/twin-fault";

/// What a kubelet knows of a pod.
#[derive(Debug, Default)]
pub(crate) struct PodRun {
    /// Pod address, `""` until the sandbox is there.
    pub ip: String,
    pub name: String,
    /// The first pass only announced the pod.
    pub seen: bool,
    pub containers: BTreeMap<String, ContainerRun>,
    /// Root of the pod's files, when it runs for real.
    pub folder: Option<PathBuf>,
    /// When deletion was first acted upon.
    pub stopping: Option<DateTime<Utc>>,
    /// What the last FailedMount event said.
    pub complaint: String,
}

/// How a container ended.
#[derive(Clone, Debug)]
pub(crate) struct Exit {
    pub code: i32,
    pub signal: Option<i32>,
    pub reason: String,
    pub started: DateTime<Utc>,
    pub finished: DateTime<Utc>,
}

/// State of a container as `containerStatuses` shows it.
#[derive(Clone, Debug)]
pub(crate) enum Phase {
    Waiting { reason: String, message: String },
    Running { since: DateTime<Utc> },
    Terminated(Exit),
}

/// What a kubelet knows of a container.
#[derive(Debug)]
pub(crate) struct ContainerRun {
    pub phase: Phase,
    pub restarts: u32,
    pub last: Option<Exit>,
    /// Nothing happens before this moment.
    pub until: Option<DateTime<Utc>>,
    pub pull_failures: u32,
    pub ready: bool,
    pub process: Option<Process>,
    pub log: Option<Arc<Log>>,
    pub previous_log: Option<Arc<Log>>,
    /// When the last Unhealthy event was sent.
    pub complained: Option<DateTime<Utc>>,
}

impl ContainerRun {
    pub(crate) fn waiting(reason: &str) -> Self {
        Self {
            phase: Phase::Waiting { reason: reason.into(), message: String::new() },
            restarts: 0,
            last: None,
            until: None,
            pull_failures: 0,
            ready: false,
            process: None,
            log: None,
            previous_log: None,
            complained: None,
        }
    }

    pub(crate) fn is_running(&self) -> bool {
        matches!(self.phase, Phase::Running { .. })
    }

    pub(crate) fn wait(&mut self, reason: &str, message: String) {
        self.ready = false;
        self.phase = Phase::Waiting { reason: reason.into(), message };
    }
}
