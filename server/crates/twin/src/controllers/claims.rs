//! Volumes: claims are bound to folders by their storage class.

use std::sync::Arc;

use hypo_shared::quantity;
use serde_json::{Value, json};

use super::{collect, events};
use crate::{cluster::State, json as at, ops};

const CLAIMS: &str = "persistentvolumeclaims";
const VOLUMES: &str = "persistentvolumes";
const CLASSES: &str = "storageclasses.storage.k8s.io";
const PROTECTION: &str = "kubernetes.io/pvc-protection";

/// One pass over all claims and volumes.
pub fn run(state: &mut State) {
    for claim in state.store.all(CLAIMS) {
        if at::deleting(&claim) {
            let held = at::list(&claim, "/metadata/finalizers").iter().any(|one| one == PROTECTION);
            if held && !in_use(state, &claim) {
                collect::drop_finalizer(state, CLAIMS, &claim, PROTECTION);
            }
        } else if at::text(&claim, "/status/phase") != "Bound" {
            provision(state, &claim);
        } else {
            grow(state, &claim);
        }
    }
    for volume in state.store.all(VOLUMES) {
        let uid = at::text(&volume, "/spec/claimRef/uid");
        if uid.is_empty() {
            if at::text(&volume, "/status/phase") != "Available" {
                state.save_status(VOLUMES, &volume, json!({"phase": "Available"}));
            }
        } else if state.store.by_uid(uid).is_none() {
            release(state, &volume);
        }
    }
}

fn in_use(state: &State, claim: &Value) -> bool {
    state.store.list("pods", Some(at::namespace(claim))).any(|pod| {
        !matches!(at::text(pod, "/status/phase"), "Succeeded" | "Failed")
            && claims_of(pod).any(|name| name == at::name(claim))
    })
}

fn claims_of(pod: &Value) -> impl Iterator<Item = &str> {
    at::list(pod, "/spec/volumes")
        .iter()
        .map(|volume| at::text(volume, "/persistentVolumeClaim/claimName"))
        .filter(|name| !name.is_empty())
}

/// Why a pod's claims keep it from being scheduled, in the scheduler's words.
pub fn obstacle(state: &State, pod: &Value) -> Option<String> {
    for name in claims_of(pod) {
        let Some(claim) = state.store.get(CLAIMS, at::namespace(pod), name) else {
            return Some(format!("persistentvolumeclaim {name:?} not found"));
        };
        if at::deleting(&claim) {
            return Some(format!("persistentvolumeclaim {name:?} is being deleted"));
        }
        if at::text(&claim, "/status/phase") != "Bound" && !waits_for_consumer(state, &claim) {
            return Some("pod has unbound immediate PersistentVolumeClaims".into());
        }
    }
    None
}

fn waits_for_consumer(state: &State, claim: &Value) -> bool {
    state
        .store
        .get(CLASSES, "", at::text(claim, "/spec/storageClassName"))
        .is_some_and(|class| at::text(&class, "/volumeBindingMode") == "WaitForFirstConsumer")
}

/// Binds the claims of a pod that was just given a node.
pub fn bind_for(state: &mut State, pod: &Value) {
    let names: Vec<String> = claims_of(pod).map(str::to_owned).collect();
    for name in names {
        if let Some(claim) = state
            .store
            .get(CLAIMS, at::namespace(pod), &name)
            .filter(|claim| at::text(claim, "/status/phase") != "Bound")
            && let Some(class) = state.store.get(CLASSES, "", at::text(&claim, "/spec/storageClassName"))
        {
            bind(state, &claim, &class);
        }
    }
}

fn provision(state: &mut State, claim: &Arc<Value>) {
    if let Some(volume) = prepared(state, claim) {
        attach(state, claim, &volume);
        return;
    }
    let name = at::text(claim, "/spec/storageClassName").to_owned();
    let Some(class) = state.store.get(CLASSES, "", &name) else {
        let (reason, message) = if name.is_empty() {
            ("FailedBinding", "no persistent volumes available for this claim and no storage class is set".to_owned())
        } else {
            ("ProvisioningFailed", format!("storageclass.storage.k8s.io {name:?} not found"))
        };
        let severity = if name.is_empty() { "Normal" } else { "Warning" };
        once(state, claim, severity, reason, &message);
        return;
    };
    let spec = state.config.storage_classes.iter().find(|spec| spec.name == name);
    let shared = at::list(claim, "/spec/accessModes").iter().any(|mode| mode == "ReadWriteMany");
    if shared && spec.is_some_and(|spec| !spec.read_write_many) {
        let message = format!(
            "failed to provision volume with StorageClass {name:?}: access mode ReadWriteMany is not supported"
        );
        once(state, claim, "Warning", "ProvisioningFailed", &message);
        return;
    }
    if at::text(&class, "/volumeBindingMode") == "WaitForFirstConsumer" {
        once(state, claim, "Normal", "WaitForFirstConsumer", "waiting for first consumer to be created before binding");
        return;
    }
    bind(state, claim, &class);
}

/// Emits an event whose like is not there yet; a pending claim is looked at in every pass.
fn once(state: &mut State, claim: &Value, severity: &str, reason: &str, message: &str) {
    let known = state.store.list("events", Some(at::namespace(claim))).any(|event| {
        at::text(event, "/involvedObject/uid") == at::uid(claim) && at::text(event, "/message") == message
    });
    if !known {
        events::emit(state, "PersistentVolumeClaim", claim, severity, reason, message);
    }
}

/// A free volume somebody prepared that fits, or the one the claim names.
fn prepared(state: &State, claim: &Value) -> Option<Arc<Value>> {
    let wanted = at::text(claim, "/spec/volumeName");
    let size = |object: &Value, pointer: &str| quantity::bytes(at::text(object, pointer)).unwrap_or(0);
    let least = size(claim, "/spec/resources/requests/storage");
    state
        .store
        .list(VOLUMES, None)
        .filter(|volume| !at::deleting(volume) && at::text(volume, "/spec/claimRef/uid").is_empty())
        .filter(|volume| {
            let reserved = at::text(volume, "/spec/claimRef/name");
            reserved.is_empty()
                || (reserved == at::name(claim) && at::text(volume, "/spec/claimRef/namespace") == at::namespace(claim))
        })
        .find(|volume| {
            if !wanted.is_empty() {
                return at::name(volume) == wanted;
            }
            at::text(volume, "/spec/storageClassName") == at::text(claim, "/spec/storageClassName")
                && size(volume, "/spec/capacity/storage") >= least
                && at::list(claim, "/spec/accessModes")
                    .iter()
                    .all(|mode| at::list(volume, "/spec/accessModes").contains(mode))
        })
        .cloned()
}

fn bind(state: &mut State, claim: &Arc<Value>, class: &Value) {
    let name = format!("pvc-{}", at::uid(claim));
    let folder = state.pods_dir.as_ref().map(|dir| dir.join("volumes").join(&name).display().to_string());
    let volume = json!({
        "apiVersion": "v1", "kind": "PersistentVolume",
        "metadata": {"name": name, "annotations": {"pv.kubernetes.io/provisioned-by": class["provisioner"]}, "finalizers": ["kubernetes.io/pv-protection"]},
        "spec": {
            "capacity": {"storage": claim["spec"]["resources"]["requests"]["storage"]}, "accessModes": claim["spec"]["accessModes"],
            "persistentVolumeReclaimPolicy": class.get("reclaimPolicy").cloned().unwrap_or_else(|| "Delete".into()),
            "storageClassName": at::name(class), "volumeMode": "Filesystem",
            "hostPath": {"path": folder.unwrap_or_else(|| format!("/var/lib/twin/{name}")), "type": "DirectoryOrCreate"},
        },
    });
    match state.make(VOLUMES, volume) {
        Ok(volume) => {
            attach(state, claim, &volume);
            let message = format!("Successfully provisioned volume {name}");
            events::emit(state, "PersistentVolumeClaim", claim, "Normal", "ProvisioningSucceeded", &message);
        }
        Err(error) => once(state, claim, "Warning", "ProvisioningFailed", &error.message),
    }
}

fn attach(state: &mut State, claim: &Arc<Value>, volume: &Arc<Value>) {
    let mut taken = (**volume).clone();
    at::set(
        &mut taken,
        "/spec/claimRef",
        json!({
            "kind": "PersistentVolumeClaim", "apiVersion": "v1", "namespace": at::namespace(claim), "name": at::name(claim), "uid": at::uid(claim),
        }),
    );
    taken["status"] = json!({"phase": "Bound"});
    state.save(VOLUMES, taken);
    let mut bound = (**claim).clone();
    at::set(&mut bound, "/spec/volumeName", at::name(volume));
    at::set(&mut bound, "/metadata/annotations/pv.kubernetes.io~1bind-completed", "yes");
    bound["status"] = json!({
        "phase": "Bound", "accessModes": volume["spec"]["accessModes"], "capacity": volume["spec"]["capacity"],
    });
    state.save(CLAIMS, bound);
}

/// A bound claim that asks for more gets it.
fn grow(state: &mut State, claim: &Arc<Value>) {
    let wanted = at::text(claim, "/spec/resources/requests/storage");
    let has = at::text(claim, "/status/capacity/storage");
    if quantity::bytes(wanted).unwrap_or(0) > quantity::bytes(has).unwrap_or(u64::MAX) {
        let mut status = claim["status"].clone();
        status["capacity"]["storage"] = wanted.into();
        state.save_status(CLAIMS, claim, status);
    }
}

fn release(state: &mut State, volume: &Arc<Value>) {
    if at::text(volume, "/spec/persistentVolumeReclaimPolicy") == "Delete" {
        let path = at::text(volume, "/spec/hostPath/path");
        // Only folders the simulation made itself are removed.
        if let Some(folder) = state.pods_dir.as_ref().map(|dir| dir.join("volumes").join(at::name(volume)))
            && folder.as_os_str() == path
            && let Err(error) = std::fs::remove_dir_all(&folder)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(error = %error, "removing a volume folder failed");
        }
        collect::drop_finalizer(state, VOLUMES, volume, "kubernetes.io/pv-protection");
        let kind = state.kind(VOLUMES);
        ops::remove(state, &kind, "", at::name(volume));
    } else if at::text(volume, "/status/phase") != "Released" {
        state.save_status(VOLUMES, volume, json!({"phase": "Released"}));
    }
}
