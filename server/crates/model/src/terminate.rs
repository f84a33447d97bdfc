//! Deletion is a plan too (architecture rule 13): nothing with data goes without being named.

use std::collections::BTreeMap;

use hypo_shared::{
    ClusterId, ErrorCode,
    analysis::{Note, ObjectRef},
    plan::{ChangeKind, VolumePlan},
    quantity,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    identity::ServiceIdentity,
    object,
    plan::{claimed_bytes, phase},
    ports::cluster::{LABEL_COMPONENT, LABEL_SERVICE},
};

/// What runs and what shall happen to its data.
#[derive(Clone, Copy, Debug)]
pub struct TerminateInput<'a> {
    pub identity: &'a ServiceIdentity,
    /// Everything live with the service's label, by cluster, complete; claims of volumes among them, and the
    /// namespace. Claims that a StatefulSet made are found by the labels of their pods.
    pub live: &'a BTreeMap<ClusterId, Vec<Value>>,
    /// Volumes to delete: cluster and claim name to what the person typed, which must be the claim's name.
    pub delete_volumes: &'a BTreeMap<(ClusterId, String), String>,
}

/// What the termination does, shown before it is done. Serialisable and hashable like a plan.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TerminatePlan {
    pub clusters: Vec<TerminateCluster>,
    /// Every volume: kept (`noChange`) or deleted.
    pub volumes: Vec<VolumePlan>,
    pub warnings: Vec<Note>,
}

/// What goes in one cluster, in order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TerminateCluster {
    pub cluster: ClusterId,
    pub namespace: String,
    /// Reverse of the apply order: workloads before configuration, the namespace last.
    pub delete: Vec<ObjectRef>,
    /// What stays and why.
    pub stays: Vec<Stays>,
}

/// An object that is not deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stays {
    pub object: ObjectRef,
    pub reason: String,
}

/// Why there is no termination plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{message}")]
pub struct TerminateError {
    pub code: ErrorCode,
    pub message: String,
}

/// Plans the end of a service.
///
/// # Errors
/// `HYP-3110` when a typed name is not the claim's name, `HYP-3111` when there is no such claim.
pub fn plan(input: &TerminateInput<'_>) -> Result<TerminatePlan, TerminateError> {
    typed_names(input)?;
    let mut out = TerminatePlan::default();
    for (id, live) in input.live {
        let ours: Vec<&Value> = live.iter().filter(|object| is_ours(input.identity, object)).collect();
        if !ours.is_empty() {
            out.clusters.push(cluster(input, *id, &ours, &mut out.volumes, &mut out.warnings));
        }
    }
    out.volumes.sort_by(|a, b| (a.cluster, &a.claim).cmp(&(b.cluster, &b.claim)));
    Ok(out)
}

fn typed_names(input: &TerminateInput<'_>) -> Result<(), TerminateError> {
    for ((cluster, claim), typed) in input.delete_volumes {
        let there = input
            .live
            .get(cluster)
            .into_iter()
            .flatten()
            .any(|object| is_volume(object) && object::name(object) == claim && is_ours(input.identity, object));
        if !there {
            let message = format!("The service has no volume {claim} on this cluster.");
            return Err(TerminateError { code: ErrorCode::VolumeNotFound, message });
        }
        if typed != claim {
            let message = format!("To delete volume {claim}, type its name; {typed:?} is not its name.");
            return Err(TerminateError { code: ErrorCode::VolumeNameMismatch, message });
        }
    }
    Ok(())
}

fn is_ours(identity: &ServiceIdentity, object: &Value) -> bool {
    object::label(object, LABEL_SERVICE) == identity.service.to_string()
}

fn is_volume(object: &Value) -> bool {
    matches!(object::kind(object), "PersistentVolumeClaim" | "PersistentVolume")
}

fn cluster(
    input: &TerminateInput<'_>,
    id: ClusterId,
    ours: &[&Value],
    volumes: &mut Vec<VolumePlan>,
    warnings: &mut Vec<Note>,
) -> TerminateCluster {
    let mut delete: Vec<&Value> = Vec::new();
    let mut stays = Vec::new();
    let mut kept = 0;
    for object in ours {
        let reason = match object::kind(object) {
            _ if is_volume(object) => {
                let named = input.delete_volumes.contains_key(&(id, object::name(object).to_owned()));
                volumes.push(volume(id, object, named));
                if named {
                    delete.push(object);
                    continue;
                }
                kept += 1;
                "It holds data, and nobody named it for deletion."
            }
            "CustomResourceDefinition" => "It defines a kind for the whole cluster; objects of others may be of it.",
            "Namespace" => continue,
            // Pods, replica sets and slices go with the object that owns them.
            _ if !object::array(object, "/metadata/ownerReferences").is_empty() => continue,
            "Event" | "Endpoints" | "EndpointSlice" => continue,
            _ => {
                delete.push(object);
                continue;
            }
        };
        stays.push(Stays { object: object::reference(object), reason: reason.to_owned() });
    }
    for object in &delete {
        let policy = object::text(object, "/spec/persistentVolumeClaimRetentionPolicy/whenDeleted");
        if policy == "Delete" && kept > 0 {
            let text = format!(
                "{} asks the cluster to delete its volumes with it; set whenDeleted to Retain before, or they go.",
                object::reference(object)
            );
            warnings.push(Note { code: "volume-retention".to_owned(), text });
        }
    }
    delete.sort_by_key(|object| (std::cmp::Reverse(phase::rank(object::kind(object))), object::reference(object)));
    let mut delete: Vec<ObjectRef> = delete.into_iter().map(object::reference).collect();
    let namespace = ours.iter().find(|object| object::kind(object) == "Namespace");
    match namespace {
        Some(namespace) if kept == 0 => delete.push(object::reference(namespace)),
        Some(namespace) => {
            let reason = format!("{kept} kept {} in it.", if kept == 1 { "volume lies" } else { "volumes lie" });
            stays.push(Stays { object: object::reference(namespace), reason });
        }
        None => stays.push(Stays {
            object: ObjectRef::core("Namespace", "", &input.identity.namespace),
            reason: "HypO did not make it.".to_owned(),
        }),
    }
    TerminateCluster { cluster: id, namespace: input.identity.namespace.clone(), delete, stays }
}

fn volume(cluster: ClusterId, object: &Value, named: bool) -> VolumePlan {
    let bytes = match object::kind(object) {
        "PersistentVolume" => quantity::bytes(object::text(object, "/spec/capacity/storage")).unwrap_or_default(),
        _ => claimed_bytes(object),
    };
    VolumePlan {
        cluster,
        component: object::label(object, LABEL_COMPONENT).to_owned(),
        claim: object::name(object).to_owned(),
        bytes,
        change: if named { ChangeKind::Delete } else { ChangeKind::NoChange },
        note: if named {
            "Deleted with its data, as you typed its name."
        } else {
            "Kept with its data; it can be attached again."
        }
        .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use hypo_shared::{OrderId, ServiceId};
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    fn identity() -> ServiceIdentity {
        let order = OrderId(Uuid::nil());
        let service = ServiceId(Uuid::from_u128(7));
        ServiceIdentity { service, order, authority: order, name: "Shop".into(), namespace: "shop".into() }
    }

    fn object(api: &str, kind: &str, name: &str) -> Value {
        let namespace = if kind == "Namespace" { "" } else { "shop" };
        json!({"apiVersion": api, "kind": kind, "metadata": {"name": name, "namespace": namespace,
            "labels": {LABEL_SERVICE: identity().service.to_string(), LABEL_COMPONENT: "db"}}})
    }

    fn live() -> Vec<Value> {
        let mut claim = object("v1", "PersistentVolumeClaim", "data-db-0");
        claim["spec"] = json!({"resources": {"requests": {"storage": "2Gi"}}});
        let mut pod = object("v1", "Pod", "db-0");
        pod["metadata"]["ownerReferences"] = json!([{"kind": "StatefulSet"}]);
        let mut foreign = object("v1", "Secret", "theirs");
        foreign["metadata"]["labels"] = json!({});
        vec![
            object("v1", "Namespace", "shop"),
            object("v1", "ConfigMap", "c"),
            object("v1", "Service", "db"),
            object("apps/v1", "StatefulSet", "db"),
            object("apiextensions.k8s.io/v1", "CustomResourceDefinition", "x.example.com"),
            claim,
            pod,
            foreign,
        ]
    }

    fn ended(live: Vec<Value>, delete: &[(&str, &str)]) -> Result<TerminatePlan, TerminateError> {
        let cluster = ClusterId(Uuid::nil());
        let delete =
            delete.iter().map(|(claim, typed)| ((cluster, (*claim).to_owned()), (*typed).to_owned())).collect();
        let live = BTreeMap::from([(cluster, live)]);
        plan(&TerminateInput { identity: &identity(), live: &live, delete_volumes: &delete })
    }

    fn names(list: &[ObjectRef]) -> Vec<String> {
        list.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn volumes_are_kept_unless_named_and_their_namespace_with_them() {
        let plan = ended(live(), &[]).unwrap();
        assert_eq!(names(&plan.clusters[0].delete), ["StatefulSet/db", "Service/db", "ConfigMap/c"]);
        let stays: Vec<String> = plan.clusters[0].stays.iter().map(|stays| stays.object.to_string()).collect();
        assert_eq!(
            stays,
            ["CustomResourceDefinition/x.example.com", "PersistentVolumeClaim/data-db-0", "Namespace/shop"]
        );
        assert_eq!((plan.volumes[0].change, plan.volumes[0].bytes), (ChangeKind::NoChange, 2 << 30));
        let plan = ended(live(), &[("data-db-0", "data-db-0")]).unwrap();
        assert_eq!(
            names(&plan.clusters[0].delete),
            ["StatefulSet/db", "Service/db", "PersistentVolumeClaim/data-db-0", "ConfigMap/c", "Namespace/shop"]
        );
        assert_eq!(plan.volumes[0].change, ChangeKind::Delete);
    }

    #[test]
    fn the_typed_name_must_be_the_name() {
        assert_eq!(ended(live(), &[("data-db-0", "data")]).unwrap_err().code, ErrorCode::VolumeNameMismatch);
        assert_eq!(ended(live(), &[("other", "other")]).unwrap_err().code, ErrorCode::VolumeNotFound);
    }

    #[test]
    fn a_namespace_that_is_not_ours_stays() {
        let mut live = live();
        live[0]["metadata"]["labels"] = json!({});
        let plan = ended(live, &[("data-db-0", "data-db-0")]).unwrap();
        assert!(!names(&plan.clusters[0].delete).contains(&"Namespace/shop".to_owned()));
        assert_eq!(plan.clusters[0].stays.last().unwrap().reason, "HypO did not make it.");
    }

    #[test]
    fn a_set_that_would_take_its_volumes_along_is_named() {
        let mut live = live();
        live[3]["spec"] = json!({"persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Delete"}});
        assert_eq!(ended(live, &[]).unwrap().warnings[0].code, "volume-retention");
    }
}
