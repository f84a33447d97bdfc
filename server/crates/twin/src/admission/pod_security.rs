//! Pod Security Admission (pod-security-admission, levels baseline and restricted).

use serde_json::Value;

use crate::{
    cluster::State,
    config::PodSecurity,
    error::{ApiError, ApiResult},
    json::{self, flag, list, text},
    kinds::Kind,
};

/// Refuses a pod that violates the level its namespace enforces.
pub fn check(state: &State, kind: &Kind, pod: &Value) -> ApiResult<()> {
    let namespace = state.store.get("namespaces", "", json::namespace(pod));
    let label = namespace
        .as_deref()
        .map_or("", |namespace| text(namespace, "/metadata/labels/pod-security.kubernetes.io~1enforce"));
    let level = match label {
        "restricted" => PodSecurity::Restricted,
        "baseline" => PodSecurity::Baseline,
        "privileged" => PodSecurity::Privileged,
        _ if matches!(json::namespace(pod), "kube-system") => PodSecurity::Privileged,
        _ => state.config.pod_security,
    };
    let found = violations(&pod["spec"], level);
    if found.is_empty() {
        return Ok(());
    }
    let level = if level == PodSecurity::Restricted { "restricted" } else { "baseline" };
    let why = format!("violates PodSecurity \"{level}:latest\": {}", found.join(", "));
    Err(ApiError::forbidden(kind, json::name(pod), &why))
}

/// What a pod spec violates, in the plugin's words.
pub fn violations(spec: &Value, level: PodSecurity) -> Vec<String> {
    if level == PodSecurity::Privileged {
        return vec![];
    }
    let containers: Vec<&Value> = ["initContainers", "containers", "ephemeralContainers"]
        .iter()
        .flat_map(|group| list(spec, &format!("/{group}")))
        .collect();
    let bad = |test: &dyn Fn(&Value) -> bool| -> Option<String> {
        let names: Vec<_> =
            containers.iter().filter(|one| test(one)).map(|one| format!("{:?}", text(one, "/name"))).collect();
        match names.as_slice() {
            [] => None,
            [one] => Some(format!("container {one}")),
            many => Some(format!("containers {}", many.join(", "))),
        }
    };
    let mut found = vec![];
    let hosts: Vec<_> = ["hostNetwork", "hostPID", "hostIPC"]
        .into_iter()
        .filter(|field| flag(spec, &format!("/{field}")))
        .map(|field| format!("{field}=true"))
        .collect();
    if !hosts.is_empty() {
        found.push(format!("host namespaces ({})", hosts.join(", ")));
    }
    if let Some(who) = bad(&|one| flag(one, "/securityContext/privileged")) {
        found.push(format!("privileged ({who} must not set securityContext.privileged=true)"));
    }
    let host_paths: Vec<_> = list(spec, "/volumes")
        .iter()
        .filter(|volume| volume.get("hostPath").is_some())
        .map(|volume| format!("{:?}", text(volume, "/name")))
        .collect();
    if !host_paths.is_empty() && level == PodSecurity::Baseline {
        found.push(format!("hostPath volumes (volume {})", host_paths.join(", ")));
    }
    if let Some(who) = bad(&|one| list(one, "/ports").iter().any(|port| json::int(port, "/hostPort").unwrap_or(0) > 0))
    {
        found.push(format!("hostPort ({who} uses hostPort)"));
    }
    if level == PodSecurity::Baseline {
        if let Some(who) = bad(&|one| {
            !adds_only(
                one,
                &[
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
                ],
            )
        }) {
            found.push(format!("non-default capabilities ({who} must not include added capabilities in securityContext.capabilities.add)"));
        }
        return found;
    }
    if let Some(who) = bad(&|one| one.pointer("/securityContext/allowPrivilegeEscalation") != Some(&Value::Bool(false)))
    {
        found.push(format!(
            "allowPrivilegeEscalation != false ({who} must set securityContext.allowPrivilegeEscalation=false)"
        ));
    }
    let unrestricted = |one: &Value| {
        !list(one, "/securityContext/capabilities/drop").iter().any(|cap| cap == "ALL")
            || !adds_only(one, &["NET_BIND_SERVICE"])
    };
    if let Some(who) = bad(&unrestricted) {
        found.push(format!("unrestricted capabilities ({who} must set securityContext.capabilities.drop=[\"ALL\"])"));
    }
    if !host_paths.is_empty() {
        found.push(format!(
            "restricted volume types (volume {} uses restricted volume type \"hostPath\")",
            host_paths.join(", ")
        ));
    }
    let pod_non_root = spec.pointer("/securityContext/runAsNonRoot") == Some(&Value::Bool(true));
    let root = |one: &Value| match one.pointer("/securityContext/runAsNonRoot") {
        Some(value) => value != &Value::Bool(true),
        None => !pod_non_root,
    };
    if let Some(who) = bad(&root) {
        found.push(format!("runAsNonRoot != true (pod or {who} must set securityContext.runAsNonRoot=true)"));
    }
    let zero = |pointer: &str, value: &Value| json::int(value, pointer) == Some(0);
    if zero("/securityContext/runAsUser", spec) {
        found.push("runAsUser=0 (pod must not set runAsUser=0)".into());
    } else if let Some(who) = bad(&|one| zero("/securityContext/runAsUser", one)) {
        found.push(format!("runAsUser=0 ({who} must not set runAsUser=0)"));
    }
    let fine = |kind: &str| matches!(kind, "RuntimeDefault" | "Localhost");
    let pod_profile = fine(text(spec, "/securityContext/seccompProfile/type"));
    let unconfined = |one: &Value| match one.pointer("/securityContext/seccompProfile/type").and_then(Value::as_str) {
        Some(kind) => !fine(kind),
        None => !pod_profile,
    };
    if let Some(who) = bad(&unconfined) {
        found.push(format!("seccompProfile (pod or {who} must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\")"));
    }
    found
}

fn adds_only(container: &Value, allowed: &[&str]) -> bool {
    list(container, "/securityContext/capabilities/add")
        .iter()
        .all(|cap| cap.as_str().is_some_and(|cap| allowed.contains(&cap)))
}
