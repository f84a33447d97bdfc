//! Everything the cluster says about a component, in one shape.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{object, ports::cluster::LABEL_COMPONENT};

/// One thing that was said.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Sighting {
    /// `Pod/name`, `Event/Pod/name`, `Deployment/name`.
    pub(super) source: String,
    pub(super) reason: String,
    pub(super) message: String,
    pub(super) container: String,
    pub(super) image: String,
    pub(super) exit: Option<i64>,
    /// ` than cpu 4, memory 8Gi per replica`, or empty.
    pub(super) requests: String,
    restarts: i64,
}

impl Sighting {
    /// The cluster's words, with what a message leaves out.
    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        if let Some(exit) = self.exit {
            out = format!("Exit code {exit}");
            if self.restarts > 0 {
                out.push_str(&format!(", {} restarts", self.restarts));
            }
            out.push_str(". ");
        }
        match (self.reason.is_empty(), self.message.is_empty()) {
            (false, false) => out.push_str(&format!("{}: {}", self.reason, self.message)),
            (false, true) => out.push_str(&format!("{}.", self.reason)),
            _ => out.push_str(&self.message),
        }
        out
    }
}

/// The component's name.
pub(super) fn component(pods: &[Value], workload: Option<&Value>) -> String {
    let labelled = workload.into_iter().chain(pods).map(|object| object::label(object, LABEL_COMPONENT));
    let named = workload.into_iter().chain(pods).map(object::name);
    labelled.chain(named).find(|name| !name.is_empty()).unwrap_or("the component").to_owned()
}

/// All sightings: the workload, its pods, and the events about them.
pub(super) fn all(pods: &[Value], events: &[Value], workload: Option<&Value>) -> Vec<Sighting> {
    let live: Vec<&Value> =
        pods.iter().filter(|pod| object::text(pod, "/metadata/deletionTimestamp").is_empty()).collect();
    let mut out = Vec::new();
    if let Some(workload) = workload {
        conditions(workload, &mut out);
    }
    let ends = workload.is_some_and(|workload| matches!(object::kind(workload), "Job" | "CronJob"));
    let troubled: Vec<&Value> = live.iter().copied().filter(|pod| !fine(pod, ends)).collect();
    for pod in &troubled {
        states(pod, ends, &mut out);
    }
    let about = About::new(&troubled, live.is_empty() || !troubled.is_empty(), workload);
    out.extend(events.iter().filter_map(|event| about.sighting(event)));
    // A program that ends by itself fails its probes too: then the end is the cause, not the probe. A probe's own kill
    // shows as SIGKILL or SIGTERM.
    if out.iter().any(|seen| seen.exit.is_some_and(|code| !matches!(code, 0 | 137 | 143))) {
        out.retain(|seen| seen.reason != "Unhealthy" && seen.reason != "Killing");
    }
    out
}

/// Ready, or for a program that may end, ended well.
fn fine(pod: &Value, ends: bool) -> bool {
    let ready = object::array(pod, "/status/conditions")
        .iter()
        .any(|condition| object::text(condition, "/type") == "Ready" && object::text(condition, "/status") == "True");
    ready || ends && object::text(pod, "/status/phase") == "Succeeded"
}

fn conditions(workload: &Value, out: &mut Vec<Sighting>) {
    let source = format!("{}/{}", object::kind(workload), object::name(workload));
    for condition in object::array(workload, "/status/conditions") {
        let (kind, status) = (object::text(condition, "/type"), object::text(condition, "/status"));
        let bad = match kind {
            "ReplicaFailure" | "Failed" => status == "True",
            "Progressing" => status == "False",
            _ => false,
        };
        if bad {
            out.push(Sighting {
                source: source.clone(),
                reason: object::text(condition, "/reason").to_owned(),
                message: object::text(condition, "/message").to_owned(),
                ..Sighting::default()
            });
        }
    }
}

fn states(pod: &Value, ends: bool, out: &mut Vec<Sighting>) {
    let source = format!("Pod/{}", object::name(pod));
    for condition in object::array(pod, "/status/conditions") {
        if object::text(condition, "/type") == "PodScheduled" && object::text(condition, "/status") == "False" {
            out.push(Sighting {
                source: source.clone(),
                reason: object::text(condition, "/reason").to_owned(),
                message: object::text(condition, "/message").to_owned(),
                requests: requests(pod),
                ..Sighting::default()
            });
        }
    }
    if object::text(pod, "/status/reason") == "Evicted" {
        out.push(Sighting {
            source: source.clone(),
            reason: "Evicted".to_owned(),
            message: object::text(pod, "/status/message").to_owned(),
            ..Sighting::default()
        });
    }
    let init = object::array(pod, "/status/initContainerStatuses").iter().map(|status| (status, true));
    let main = object::array(pod, "/status/containerStatuses").iter().map(|status| (status, false));
    for (status, init) in init.chain(main) {
        container(status, &source, ends || init, out);
    }
}

/// A container that waits for a reason, or that ended and should not have.
fn container(status: &Value, source: &str, ends: bool, out: &mut Vec<Sighting>) {
    let restarts = object::number(status, "/restartCount").unwrap_or_default();
    let make = |state: &Value, exit: Option<i64>| Sighting {
        source: source.to_owned(),
        reason: object::text(state, "/reason").to_owned(),
        message: object::text(state, "/message").to_owned(),
        container: object::text(status, "/name").to_owned(),
        image: object::text(status, "/image").to_owned(),
        exit,
        requests: String::new(),
        restarts,
    };
    let last = status.pointer("/lastState/terminated");
    let exit_of = |state: &Value| object::number(state, "/exitCode");
    let waiting = status.pointer("/state/waiting");
    let now = status.pointer("/state/terminated");
    // An end is told before the back-off that follows from it: it says why (for example OOMKilled).
    for ended in now.into_iter().chain(last.filter(|_| waiting.is_some() || restarts > 1)) {
        let code = exit_of(ended);
        if code == Some(0) && (ends || waiting.is_none() && restarts == 0) {
            continue;
        }
        out.push(make(ended, code));
    }
    if let Some(waiting) = waiting
        .filter(|waiting| !matches!(object::text(waiting, "/reason"), "ContainerCreating" | "PodInitializing" | ""))
    {
        out.push(make(waiting, last.and_then(exit_of)));
    }
}

/// What one replica asks for, as part of a remedy.
fn requests(pod: &Value) -> String {
    use hypo_shared::quantity;
    let mut cpu = 0_u64;
    let mut memory = 0_u64;
    for container in object::array(pod, "/spec/containers") {
        let text = |key: &str| object::text(container, &format!("/resources/requests/{key}")).to_owned();
        cpu += quantity::cpu_millis(&text("cpu")).unwrap_or_default();
        memory += quantity::bytes(&text("memory")).unwrap_or_default();
    }
    match (cpu, memory) {
        (0, 0) => String::new(),
        (cpu, 0) => format!(" than {cpu}m CPU per replica"),
        (cpu, memory) => format!(" than {cpu}m CPU and {} per replica", quantity::format_bytes(memory)),
    }
}

/// Which events concern the component.
struct About<'a> {
    pods: BTreeSet<&'a str>,
    claims: BTreeSet<&'a str>,
    /// Pods with their containers' images, for events that name only the pod.
    troubled: &'a [&'a Value],
    /// Whether events about the workload itself still count.
    workload: Option<(&'a str, &'a str)>,
    templates: Vec<String>,
}

impl<'a> About<'a> {
    fn new(troubled: &'a [&'a Value], open: bool, workload: Option<&'a Value>) -> Self {
        let claims = troubled
            .iter()
            .flat_map(|pod| object::array(pod, "/spec/volumes"))
            .map(|volume| object::text(volume, "/persistentVolumeClaim/claimName"))
            .filter(|claim| !claim.is_empty())
            .collect();
        let name = workload.map_or("", object::name);
        let templates = workload
            .map(|workload| object::array(workload, "/spec/volumeClaimTemplates"))
            .into_iter()
            .flatten()
            .map(|template| format!("{}-{name}-", object::name(template)))
            .collect();
        Self {
            pods: troubled.iter().map(|pod| object::name(pod)).collect(),
            claims,
            troubled,
            workload: workload.filter(|_| open).map(|workload| (object::kind(workload), object::name(workload))),
            templates,
        }
    }

    fn sighting(&self, event: &Value) -> Option<Sighting> {
        let about = event.get("involvedObject").or_else(|| event.get("regarding"))?;
        let (kind, name) = (object::text(about, "/kind"), object::text(about, "/name"));
        let ours = match kind {
            "Pod" => self.pods.contains(name),
            "PersistentVolumeClaim" => {
                self.claims.contains(name)
                    || self.workload.is_some()
                        && self.templates.iter().any(|template| name.starts_with(template.as_str()))
            }
            _ => self.workload.is_some_and(|(own, workload)| {
                kind == own && name == workload
                    || kind == "ReplicaSet" && own == "Deployment" && child(name, workload)
                    || kind == "Job" && own == "CronJob" && child(name, workload)
            }),
        };
        if !ours || object::text(event, "/type") == "Normal" && object::text(event, "/reason") != "Killing" {
            return None;
        }
        let message = [object::text(event, "/message"), object::text(event, "/note")].concat();
        let path = object::text(about, "/fieldPath");
        let container = path.split_once('{').and_then(|(_, rest)| rest.split_once('}')).map_or("", |(name, _)| name);
        let pod = self.troubled.iter().find(|pod| object::name(pod) == name);
        let image = pod
            .into_iter()
            .flat_map(|pod| object::array(pod, "/spec/containers"))
            .find(|spec| object::text(spec, "/name") == container)
            .map_or_else(|| quoted(&message).unwrap_or_default(), |spec| object::text(spec, "/image").to_owned());
        Some(Sighting {
            source: format!("Event/{kind}/{name}"),
            reason: object::text(event, "/reason").to_owned(),
            message,
            container: container.to_owned(),
            image,
            requests: pod.map(|pod| requests(pod)).unwrap_or_default(),
            ..Sighting::default()
        })
    }
}

/// `name` is `owner` and one generated part.
fn child(name: &str, owner: &str) -> bool {
    name.strip_prefix(owner)
        .and_then(|rest| rest.strip_prefix('-'))
        .is_some_and(|rest| !rest.is_empty() && !rest.contains('-'))
}

/// The first quoted part of a message: the kubelet quotes the image.
fn quoted(message: &str) -> Option<String> {
    message.split('"').nth(1).map(str::to_owned)
}
