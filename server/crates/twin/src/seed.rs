//! What a new cluster has: namespaces, nodes, classes, built-in ClusterRoles, the `kubernetes` Service.

use serde_json::{Value, json};

use crate::{cluster::State, json as at};

/// Puts the initial objects in place; existing ones stay as they are, nodes and classes follow the configuration.
pub fn plant(state: &mut State, port: u16) {
    for name in ["default", "kube-system", "kube-public", "kube-node-lease"] {
        ensure(state, "namespaces", json!({"metadata": {"name": name}}));
    }
    let config = state.config.clone();
    for (index, node) in config.nodes.iter().enumerate() {
        let mut labels = json!({
            "kubernetes.io/hostname": node.name, "kubernetes.io/os": "linux", "kubernetes.io/arch": node.arch,
        });
        for (key, value) in &node.labels {
            labels[key] = value.clone().into();
        }
        let amounts = json!({
            "cpu": format!("{}m", node.cpu_millis), "memory": format!("{}Ki", node.memory_bytes / 1024),
            "pods": "110", "ephemeral-storage": "100Gi",
        });
        let now = state.stamp();
        let condition = |kind: &str, status: &str, reason: &str, message: &str| json!({"type": kind, "status": status, "lastHeartbeatTime": now, "lastTransitionTime": now, "reason": reason, "message": message});
        let status = json!({
            "capacity": amounts, "allocatable": amounts,
            "conditions": [
                condition("MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
                condition("DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
                condition("PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
                condition("Ready", "True", "KubeletReady", "kubelet is posting ready status"),
            ],
            "addresses": [
                {"type": "InternalIP", "address": state.net.node(index)}, {"type": "Hostname", "address": node.name},
            ],
            "daemonEndpoints": {"kubeletEndpoint": {"Port": 10250}},
            "nodeInfo": {
                "machineID": "", "systemUUID": "", "bootID": "", "kernelVersion": "6.1.0-hypo-twin",
                "osImage": os_image(&config.version), "containerRuntimeVersion": "twin://1", "kubeletVersion": config.version,
                "kubeProxyVersion": config.version, "operatingSystem": "linux", "architecture": node.arch,
            },
        });
        ensure(state, "nodes", json!({"metadata": {"name": node.name}, "spec": {}}));
        if let Some(live) = state.store.get("nodes", "", &node.name) {
            let mut wanted = (*live).clone();
            at::set(&mut wanted, "/metadata/labels", labels);
            at::set(&mut wanted, "/metadata/annotations/twin.hypo.dev~1simulated", "true");
            wanted["status"] = status;
            state.save("nodes", wanted);
        }
    }
    for class in &config.storage_classes {
        let mut metadata = json!({"name": class.name});
        if class.default {
            metadata["annotations"] = json!({"storageclass.kubernetes.io/is-default-class": "true"});
        }
        let mode = if class.wait_for_consumer { "WaitForFirstConsumer" } else { "Immediate" };
        ensure(
            state,
            "storageclasses.storage.k8s.io",
            json!({
                "metadata": metadata, "provisioner": class.provisioner, "reclaimPolicy": class.reclaim_policy,
                "volumeBindingMode": mode, "allowVolumeExpansion": true,
            }),
        );
    }
    for class in &config.ingress_classes {
        let mut metadata = json!({"name": class.name});
        if class.default {
            metadata["annotations"] = json!({"ingressclass.kubernetes.io/is-default-class": "true"});
        }
        ensure(
            state,
            "ingressclasses.networking.k8s.io",
            json!({"metadata": metadata, "spec": {"controller": class.controller}}),
        );
    }
    roles(state);
    ensure(
        state,
        "services",
        json!({
            "metadata": {"name": "kubernetes", "namespace": "default", "labels": {"component": "apiserver", "provider": "kubernetes"}},
            "spec": {"type": "ClusterIP", "ports": [{"name": "https", "port": 443, "protocol": "TCP", "targetPort": port}]},
        }),
    );
    ensure(
        state,
        "configmaps",
        json!({
            "metadata": {"name": "extension-apiserver-authentication", "namespace": "kube-system"}, "data": {},
        }),
    );
}

fn ensure(state: &mut State, kind: &str, object: Value) {
    let known = state.store.get(kind, at::namespace(&object), at::name(&object)).is_some();
    if !known && let Err(error) = state.make(kind, object) {
        tracing::error!(error = %error.message, "an initial object was refused");
    }
}

fn os_image(version: &str) -> &'static str {
    if version.contains("+k3s") { "K3s (simulated)" } else { "Debian GNU/Linux 12 (simulated)" }
}

/// The user-facing ClusterRoles of bootstrap policy, in short.
fn roles(state: &mut State) {
    let any = json!(["*"]);
    let workloads = json!([
        {"apiGroups": [""], "resources": ["pods", "pods/log", "pods/status", "services", "configmaps", "endpoints", "events",
            "persistentvolumeclaims", "replicationcontrollers", "serviceaccounts", "limitranges", "resourcequotas",
            "namespaces", "pods/attach", "pods/exec", "pods/portforward", "pods/proxy", "services/proxy"]},
        {"apiGroups": ["apps", "batch", "autoscaling", "networking.k8s.io", "policy", "discovery.k8s.io", "events.k8s.io", "metrics.k8s.io"], "resources": ["*"]},
    ]);
    let rules = |verbs: Value, secrets: bool, rbac: bool| {
        let mut rules = workloads.clone();
        for rule in rules.as_array_mut().into_iter().flatten() {
            rule["verbs"] = verbs.clone();
        }
        if let Some(list) = rules.as_array_mut() {
            if secrets {
                list.push(json!({"apiGroups": [""], "resources": ["secrets"], "verbs": verbs}));
            }
            if rbac {
                list.push(json!({"apiGroups": ["rbac.authorization.k8s.io"], "resources": ["roles", "rolebindings"], "verbs": verbs}));
            }
        }
        rules
    };
    let read = json!(["get", "list", "watch"]);
    for (name, rules) in [
        (
            "cluster-admin",
            json!([{"apiGroups": any, "resources": any, "verbs": any}, {"nonResourceURLs": any, "verbs": any}]),
        ),
        ("admin", rules(any.clone(), true, true)),
        ("edit", rules(any.clone(), true, false)),
        ("view", rules(read, false, false)),
    ] {
        ensure(
            state,
            "clusterroles.rbac.authorization.k8s.io",
            json!({
                "metadata": {"name": name, "labels": {"kubernetes.io/bootstrapping": "rbac-defaults"}}, "rules": rules,
            }),
        );
    }
}
