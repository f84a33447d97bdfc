//! What may not change, and what a replacement keeps when the client leaves it out.

use serde_json::Value;

use crate::{error::Cause, json, kinds::Kind};

/// Carries server-set fields over to a replacement that does not name them.
pub fn keep(kind: &Kind, live: &Value, new: &mut Value) {
    let mut carry = |pointer: &str| {
        if let Some(value) = live.pointer(pointer) {
            json::default(new, pointer, value.clone());
        }
    };
    match &*kind.id {
        "services" if json::text(live, "/spec/type") != "ExternalName" => {
            if json::text(new, "/spec/type") == "ExternalName" {
                return;
            }
            for pointer in ["/spec/clusterIP", "/spec/clusterIPs", "/spec/healthCheckNodePort"] {
                let value = live.pointer(pointer).cloned();
                if let Some(value) = value {
                    json::default(new, pointer, value);
                }
            }
            if json::text(new, "/spec/type") == "ClusterIP" {
                return;
            }
            let old_ports = json::list(live, "/spec/ports").to_vec();
            if let Some(Value::Array(ports)) = new.pointer_mut("/spec/ports") {
                for port in ports {
                    let same = old_ports
                        .iter()
                        .find(|old| old.get("port") == port.get("port") && old.get("protocol") == port.get("protocol"));
                    if let Some(node_port) = same.and_then(|old| old.get("nodePort")) {
                        json::default(port, "/nodePort", node_port.clone());
                    }
                }
            }
        }
        "persistentvolumeclaims" => {
            carry("/spec/volumeName");
            carry("/spec/storageClassName");
        }
        "pods" => carry("/spec/nodeName"),
        "jobs.batch" => {
            carry("/spec/selector");
            carry("/spec/template/metadata/labels");
        }
        _ => {}
    }
}

/// Complaints about changed fields that may not change.
pub fn immutable(kind: &Kind, live: &Value, new: &Value) -> Vec<Cause> {
    let mut causes = vec![];
    let mut fixed = |pointer: &str| {
        let (was, is) = (live.pointer(pointer), new.pointer(pointer));
        if was != is {
            let field = pointer.trim_start_matches('/').replace('/', ".");
            causes.push(Cause::invalid(&field, is.unwrap_or(&Value::Null), "field is immutable"));
        }
    };
    match &*kind.id {
        "deployments.apps" | "daemonsets.apps" | "replicasets.apps" => fixed("/spec/selector"),
        "jobs.batch" => {
            fixed("/spec/completions");
            fixed("/spec/selector");
            fixed("/spec/template");
        }
        "statefulsets.apps" => {
            let rest = |object: &Value| {
                let mut spec = object["spec"].clone();
                for free in [
                    "replicas",
                    "ordinals",
                    "template",
                    "updateStrategy",
                    "revisionHistoryLimit",
                    "persistentVolumeClaimRetentionPolicy",
                    "minReadySeconds",
                ] {
                    json::remove(&mut spec, &format!("/{free}"));
                }
                spec
            };
            if rest(live) != rest(new) {
                causes.push(Cause::forbidden(
                    "spec",
                    "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', \
                     'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and \
                     'minReadySeconds' are forbidden",
                ));
            }
        }
        "persistentvolumeclaims" => {
            let rest = |object: &Value| {
                let mut spec = object["spec"].clone();
                json::remove(&mut spec, "/resources");
                json::remove(&mut spec, "/volumeName");
                spec
            };
            if rest(live) != rest(new) {
                causes.push(Cause::forbidden(
                    "spec",
                    "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims",
                ));
            }
        }
        "services" => {
            let (was, is) = (json::text(live, "/spec/clusterIP"), json::text(new, "/spec/clusterIP"));
            if !was.is_empty() && was != is && json::text(new, "/spec/type") != "ExternalName" {
                let value = Value::from(vec![is]);
                causes.push(Cause::invalid("spec.clusterIPs[0]", &value, "may not change once set"));
            }
        }
        "configmaps" | "secrets" if json::flag(live, "/immutable") => {
            for field in ["data", "binaryData", "immutable"] {
                if live.get(field) != new.get(field) {
                    causes.push(Cause::forbidden(field, "field is immutable when `immutable` is set"));
                }
            }
        }
        "secrets" => fixed("/type"),
        "pods" => {
            let rest = |object: &Value| {
                let mut spec = object["spec"].clone();
                for list in ["containers", "initContainers"] {
                    for container in spec.get_mut(list).and_then(Value::as_array_mut).into_iter().flatten() {
                        json::remove(container, "/image");
                    }
                }
                for free in ["activeDeadlineSeconds", "tolerations", "nodeName"] {
                    json::remove(&mut spec, &format!("/{free}"));
                }
                spec
            };
            if rest(live) != rest(new) {
                causes.push(Cause::forbidden(
                    "spec",
                    "pod updates may not change fields other than `spec.containers[*].image`,\
                     `spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions \
                     to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it \
                     was previously negative)",
                ));
            }
        }
        "rolebindings.rbac.authorization.k8s.io" | "clusterrolebindings.rbac.authorization.k8s.io"
            if live.get("roleRef") != new.get("roleRef") =>
        {
            let value = new.get("roleRef").cloned().unwrap_or_default();
            causes.push(Cause::invalid("roleRef", &value, "cannot change roleRef"));
        }
        _ => {}
    }
    causes
}
