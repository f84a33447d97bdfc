//! Pod Security Standards (Kubernetes 1.25 and later): what a pod lacks is added, what it must not have is named.

use hypo_shared::resource::Flavour;
use serde_json::{Value, json};

use super::{Outcome, Verdict, note, put};
use crate::{cluster::ClusterFacts, object};

/// Level a namespace enforces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Privileged,
    Baseline,
    Restricted,
}

/// The level new namespaces of the cluster get. OpenShift's default constraints forbid at least what baseline does.
#[must_use]
pub fn pod_security(facts: &ClusterFacts) -> Level {
    match facts.pod_security.as_str() {
        "restricted" => Level::Restricted,
        "baseline" => Level::Baseline,
        _ if facts.flavour == Flavour::OpenShift => Level::Baseline,
        _ => Level::Privileged,
    }
}

/// Volume sources `restricted` allows.
const VOLUMES: &[&str] = &[
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "persistentVolumeClaim",
    "projected",
    "secret",
    "image",
];

/// Capabilities `baseline` lets a container add.
const BASELINE_CAPABILITIES: &[&str] = &[
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];

const CONTAINERS: [&str; 3] = ["initContainers", "containers", "ephemeralContainers"];

/// What of a pod specification the level forbids and no transform can mend, for example `hostPath volume dev`.
#[must_use]
pub fn obstacles(spec: &Value, level: Level) -> Vec<String> {
    let mut out = Vec::new();
    if level == Level::Privileged {
        return out;
    }
    for key in ["hostNetwork", "hostPID", "hostIPC"] {
        if object::truth(spec, &format!("/{key}")) {
            out.push(key.to_owned());
        }
    }
    for volume in object::array(spec, "/volumes") {
        let name = object::text(volume, "/name");
        if volume.get("hostPath").is_some() {
            out.push(format!("hostPath volume {name}"));
        } else if level == Level::Restricted
            && let Some(source) =
                volume.as_object().into_iter().flatten().map(|(key, _)| key).find(|key| *key != "name")
            && !VOLUMES.contains(&source.as_str())
        {
            out.push(format!("{source} volume {name}"));
        }
    }
    for container in CONTAINERS.iter().flat_map(|list| object::array(spec, &format!("/{list}"))) {
        let name = object::text(container, "/name");
        if object::truth(container, "/securityContext/privileged") {
            out.push(format!("privileged container {name}"));
        }
        for port in object::array(container, "/ports") {
            if let Some(port) = object::number(port, "/hostPort").filter(|port| *port != 0) {
                out.push(format!("hostPort {port} of container {name}"));
            }
        }
        for added in object::array(container, "/securityContext/capabilities/add").iter().filter_map(Value::as_str) {
            let allowed = match level {
                Level::Restricted => added == "NET_BIND_SERVICE",
                _ => BASELINE_CAPABILITIES.contains(&added),
            };
            if !allowed {
                out.push(format!("capability {added} of container {name}"));
            }
        }
    }
    if level == Level::Restricted {
        let contexts =
            std::iter::once(spec).chain(CONTAINERS.iter().flat_map(|list| object::array(spec, &format!("/{list}"))));
        for holder in contexts {
            let name = object::text(holder, "/name");
            let of = if name.is_empty() { String::new() } else { format!(" of container {name}") };
            if object::number(holder, "/securityContext/runAsUser") == Some(0) {
                out.push(format!("runAsUser 0{of}"));
            }
            if holder.pointer("/securityContext/runAsNonRoot") == Some(&json!(false)) {
                out.push(format!("runAsNonRoot false{of}"));
            }
        }
    }
    out
}

/// Adds what the cluster's level asks for, and refuses what it forbids.
pub(super) fn harden(target: &mut Value, pointer: &str, facts: &ClusterFacts, outcome: &mut Outcome) {
    let level = pod_security(facts);
    let Some(spec) = target.pointer(pointer) else { return };
    let forbidden = obstacles(spec, level);
    if !forbidden.is_empty() {
        let word = if level == Level::Restricted { "restricted" } else { "baseline" };
        outcome.verdict = Verdict::Refuse(format!("Pod Security {word} forbids {}", forbidden.join(", ")));
        return;
    }
    if level != Level::Restricted {
        return;
    }
    let reason = "Pod Security restricted";
    let pod = format!("{pointer}/securityContext");
    if spec.pointer("/securityContext/seccompProfile").is_none() {
        put(target, outcome, &format!("{pod}/seccompProfile"), json!({"type": "RuntimeDefault"}), reason);
    }
    if target.pointer(&format!("{pod}/runAsNonRoot")).is_none() {
        let name = object::name(target).to_owned();
        let text = format!("{name}: runs as non-root only; an image that starts as root will not start here.");
        note(outcome, "run-as-non-root", text);
        put(target, outcome, &format!("{pod}/runAsNonRoot"), json!(true), reason);
    }
    for list in CONTAINERS {
        let count = target.pointer(&format!("{pointer}/{list}")).and_then(Value::as_array).map_or(0, Vec::len);
        for index in 0..count {
            let context = format!("{pointer}/{list}/{index}/securityContext");
            put(target, outcome, &format!("{context}/allowPrivilegeEscalation"), json!(false), reason);
            put(target, outcome, &format!("{context}/capabilities/drop"), json!(["ALL"]), reason);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record;

    fn facts(level: &str) -> ClusterFacts {
        ClusterFacts { pod_security: level.into(), ..ClusterFacts::default() }
    }

    #[test]
    fn restricted_adds_what_lacks_and_records_it() {
        let before = json!({"kind": "Deployment", "metadata": {"name": "web"}, "spec": {"template": {"spec": {
            "containers": [{"name": "a", "securityContext": {"capabilities": {"drop": ["NET_RAW"]}}}],
            "initContainers": [{"name": "b"}]}}}});
        let mut object = before.clone();
        let mut outcome = Outcome::default();
        harden(&mut object, "/spec/template/spec", &facts("restricted"), &mut outcome);
        let spec = object.pointer("/spec/template/spec").unwrap();
        assert_eq!(spec.pointer("/securityContext/seccompProfile/type"), Some(&json!("RuntimeDefault")));
        for list in ["containers", "initContainers"] {
            let context = spec.pointer(&format!("/{list}/0/securityContext")).unwrap();
            assert_eq!(context, &json!({"capabilities": {"drop": ["ALL"]}, "allowPrivilegeEscalation": false}));
        }
        let mut replayed = before;
        record::replay(&mut replayed, &outcome.overrides);
        assert_eq!(replayed, object);
        assert!(obstacles(spec, Level::Restricted).is_empty());
    }

    #[test]
    fn what_cannot_be_mended_is_refused_with_its_name() {
        let spec = json!({"hostNetwork": true, "volumes": [{"name": "dev", "hostPath": {"path": "/dev"}}],
            "containers": [{"name": "a", "ports": [{"hostPort": 80}], "securityContext": {"privileged": true,
                "runAsUser": 0, "capabilities": {"add": ["NET_ADMIN"]}}}]});
        let baseline = obstacles(&spec, Level::Baseline);
        assert_eq!(
            baseline,
            [
                "hostNetwork",
                "hostPath volume dev",
                "privileged container a",
                "hostPort 80 of container a",
                "capability NET_ADMIN of container a"
            ]
        );
        assert!(obstacles(&spec, Level::Restricted).contains(&"runAsUser 0 of container a".to_owned()));
        let mut object = json!({"kind": "Pod", "metadata": {"name": "p"}, "spec": spec});
        let mut outcome = Outcome::default();
        harden(&mut object, "/spec", &facts("baseline"), &mut outcome);
        assert!(matches!(outcome.verdict, Verdict::Refuse(reason) if reason.contains("hostPath volume dev")));
    }
}
