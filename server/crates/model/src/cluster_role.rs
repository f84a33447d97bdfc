//! The role HypO needs in a cluster: no wildcard, no `escalate`, `bind` or `impersonate`, and no reading of Secrets
//! that are not in a namespace it works in.

use std::fmt::Write;

/// Verbs on what an order makes.
const MANAGE: &str = "[get, list, watch, create, patch, delete]";

/// Kinds that packages hold, by API group.
const MANAGED: [(&str, &str); 7] = [
    ("", "[configmaps, secrets, services, serviceaccounts, persistentvolumeclaims, pods]"),
    ("apps", "[deployments, statefulsets, daemonsets, replicasets]"),
    ("batch", "[jobs, cronjobs]"),
    ("networking.k8s.io", "[ingresses, networkpolicies]"),
    ("policy", "[poddisruptionbudgets]"),
    ("autoscaling", "[horizontalpodautoscalers]"),
    ("rbac.authorization.k8s.io", "[roles, rolebindings]"),
];

/// YAML of a ServiceAccount, its role and its binding, for the whole cluster or one namespace.
#[must_use]
pub fn yaml(namespace: Option<&str>) -> String {
    let home = namespace.unwrap_or("hypo-system");
    let (kind, binding) =
        if namespace.is_some() { ("Role", "RoleBinding") } else { ("ClusterRole", "ClusterRoleBinding") };
    let scope = if namespace.is_some() { format!("\n  namespace: {home}") } else { String::new() };
    let mut text = String::new();
    // Writing into a String cannot fail.
    let _ = write!(
        text,
        "# kubectl apply -f this file, then:\n\
         #   kubectl create token hypo -n {home} --duration 8760h\n\
         # and put the token, the server address and its CA inline into a kubeconfig.\n"
    );
    if namespace.is_none() {
        let _ = write!(text, "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: {home}\n---\n");
    }
    let _ = write!(
        text,
        "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: hypo\n  namespace: {home}\n---\n\
         apiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata:\n  name: hypo{scope}\nrules:\n"
    );
    for (group, resources) in MANAGED {
        let _ = writeln!(text, "  - apiGroups: [\"{group}\"]\n    resources: {resources}\n    verbs: {MANAGE}");
    }
    let _ = writeln!(text, "  - apiGroups: [\"\"]\n    resources: [pods/log]\n    verbs: [get]");
    let _ = writeln!(
        text,
        "  - apiGroups: [\"\"]\n    resources: [events, resourcequotas, limitranges]\n    verbs: [get, list, watch]"
    );
    let _ = writeln!(text, "  - apiGroups: [metrics.k8s.io]\n    resources: [pods]\n    verbs: [get, list]");
    if namespace.is_none() {
        let _ = writeln!(text, "  - apiGroups: [\"\"]\n    resources: [namespaces]\n    verbs: {MANAGE}");
        let _ = writeln!(
            text,
            "  - apiGroups: [\"\"]\n    resources: [nodes, persistentvolumes]\n    verbs: [get, list, watch]"
        );
        let _ = writeln!(
            text,
            "  - apiGroups: [storage.k8s.io]\n    resources: [storageclasses]\n    verbs: [get, list, watch]"
        );
        let _ = writeln!(
            text,
            "  - apiGroups: [networking.k8s.io]\n    resources: [ingressclasses]\n    verbs: [get, list, watch]"
        );
    }
    let _ = write!(
        text,
        "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: {binding}\nmetadata:\n  name: hypo{scope}\n\
         roleRef:\n  apiGroup: rbac.authorization.k8s.io\n  kind: {kind}\n  name: hypo\n\
         subjects:\n  - kind: ServiceAccount\n    name: hypo\n    namespace: {home}\n"
    );
    text
}

#[cfg(test)]
mod tests {
    use hypo_package::{Limits, manifest};

    use super::*;

    #[test]
    fn no_wildcard_and_no_way_up() {
        for namespace in [None, Some("shop")] {
            let text = yaml(namespace);
            for word in ["'*'", "\"*\"", "escalate", "bind]", "impersonate"] {
                assert!(!text.contains(word), "{word}");
            }
            let documents = manifest::parse_str(&text, Limits::default()).unwrap();
            let kinds: Vec<&str> = documents.iter().map(|document| document.kind()).collect();
            assert!(kinds.ends_with(&["ServiceAccount", kinds[kinds.len() - 2], kinds[kinds.len() - 1]]));
            assert_eq!(kinds.contains(&"ClusterRole"), namespace.is_none());
        }
    }
}
