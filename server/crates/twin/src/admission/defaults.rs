//! Defaults, as the API server fills them in (pkg/apis/*/v1/defaults.go).

use serde_json::{Value, json};

use super::template_of;
use crate::{
    cluster::State,
    json::{self, default, set, text},
    kinds::Kind,
    strategic,
};

/// Fills in what the client left open.
pub fn defaults(state: &State, kind: &Kind, object: &mut Value) {
    strategic::normalise(kind, object);
    if let Some(template) = template_of(&kind.id) {
        pod_spec(object, &format!("{template}/spec"));
        if !template.is_empty() {
            default(object, &format!("{template}/metadata"), json!({}));
        }
    }
    match &*kind.id {
        "namespaces" => {
            let name = json::name(object).to_owned();
            set(object, "/metadata/labels/kubernetes.io~1metadata.name", name);
            default(object, "/spec/finalizers", json!(["kubernetes"]));
            default(object, "/status/phase", "Active");
        }
        "pods" => {
            default(object, "/status", json!({"phase": "Pending", "qosClass": qos(object)}));
            default(object, "/spec/enableServiceLinks", true);
            default(object, "/spec/preemptionPolicy", "PreemptLowerPriority");
            default(object, "/spec/priority", 0);
            default(object, "/spec/serviceAccountName", "default");
            let account = text(object, "/spec/serviceAccountName").to_owned();
            default(object, "/spec/serviceAccount", account);
        }
        "services" => service(object),
        "secrets" => default(object, "/type", "Opaque"),
        "deployments.apps" => {
            default(object, "/spec/replicas", 1);
            default(object, "/spec/revisionHistoryLimit", 10);
            default(object, "/spec/progressDeadlineSeconds", 600);
            default(object, "/spec/strategy/type", "RollingUpdate");
            if text(object, "/spec/strategy/type") == "RollingUpdate" {
                default(object, "/spec/strategy/rollingUpdate/maxUnavailable", "25%");
                default(object, "/spec/strategy/rollingUpdate/maxSurge", "25%");
            }
        }
        "replicasets.apps" | "replicationcontrollers" => default(object, "/spec/replicas", 1),
        "statefulsets.apps" => {
            default(object, "/spec/replicas", 1);
            default(object, "/spec/revisionHistoryLimit", 10);
            default(object, "/spec/podManagementPolicy", "OrderedReady");
            default(object, "/spec/updateStrategy/type", "RollingUpdate");
            if text(object, "/spec/updateStrategy/type") == "RollingUpdate" {
                default(object, "/spec/updateStrategy/rollingUpdate/partition", 0);
            }
            default(
                object,
                "/spec/persistentVolumeClaimRetentionPolicy",
                json!({"whenDeleted": "Retain", "whenScaled": "Retain"}),
            );
            if let Some(Value::Array(claims)) = object.pointer_mut("/spec/volumeClaimTemplates") {
                for claim in claims {
                    default(claim, "/apiVersion", "v1");
                    default(claim, "/kind", "PersistentVolumeClaim");
                    default(claim, "/spec/volumeMode", "Filesystem");
                    default(claim, "/status", json!({"phase": "Pending"}));
                }
            }
        }
        "daemonsets.apps" => {
            default(object, "/spec/revisionHistoryLimit", 10);
            default(object, "/spec/updateStrategy/type", "RollingUpdate");
            if text(object, "/spec/updateStrategy/type") == "RollingUpdate" {
                default(object, "/spec/updateStrategy/rollingUpdate/maxUnavailable", 1);
                default(object, "/spec/updateStrategy/rollingUpdate/maxSurge", 0);
            }
        }
        "jobs.batch" => job(object),
        "cronjobs.batch" => {
            default(object, "/spec/concurrencyPolicy", "Allow");
            default(object, "/spec/suspend", false);
            default(object, "/spec/successfulJobsHistoryLimit", 3);
            default(object, "/spec/failedJobsHistoryLimit", 1);
        }
        "persistentvolumeclaims" => {
            default(object, "/spec/volumeMode", "Filesystem");
            default(object, "/status", json!({"phase": "Pending"}));
        }
        "persistentvolumes" => {
            default(object, "/spec/volumeMode", "Filesystem");
            default(object, "/spec/persistentVolumeReclaimPolicy", "Retain");
            default(object, "/status/phase", "Pending");
        }
        "ingresses.networking.k8s.io" => default(object, "/status", json!({"loadBalancer": {}})),
        "networkpolicies.networking.k8s.io" => network_policy(object),
        "storageclasses.storage.k8s.io" => {
            default(object, "/reclaimPolicy", "Delete");
            default(object, "/volumeBindingMode", "Immediate");
        }
        "horizontalpodautoscalers.autoscaling" => default(object, "/spec/minReplicas", 1),
        "customresourcedefinitions.apiextensions.k8s.io" => crd(state, object),
        "rolebindings.rbac.authorization.k8s.io" | "clusterrolebindings.rbac.authorization.k8s.io" => binding(object),
        _ => {}
    }
}

fn service(object: &mut Value) {
    default(object, "/spec/type", "ClusterIP");
    default(object, "/spec/sessionAffinity", "None");
    default(object, "/status", json!({"loadBalancer": {}}));
    let kind = text(object, "/spec/type").to_owned();
    if kind != "ExternalName" {
        default(object, "/spec/internalTrafficPolicy", "Cluster");
        default(object, "/spec/ipFamilies", json!(["IPv4"]));
        default(object, "/spec/ipFamilyPolicy", "SingleStack");
    }
    if kind == "NodePort" || kind == "LoadBalancer" {
        default(object, "/spec/externalTrafficPolicy", "Cluster");
    }
    if kind == "LoadBalancer" {
        default(object, "/spec/allocateLoadBalancerNodePorts", true);
    }
    for port in items(object, "/spec/ports") {
        default(port, "/protocol", "TCP");
        if let Some(number) = port.get("port").cloned() {
            default(port, "/targetPort", number);
        }
    }
}

fn job(object: &mut Value) {
    if object.pointer("/spec/parallelism").is_none() && object.pointer("/spec/completions").is_none() {
        default(object, "/spec/completions", 1);
    }
    default(object, "/spec/parallelism", 1);
    default(object, "/spec/backoffLimit", 6);
    default(object, "/spec/completionMode", "NonIndexed");
    default(object, "/spec/suspend", false);
    default(object, "/spec/manualSelector", false);
    default(object, "/spec/podReplacementPolicy", "TerminatingOrFailed");
    let (uid, name) = (json::uid(object).to_owned(), json::name(object).to_owned());
    if !uid.is_empty() && !json::flag(object, "/spec/manualSelector") {
        default(object, "/spec/selector", json!({"matchLabels": {"batch.kubernetes.io/controller-uid": uid}}));
        for (label, value) in [
            ("batch.kubernetes.io~1controller-uid", &uid),
            ("batch.kubernetes.io~1job-name", &name),
            ("controller-uid", &uid),
            ("job-name", &name),
        ] {
            default(object, &format!("/spec/template/metadata/labels/{label}"), value.clone());
        }
    }
}

fn network_policy(object: &mut Value) {
    let mut types = vec!["Ingress"];
    if object.pointer("/spec/egress").is_some() {
        types.push("Egress");
    }
    default(object, "/spec/policyTypes", types);
    for pointer in ["/spec/ingress", "/spec/egress"] {
        for rule in items(object, pointer) {
            for port in items(rule, "/ports") {
                default(port, "/protocol", "TCP");
            }
        }
    }
}

fn binding(object: &mut Value) {
    default(object, "/roleRef/apiGroup", "rbac.authorization.k8s.io");
    for subject in items(object, "/subjects") {
        if text(subject, "/kind") != "ServiceAccount" {
            default(subject, "/apiGroup", "rbac.authorization.k8s.io");
        }
    }
}

fn crd(state: &State, object: &mut Value) {
    let kind = text(object, "/spec/names/kind").to_owned();
    default(object, "/spec/names/listKind", format!("{kind}List"));
    default(object, "/spec/names/singular", kind.to_lowercase());
    default(object, "/spec/conversion", json!({"strategy": "None"}));
    let names = object.pointer("/spec/names").cloned().unwrap_or_default();
    let stored: Vec<Value> = json::list(object, "/spec/versions")
        .iter()
        .filter(|version| json::flag(version, "/storage"))
        .filter_map(|version| version.get("name").cloned())
        .collect();
    let now = crate::clock::seconds(state.now);
    let condition = |kind: &str, reason: &str, message: &str| json!({"type": kind, "status": "True", "lastTransitionTime": now, "reason": reason, "message": message});
    default(
        object,
        "/status",
        json!({
            "conditions": [
                condition("NamesAccepted", "NoConflicts", "no conflicts found"),
                condition("Established", "InitialNamesAccepted", "the initial names have been accepted"),
            ],
            "acceptedNames": names, "storedVersions": stored,
        }),
    );
}

/// Defaults of a pod spec at a pointer.
fn pod_spec(object: &mut Value, at: &str) {
    if object.pointer(at).is_none() {
        return;
    }
    let Some(spec) = object.pointer_mut(at) else { return };
    default(spec, "/restartPolicy", "Always");
    default(spec, "/terminationGracePeriodSeconds", 30);
    default(spec, "/dnsPolicy", "ClusterFirst");
    default(spec, "/securityContext", json!({}));
    default(spec, "/schedulerName", "default-scheduler");
    if let Some(account) = spec.get("serviceAccountName").cloned() {
        default(spec, "/serviceAccount", account);
    }
    let host_network = json::flag(spec, "/hostNetwork");
    for list in ["/initContainers", "/containers"] {
        for container in items(spec, list) {
            let image = text(container, "/image").to_owned();
            let latest =
                image.ends_with(":latest") || !image.rsplit('/').next().unwrap_or_default().contains([':', '@']);
            default(container, "/terminationMessagePath", "/dev/termination-log");
            default(container, "/terminationMessagePolicy", "File");
            default(container, "/imagePullPolicy", if latest { "Always" } else { "IfNotPresent" });
            default(container, "/resources", json!({}));
            requests_from_limits(container);
            for port in items(container, "/ports") {
                default(port, "/protocol", "TCP");
                if host_network && let Some(number) = port.get("containerPort").cloned() {
                    default(port, "/hostPort", number);
                }
            }
            for variable in items(container, "/env") {
                if variable.pointer("/valueFrom/fieldRef").is_some() {
                    default(variable, "/valueFrom/fieldRef/apiVersion", "v1");
                }
            }
            for probe in ["/livenessProbe", "/readinessProbe", "/startupProbe"] {
                if container.pointer(probe).is_some() {
                    for (field, value) in
                        [("timeoutSeconds", 1), ("periodSeconds", 10), ("successThreshold", 1), ("failureThreshold", 3)]
                    {
                        default(container, &format!("{probe}/{field}"), value);
                    }
                    if container.pointer(&format!("{probe}/httpGet")).is_some() {
                        default(container, &format!("{probe}/httpGet/path"), "/");
                        default(container, &format!("{probe}/httpGet/scheme"), "HTTP");
                    }
                }
            }
        }
    }
    for volume in items(spec, "/volumes") {
        let members = volume.as_object().map_or(0, serde_json::Map::len);
        if members == 1 {
            set(volume, "/emptyDir", json!({}));
        }
        for source in ["configMap", "secret", "projected", "downwardAPI"] {
            if volume.get(source).is_some() {
                default(volume, &format!("/{source}/defaultMode"), 420);
            }
        }
    }
}

fn requests_from_limits(container: &mut Value) {
    let limits = container.pointer("/resources/limits").and_then(Value::as_object).cloned().unwrap_or_default();
    for (resource, amount) in limits {
        default(container, &format!("/resources/requests/{}", resource.replace('/', "~1")), amount);
    }
}

fn qos(object: &Value) -> &'static str {
    let containers = json::list(object, "/spec/containers");
    let has = |container: &Value, side: &str| {
        json::map(container, &format!("/resources/{side}")).is_some_and(|m| !m.is_empty())
    };
    if containers.iter().all(|one| !has(one, "requests") && !has(one, "limits")) {
        return "BestEffort";
    }
    let guaranteed = containers.iter().all(|one| {
        ["cpu", "memory"].iter().all(|resource| {
            let limit = one.pointer(&format!("/resources/limits/{resource}"));
            limit.is_some() && limit == one.pointer(&format!("/resources/requests/{resource}"))
        })
    });
    if guaranteed { "Guaranteed" } else { "Burstable" }
}

fn items<'v>(value: &'v mut Value, pointer: &str) -> impl Iterator<Item = &'v mut Value> {
    value.pointer_mut(pointer).and_then(Value::as_array_mut).into_iter().flatten()
}
