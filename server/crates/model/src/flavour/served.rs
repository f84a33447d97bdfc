//! Which kinds a cluster serves, under which version, and which are optional.

use crate::{cluster::ClusterFacts, object};

/// How a cluster serves a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Served {
    Yes,
    /// Under this `group/version`, into which the object can be converted.
    As(&'static str),
    /// Not served, and the application runs without it.
    Optional,
    No,
}

/// Kind and the versions it can be converted between; any of them can become any other.
const CONVERTIBLE: &[(&str, &[&str])] = &[
    ("PodDisruptionBudget", &["policy/v1", "policy/v1beta1"]),
    ("CronJob", &["batch/v1", "batch/v1beta1"]),
    ("HorizontalPodAutoscaler", &["autoscaling/v2", "autoscaling/v2beta2"]),
    ("Ingress", &["networking.k8s.io/v1", "networking.k8s.io/v1beta1", "extensions/v1beta1"]),
    ("NetworkPolicy", &["networking.k8s.io/v1", "extensions/v1beta1"]),
    ("Deployment", &["apps/v1", "apps/v1beta2", "apps/v1beta1", "extensions/v1beta1"]),
    ("StatefulSet", &["apps/v1", "apps/v1beta2", "apps/v1beta1"]),
    ("DaemonSet", &["apps/v1", "apps/v1beta2", "extensions/v1beta1"]),
    ("ReplicaSet", &["apps/v1", "apps/v1beta2", "extensions/v1beta1"]),
    ("Role", &["rbac.authorization.k8s.io/v1", "rbac.authorization.k8s.io/v1beta1"]),
    ("RoleBinding", &["rbac.authorization.k8s.io/v1", "rbac.authorization.k8s.io/v1beta1"]),
    ("ClusterRole", &["rbac.authorization.k8s.io/v1", "rbac.authorization.k8s.io/v1beta1"]),
    ("ClusterRoleBinding", &["rbac.authorization.k8s.io/v1", "rbac.authorization.k8s.io/v1beta1"]),
    ("PriorityClass", &["scheduling.k8s.io/v1", "scheduling.k8s.io/v1beta1"]),
];

/// Groups whose objects only observe or tune an application.
const OPTIONAL_GROUPS: &[&str] = &[
    "monitoring.coreos.com",
    "autoscaling.k8s.io",
    "integreatly.org",
    "grafana.integreatly.org",
    "console.openshift.io",
];

/// How the cluster of `facts` serves a kind. Facts that were never probed serve everything.
#[must_use]
pub fn served(api_version: &str, kind: &str, facts: &ClusterFacts) -> Served {
    if facts.kinds.is_empty() && facts.api_versions.is_empty() || has(facts, api_version, kind) {
        return Served::Yes;
    }
    if let Some((_, versions)) = CONVERTIBLE.iter().find(|(convertible, _)| *convertible == kind)
        && versions.contains(&api_version)
        && let Some(version) = versions.iter().find(|version| has(facts, version, kind))
    {
        return Served::As(version);
    }
    if OPTIONAL_GROUPS.contains(&object::group(api_version)) || kind == "PodSecurityPolicy" {
        return Served::Optional;
    }
    Served::No
}

fn has(facts: &ClusterFacts, api_version: &str, kind: &str) -> bool {
    if facts.kinds.is_empty() {
        return facts.api_versions.iter().any(|served| served == api_version);
    }
    facts.kinds.iter().any(|served| {
        served.strip_suffix(kind).and_then(|rest| rest.strip_suffix('/')).is_some_and(|rest| rest == api_version)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(kinds: &[&str]) -> ClusterFacts {
        ClusterFacts { kinds: kinds.iter().map(|kind| (*kind).to_owned()).collect(), ..ClusterFacts::default() }
    }

    #[test]
    fn the_same_version_another_version_optional_or_not_at_all() {
        let old = facts(&["v1/Service", "policy/v1beta1/PodDisruptionBudget", "apps/v1/Deployment"]);
        assert_eq!(served("v1", "Service", &old), Served::Yes);
        assert_eq!(served("policy/v1", "PodDisruptionBudget", &old), Served::As("policy/v1beta1"));
        assert_eq!(served("extensions/v1beta1", "Deployment", &old), Served::As("apps/v1"));
        assert_eq!(served("monitoring.coreos.com/v1", "ServiceMonitor", &old), Served::Optional);
        assert_eq!(served("cert-manager.io/v1", "Certificate", &old), Served::No);
        assert_eq!(served("acme.org/v1", "Deployment", &old), Served::No, "only the kind's name is the same");
        assert_eq!(served("acme.org/v1", "Gadget", &facts(&[])), Served::Yes, "never probed");
    }
}
