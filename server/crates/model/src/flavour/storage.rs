//! Storage classes by what they can do.

use serde_json::{Value, json};

use super::{Outcome, note, put};
use crate::{
    cluster::{ClusterFacts, StorageClass},
    object,
};

/// Provisioners whose volumes are mounted on one node at a time.
const ONE_NODE: &[&str] = &[
    "rancher.io/local-path",
    "microk8s.io/hostpath",
    "k8s.io/minikube-hostpath",
    "docker.io/hostpath",
    "openebs.io/local",
    "topolvm.io",
    "topolvm.cybozu.com",
    "kubernetes.io/no-provisioner",
    "kubernetes.io/aws-ebs",
    "kubernetes.io/gce-pd",
    "kubernetes.io/azure-disk",
    "kubernetes.io/cinder",
    "ebs.csi.aws.com",
    "pd.csi.storage.gke.io",
    "disk.csi.azure.com",
    "cinder.csi.openstack.org",
];

/// The class a claim has to name on the cluster; `None` leaves the claim as it is.
///
/// # Errors
/// Why no class fits, as a sentence part.
pub fn storage_class(class: Option<&str>, modes: &[String], facts: &ClusterFacts) -> Result<Option<String>, String> {
    let unknown = facts.storage_classes.is_empty() && facts.probed_at.is_none();
    if unknown || class == Some("") {
        // An empty class asks for a volume that was made by hand.
        return Ok(None);
    }
    let many = modes.iter().any(|mode| mode == "ReadWriteMany" || mode == "ReadOnlyMany");
    let able = |class: &&StorageClass| !many || !ONE_NODE.contains(&class.provisioner.as_str());
    let default = facts.storage_classes.iter().find(|class| class.default);
    let named = class.and_then(|name| facts.storage_classes.iter().find(|class| class.name == name));
    match (class, named, default) {
        (Some(_), Some(named), _) if able(&named) => return Ok(None),
        (None, _, Some(default)) if able(&default) => return Ok(None),
        _ => {}
    }
    let only = || match facts.storage_classes.as_slice() {
        [one] => Some(one),
        _ => None,
    };
    // A class that several nodes can mount is rare enough that the first one is taken.
    let capable = || if many { facts.storage_classes.iter().find(able) } else { None };
    match default.filter(able).or_else(|| only().filter(able)).or_else(capable) {
        Some(found) => Ok(Some(found.name.clone())),
        None if many && !facts.storage_classes.is_empty() => Err("no storage class offers ReadWriteMany".to_owned()),
        None => Err(match class {
            Some(name) => format!("it has no storage class {name} and no default class"),
            None => "it has no default storage class".to_owned(),
        }),
    }
}

const RETENTION: &str = "/spec/persistentVolumeClaimRetentionPolicy";

/// Volumes go only when a person names them, never because a StatefulSet ends or shrinks.
pub(super) fn retain(target: &mut Value, outcome: &mut Outcome) {
    if object::kind(target) != "StatefulSet" {
        return;
    }
    for key in ["whenDeleted", "whenScaled"] {
        let pointer = format!("{RETENTION}/{key}");
        if object::text(target, &pointer) == "Delete" {
            put(target, outcome, &pointer, json!("Retain"), "volumes are deleted only by name");
        }
    }
}

/// Maps the class of a claim, or of a StatefulSet's claim templates.
pub(super) fn map(target: &mut Value, facts: &ClusterFacts, outcome: &mut Outcome) {
    let pointers: Vec<String> = match object::kind(target) {
        "PersistentVolumeClaim" => vec!["/spec".to_owned()],
        "StatefulSet" => (0..object::array(target, "/spec/volumeClaimTemplates").len())
            .map(|index| format!("/spec/volumeClaimTemplates/{index}/spec"))
            .collect(),
        _ => return,
    };
    for pointer in pointers {
        let Some(spec) = target.pointer(&pointer) else { continue };
        let class = spec.get("storageClassName").and_then(Value::as_str).map(str::to_owned);
        let modes: Vec<String> =
            object::array(spec, "/accessModes").iter().filter_map(Value::as_str).map(str::to_owned).collect();
        match storage_class(class.as_deref(), &modes, facts) {
            Ok(Some(name)) => {
                let reason = match &class {
                    Some(class) => format!("this cluster has no usable storage class {class}"),
                    None => "this cluster has no default storage class".to_owned(),
                };
                note(outcome, "storage-class", format!("{}: storage class {name} is used.", object::name(target)));
                put(target, outcome, &format!("{pointer}/storageClassName"), json!(name), &reason);
            }
            Ok(None) => {}
            Err(reason) => {
                outcome.verdict = super::Verdict::Refuse(reason);
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(classes: &[(&str, &str, bool)]) -> ClusterFacts {
        ClusterFacts {
            probed_at: Some(chrono::DateTime::UNIX_EPOCH),
            storage_classes: classes
                .iter()
                .map(|(name, provisioner, default)| StorageClass {
                    name: (*name).into(),
                    provisioner: (*provisioner).into(),
                    default: *default,
                })
                .collect(),
            ..ClusterFacts::default()
        }
    }

    #[test]
    fn by_name_by_default_by_capability() {
        let one = vec!["ReadWriteOnce".to_owned()];
        let many = vec!["ReadWriteMany".to_owned()];
        let edge = facts(&[("local-path", "rancher.io/local-path", true)]);
        assert_eq!(storage_class(None, &one, &edge), Ok(None));
        assert_eq!(storage_class(Some("gp3"), &one, &edge), Ok(Some("local-path".into())));
        assert!(storage_class(None, &many, &edge).unwrap_err().contains("ReadWriteMany"));
        let cloud = facts(&[("gp3", "ebs.csi.aws.com", true), ("efs", "efs.csi.aws.com", false)]);
        assert_eq!(storage_class(Some("gp3"), &one, &cloud), Ok(None));
        assert_eq!(storage_class(None, &many, &cloud), Ok(Some("efs".into())));
        assert_eq!(storage_class(Some(""), &one, &facts(&[])), Ok(None), "made by hand");
        assert!(storage_class(None, &one, &facts(&[])).unwrap_err().contains("no default"));
        assert_eq!(storage_class(Some("x"), &one, &ClusterFacts::default()), Ok(None), "never probed");
    }

    #[test]
    fn a_statefulset_template_is_mapped_and_recorded() {
        let mut set = json!({"kind": "StatefulSet", "metadata": {"name": "db"}, "spec": {"volumeClaimTemplates": [
            {"spec": {"accessModes": ["ReadWriteOnce"], "storageClassName": "gp3"}}]}});
        let mut outcome = Outcome::default();
        map(&mut set, &facts(&[("local-path", "rancher.io/local-path", true)]), &mut outcome);
        assert_eq!(set.pointer("/spec/volumeClaimTemplates/0/spec/storageClassName"), Some(&json!("local-path")));
        assert_eq!(outcome.overrides[0].from, json!("gp3"));
    }

    #[test]
    fn a_set_never_takes_its_volumes_along() {
        let mut set =
            json!({"kind": "StatefulSet", "spec": {"persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Delete"}}});
        let mut outcome = Outcome::default();
        retain(&mut set, &mut outcome);
        assert_eq!(set.pointer("/spec/persistentVolumeClaimRetentionPolicy"), Some(&json!({"whenDeleted": "Retain"})));
        assert_eq!(outcome.overrides.len(), 1);
    }
}
