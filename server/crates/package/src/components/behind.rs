//! Objects that are used at second hand: behind a claim, an account or a Secret, and custom resources.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use super::{
    package::Package,
    uses::{Users, mark, pod_references},
    workload::group,
};
use crate::object::{array, text};

/// Objects that stand behind objects in use: a claim's volume and class, an account's pull secrets, what makes a Secret.
pub(super) fn second_hand(package: &Package<'_>, users: &mut Users) {
    let mut secrets: HashMap<(&str, &str), BTreeSet<usize>> = HashMap::new();
    for (component, workload) in package.workloads.iter().enumerate() {
        for (_, name) in pod_references(workload).into_iter().filter(|(kind, _)| *kind == "Secret") {
            secrets.entry((workload.namespace, name)).or_default().insert(component);
        }
    }
    // Until nothing is added: one may stand behind another, in any order of the documents.
    let count = |users: &Users| users.values().map(BTreeSet::len).sum::<usize>();
    loop {
        let before = count(users);
        pass(package, &secrets, users);
        if count(users) == before {
            return;
        }
    }
}

fn pass(package: &Package<'_>, secrets: &HashMap<(&str, &str), BTreeSet<usize>>, users: &mut Users) {
    for (index, document) in package.documents.iter().enumerate() {
        let (object, namespace) = (&document.object, package.namespace(document));
        let used = users.get(&index).cloned().unwrap_or_default();
        let mut behind: Vec<(&str, &str, &str)> = Vec::new();
        match document.kind() {
            "PersistentVolumeClaim" => {
                behind.push(("PersistentVolume", "", text(object, "/spec/volumeName")));
                behind.push(("StorageClass", "", text(object, "/spec/storageClassName")));
            }
            "ServiceAccount" => {
                for list in ["/imagePullSecrets", "/secrets"] {
                    behind
                        .extend(array(object, list).iter().map(|secret| ("Secret", namespace, text(secret, "/name"))));
                }
            }
            "Secret" => {
                // A token of an account.
                behind.push((
                    "ServiceAccount",
                    namespace,
                    text(object, "/metadata/annotations/kubernetes.io~1service-account.name"),
                ));
            }
            _ => {}
        }
        for component in used {
            for (kind, namespace, name) in &behind {
                mark(package, users, kind, namespace, name, component);
            }
        }
        let makes = match document.kind() {
            "Certificate" => text(object, "/spec/secretName"),
            "ExternalSecret" => match text(object, "/spec/target/name") {
                "" => document.name(),
                name => name,
            },
            "SealedSecret" => document.name(),
            "PersistentVolume" => "",
            _ => continue,
        };
        if document.kind() == "PersistentVolume" {
            // A volume that is reserved for a claim.
            let claim = package.find(
                "PersistentVolumeClaim",
                text(object, "/spec/claimRef/namespace"),
                text(object, "/spec/claimRef/name"),
            );
            let owners = claim.and_then(|claim| users.get(&claim)).cloned().unwrap_or_default();
            if !owners.is_empty() {
                users.entry(index).or_default().extend(owners);
            }
            continue;
        }
        let mut takers: BTreeSet<usize> = secrets.get(&(namespace, makes)).cloned().unwrap_or_default();
        takers.extend(
            package.find("Secret", namespace, makes).and_then(|secret| users.get(&secret)).into_iter().flatten(),
        );
        if !takers.is_empty() {
            let issuer = (text(object, "/spec/issuerRef/kind"), text(object, "/spec/issuerRef/name"));
            for component in &takers {
                mark(
                    package,
                    users,
                    if issuer.0.is_empty() { "Issuer" } else { issuer.0 },
                    namespace,
                    issuer.1,
                    *component,
                );
            }
            users.entry(index).or_default().extend(takers);
        }
    }
}

/// Custom resources and their definitions to the components whose role names the API group.
pub(super) fn controllers(package: &Package<'_>, users: &Users) -> Users {
    let mut by_group: HashMap<&str, BTreeSet<usize>> = HashMap::new();
    for (index, document) in package.documents.iter().enumerate() {
        if !matches!(document.kind(), "Role" | "ClusterRole") {
            continue;
        }
        let Some(components) = users.get(&index) else { continue };
        for rule in array(&document.object, "/rules") {
            let watches =
                array(rule, "/verbs").iter().filter_map(Value::as_str).any(|verb| matches!(verb, "watch" | "*"));
            for group in
                array(rule, "/apiGroups").iter().filter_map(Value::as_str).filter(|group| watches && custom(group))
            {
                by_group.entry(group).or_default().extend(components);
            }
        }
    }
    let mut out = Users::new();
    for (index, document) in package.documents.iter().enumerate() {
        let group = match document.kind() {
            "CustomResourceDefinition" => text(&document.object, "/spec/group"),
            _ => group(document.api_version()),
        };
        if let Some(components) = by_group.get(group).filter(|_| !users.contains_key(&index)) {
            out.insert(index, components.clone());
        }
    }
    out
}

/// Whether a group is made by a CustomResourceDefinition.
fn custom(group: &str) -> bool {
    group.contains('.') && !group.ends_with(".k8s.io") || group.ends_with(".x-k8s.io")
}
