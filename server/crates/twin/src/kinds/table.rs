//! The built-in kinds as data.

use super::Kind;

/// group/version, plural, kind, short names, flags: `n` namespaced, `s` status, `c` scale, `v` computed.
const TABLE: &[(&str, &str, &str, &str, &str)] = &[
    ("v1", "pods", "Pod", "po", "ns"),
    ("v1", "services", "Service", "svc", "ns"),
    ("v1", "configmaps", "ConfigMap", "cm", "n"),
    ("v1", "secrets", "Secret", "", "n"),
    ("v1", "serviceaccounts", "ServiceAccount", "sa", "n"),
    ("v1", "persistentvolumeclaims", "PersistentVolumeClaim", "pvc", "ns"),
    ("v1", "persistentvolumes", "PersistentVolume", "pv", "s"),
    ("v1", "namespaces", "Namespace", "ns", "s"),
    ("v1", "nodes", "Node", "no", "s"),
    ("v1", "events", "Event", "ev", "n"),
    ("v1", "endpoints", "Endpoints", "ep", "n"),
    ("v1", "resourcequotas", "ResourceQuota", "quota", "ns"),
    ("v1", "limitranges", "LimitRange", "limits", "n"),
    ("v1", "replicationcontrollers", "ReplicationController", "rc", "nsc"),
    ("v1", "podtemplates", "PodTemplate", "", "n"),
    ("apps/v1", "deployments", "Deployment", "deploy", "nsc"),
    ("apps/v1", "statefulsets", "StatefulSet", "sts", "nsc"),
    ("apps/v1", "daemonsets", "DaemonSet", "ds", "ns"),
    ("apps/v1", "replicasets", "ReplicaSet", "rs", "nsc"),
    ("apps/v1", "controllerrevisions", "ControllerRevision", "", "n"),
    ("batch/v1", "jobs", "Job", "", "ns"),
    ("batch/v1", "cronjobs", "CronJob", "cj", "ns"),
    ("networking.k8s.io/v1", "ingresses", "Ingress", "ing", "ns"),
    ("networking.k8s.io/v1", "ingressclasses", "IngressClass", "", ""),
    ("networking.k8s.io/v1", "networkpolicies", "NetworkPolicy", "netpol", "n"),
    ("policy/v1", "poddisruptionbudgets", "PodDisruptionBudget", "pdb", "ns"),
    ("autoscaling/v2", "horizontalpodautoscalers", "HorizontalPodAutoscaler", "hpa", "ns"),
    ("rbac.authorization.k8s.io/v1", "roles", "Role", "", "n"),
    ("rbac.authorization.k8s.io/v1", "rolebindings", "RoleBinding", "", "n"),
    ("rbac.authorization.k8s.io/v1", "clusterroles", "ClusterRole", "", ""),
    ("rbac.authorization.k8s.io/v1", "clusterrolebindings", "ClusterRoleBinding", "", ""),
    ("storage.k8s.io/v1", "storageclasses", "StorageClass", "sc", ""),
    ("storage.k8s.io/v1", "volumeattachments", "VolumeAttachment", "", "s"),
    ("storage.k8s.io/v1", "csidrivers", "CSIDriver", "", ""),
    ("scheduling.k8s.io/v1", "priorityclasses", "PriorityClass", "pc", ""),
    ("events.k8s.io/v1", "events", "Event", "ev", "n"),
    ("coordination.k8s.io/v1", "leases", "Lease", "", "n"),
    ("discovery.k8s.io/v1", "endpointslices", "EndpointSlice", "", "n"),
    ("apiextensions.k8s.io/v1", "customresourcedefinitions", "CustomResourceDefinition", "crd", "s"),
    ("metrics.k8s.io/v1beta1", "pods", "PodMetrics", "", "nv"),
    ("metrics.k8s.io/v1beta1", "nodes", "NodeMetrics", "", "v"),
    ("authorization.k8s.io/v1", "selfsubjectaccessreviews", "SelfSubjectAccessReview", "", "v"),
    ("authorization.k8s.io/v1", "selfsubjectrulesreviews", "SelfSubjectRulesReview", "", "v"),
    ("authorization.k8s.io/v1", "subjectaccessreviews", "SubjectAccessReview", "", "v"),
    ("authorization.k8s.io/v1", "localsubjectaccessreviews", "LocalSubjectAccessReview", "", "nv"),
    ("authentication.k8s.io/v1", "selfsubjectreviews", "SelfSubjectReview", "", "v"),
    ("authentication.k8s.io/v1", "tokenreviews", "TokenReview", "", "v"),
];

/// The built-in kinds.
pub fn builtin() -> impl Iterator<Item = Kind> {
    TABLE.iter().map(|(group_version, plural, kind, short, flags)| {
        let (group, version) = group_version.split_once('/').unwrap_or(("", group_version));
        // Events have one store behind two groups.
        let id = match group {
            "" | "events.k8s.io" => (*plural).to_owned(),
            group => format!("{plural}.{group}"),
        };
        Kind {
            group: group.into(),
            version: version.into(),
            plural: (*plural).into(),
            singular: kind.to_lowercase(),
            kind: (*kind).into(),
            short: if short.is_empty() { vec![] } else { vec![(*short).to_owned()] },
            namespaced: flags.contains('n'),
            status: flags.contains('s'),
            scale: flags.contains('c'),
            custom: false,
            computed: flags.contains('v'),
            id: id.into(),
        }
    })
}
