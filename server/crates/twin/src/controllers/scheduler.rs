//! The scheduler: real fit by requests, selectors, affinity and taints; the emptiest fitting node wins.

use std::{collections::BTreeMap, sync::Arc};

use hypo_shared::quantity;
use serde_json::{Value, json};

use super::{claims, events, owned};
use crate::{admission::pod_total, cluster::State, json as at, selector::Labels};

struct Room {
    cpu: i64,
    memory: i64,
    pods: i64,
}

/// Places every pod that has no node yet.
pub fn run(state: &mut State) {
    let waiting: Vec<_> = state
        .store
        .list("pods", None)
        .filter(|pod| at::text(pod, "/spec/nodeName").is_empty() && owned::is_active(pod))
        .cloned()
        .collect();
    if waiting.is_empty() {
        return;
    }
    let nodes = state.store.all("nodes");
    for pod in waiting {
        match choose(state, &pod, &nodes) {
            Ok(node) => bind(state, &pod, &node),
            Err(message) => refuse(state, &pod, &message),
        }
    }
}

fn room(state: &State, node: &Value) -> Room {
    let amount = |resource: &str| at::text(node, &format!("/status/allocatable/{resource}"));
    let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    let mut room = Room {
        cpu: number(quantity::cpu_millis(amount("cpu")).unwrap_or(0)),
        memory: number(quantity::bytes(amount("memory")).unwrap_or(0)),
        pods: amount("pods").parse().unwrap_or(110),
    };
    for pod in state.store.list("pods", None).filter(|pod| at::text(pod, "/spec/nodeName") == at::name(node)) {
        if matches!(at::text(pod, "/status/phase"), "Succeeded" | "Failed") {
            continue;
        }
        room.cpu -= number(pod_total(pod, "requests", "cpu"));
        room.memory -= number(pod_total(pod, "requests", "memory"));
        room.pods -= 1;
    }
    room
}

fn choose(state: &mut State, pod: &Value, nodes: &[Arc<Value>]) -> Result<Arc<Value>, String> {
    let all = nodes.len();
    if let Some(problem) = claims::obstacle(state, pod) {
        return Err(format!(
            "0/{all} nodes are available: {problem}. preemption: 0/{all} nodes are available: {all} Preemption is not helpful for scheduling."
        ));
    }
    let number = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    let (cpu, memory) = (number(pod_total(pod, "requests", "cpu")), number(pod_total(pod, "requests", "memory")));
    let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
    let mut best: Option<(i64, Arc<Value>)> = None;
    let mut helpless = 0;
    for node in nodes {
        let room = room(state, node);
        let mut why = vec![];
        if at::flag(node, "/spec/unschedulable") {
            why.push("node(s) were unschedulable".to_owned());
        } else if let Some(taint) = untolerated(&pod["spec"], node) {
            why.push(format!("node(s) had untolerated taint {{{taint}}}"));
        } else if !selects(&pod["spec"], node) {
            why.push("node(s) didn't match Pod's node affinity/selector".to_owned());
        } else if crowded(state, pod, node) {
            why.push("node(s) didn't match pod anti-affinity rules".to_owned());
        }
        helpless += usize::from(!why.is_empty());
        if why.is_empty() {
            for (short, name) in [
                (cpu > 0 && cpu > room.cpu, "Insufficient cpu"),
                (memory > 0 && memory > room.memory, "Insufficient memory"),
                (room.pods < 1, "Too many pods"),
            ] {
                if short {
                    why.push(name.to_owned());
                }
            }
        }
        if why.is_empty() {
            let score = (room.cpu - cpu) + (room.memory - memory) / (1 << 20) + room.pods * 10;
            if best.as_ref().is_none_or(|(known, _)| score > *known) {
                best = Some((score, node.clone()));
            }
        }
        for reason in why {
            *reasons.entry(reason).or_default() += 1;
        }
    }
    if let Some((_, node)) = best {
        return Ok(node);
    }
    if all == 0 {
        return Err("no nodes available to schedule pods".into());
    }
    let mut parts: Vec<_> = reasons.iter().map(|(reason, count)| format!("{count} {reason}")).collect();
    parts.sort();
    let mut preemption = vec![];
    if all > helpless {
        preemption.push(format!("{} No preemption victims found for incoming pod", all - helpless));
    }
    if helpless > 0 {
        preemption.push(format!("{helpless} Preemption is not helpful for scheduling"));
    }
    Err(format!(
        "0/{all} nodes are available: {}. preemption: 0/{all} nodes are available: {}.",
        parts.join(", "),
        preemption.join(", ")
    ))
}

/// Whether `nodeSelector` and required node affinity take a node.
pub fn selects(spec: &Value, node: &Value) -> bool {
    let labels_fit = at::pairs(spec, "/nodeSelector").all(|(key, value)| {
        at::map(node, "/metadata/labels").and_then(|all| all.get(key)).and_then(Value::as_str) == Some(value)
    });
    let terms =
        at::list(spec, "/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution/nodeSelectorTerms");
    labels_fit
        && (terms.is_empty()
            || terms.iter().any(|term| {
                let fields = at::list(term, "/matchFields")
                    .iter()
                    .all(|field| at::list(field, "/values").iter().any(|name| name == at::name(node)));
                let numbers = at::list(term, "/matchExpressions").iter().all(|one| compares(one, node));
                let rest: Vec<_> = at::list(term, "/matchExpressions")
                    .iter()
                    .filter(|one| !matches!(at::text(one, "/operator"), "Gt" | "Lt"))
                    .cloned()
                    .collect();
                fields
                    && numbers
                    && Labels::from_document(Some(&json!({"matchExpressions": rest})))
                        .is_some_and(|labels| labels.matches(node))
            }))
}

fn compares(expression: &Value, node: &Value) -> bool {
    let have =
        at::map(node, "/metadata/labels").and_then(|all| all.get(at::text(expression, "/key"))).and_then(Value::as_str);
    let limit = at::text(expression, "/values/0").parse::<i64>().unwrap_or(0);
    let have = have.and_then(|text| text.parse::<i64>().ok());
    match at::text(expression, "/operator") {
        "Gt" => have.is_some_and(|have| have > limit),
        "Lt" => have.is_some_and(|have| have < limit),
        _ => true,
    }
}

/// The first taint a pod does not tolerate, `key: value`.
fn untolerated(spec: &Value, node: &Value) -> Option<String> {
    at::list(node, "/spec/taints")
        .iter()
        .filter(|taint| matches!(at::text(taint, "/effect"), "NoSchedule" | "NoExecute"))
        .find(|taint| {
            !at::list(spec, "/tolerations").iter().any(|one| {
                let key = at::text(one, "/key");
                let effect = at::text(one, "/effect");
                let exists = at::text(one, "/operator") == "Exists";
                (key.is_empty() && exists || key == at::text(taint, "/key"))
                    && (effect.is_empty() || effect == at::text(taint, "/effect"))
                    && (exists || at::text(one, "/value") == at::text(taint, "/value"))
            })
        })
        .map(|taint| format!("{}: {}", at::text(taint, "/key"), at::text(taint, "/value")))
}

/// Whether required pod anti-affinity keeps the pod off a node.
fn crowded(state: &State, pod: &Value, node: &Value) -> bool {
    at::list(pod, "/spec/affinity/podAntiAffinity/requiredDuringSchedulingIgnoredDuringExecution").iter().any(|term| {
        let key = at::text(term, "/topologyKey");
        let place = |node: &Value| at::map(node, "/metadata/labels").and_then(|all| all.get(key)).cloned();
        let Some(here) = place(node) else { return false };
        let Some(labels) = Labels::from_document(term.get("labelSelector")) else { return false };
        state.store.list("pods", Some(at::namespace(pod))).any(|other| {
            at::uid(other) != at::uid(pod)
                && owned::is_active(other)
                && labels.matches(other)
                && state
                    .store
                    .get("nodes", "", at::text(other, "/spec/nodeName"))
                    .is_some_and(|node| place(&node) == Some(here.clone()))
        })
    })
}

fn bind(state: &mut State, pod: &Arc<Value>, node: &Value) {
    claims::bind_for(state, pod);
    let mut bound = (**pod).clone();
    at::set(&mut bound, "/spec/nodeName", at::name(node));
    let now = state.stamp();
    let condition = json!({"type": "PodScheduled", "status": "True", "lastProbeTime": null, "lastTransitionTime": now});
    at::set(&mut bound, "/status/conditions", json!([condition]));
    state.save("pods", bound.clone());
    let message = format!("Successfully assigned {}/{} to {}", at::namespace(pod), at::name(pod), at::name(node));
    events::emit(state, "Pod", &bound, "Normal", "Scheduled", &message);
}

fn refuse(state: &mut State, pod: &Arc<Value>, message: &str) {
    let known = at::list(pod, "/status/conditions").iter().find(|one| at::text(one, "/type") == "PodScheduled");
    if known.is_some_and(|one| at::text(one, "/message") == message) {
        return;
    }
    let now = state.stamp();
    let mut condition = owned::condition(pod, "PodScheduled", "False", "Unschedulable", message, &now);
    condition["lastProbeTime"] = Value::Null;
    let mut refused = (**pod).clone();
    at::set(&mut refused, "/status/phase", "Pending");
    at::set(&mut refused, "/status/conditions", json!([condition]));
    state.save("pods", refused);
    events::emit(state, "Pod", pod, "Warning", "FailedScheduling", message);
}
