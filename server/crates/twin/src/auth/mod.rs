//! Who a token is, and what RBAC lets them do.

mod reviews;

use serde_json::Value;

use crate::{cluster::State, config::TwinConfig, error::ApiError, json, kinds::Kind};

pub use reviews::review;

/// An authenticated caller.
#[derive(Clone, Debug, Default)]
pub struct User {
    pub name: String,
    pub groups: Vec<String>,
    /// ClusterRole the token itself is bound to.
    pub role: Option<String>,
}

/// What is asked of RBAC.
#[derive(Clone, Debug, Default)]
pub struct Attributes<'a> {
    pub verb: &'a str,
    pub group: &'a str,
    /// Plural.
    pub resource: &'a str,
    pub sub: &'a str,
    /// `""` at the cluster scope.
    pub namespace: &'a str,
    pub name: &'a str,
}

/// The caller behind an `Authorization` header.
pub fn authenticate(config: &TwinConfig, header: Option<&str>) -> Option<User> {
    let token = header?.strip_prefix("Bearer ")?;
    let known = config.tokens.iter().find(|known| !known.token.is_empty() && known.token == token)?;
    let mut groups = known.groups.clone();
    groups.push("system:authenticated".into());
    Some(User { name: known.user.clone(), groups, role: known.role.clone() })
}

/// The rules that apply to a user in a namespace (`""` for cluster-wide rules only).
pub fn rules(state: &State, user: &User, namespace: &str) -> Vec<Value> {
    if user.role.as_deref() == Some("cluster-admin") || user.groups.iter().any(|group| group == "system:masters") {
        return vec![
            serde_json::json!({"verbs": ["*"], "apiGroups": ["*"], "resources": ["*"], "nonResourceURLs": ["*"]}),
        ];
    }
    let mut rules = vec![];
    let mut add = |kind: &str, namespace: &str, name: &str| {
        if let Some(role) = state.store.get(kind, namespace, name) {
            rules.extend(json::list(&role, "/rules").iter().cloned());
        }
    };
    const CLUSTER_ROLES: &str = "clusterroles.rbac.authorization.k8s.io";
    if let Some(role) = &user.role {
        add(CLUSTER_ROLES, "", role);
    }
    for binding in state.store.list("clusterrolebindings.rbac.authorization.k8s.io", None) {
        if binds(binding, user) {
            add(CLUSTER_ROLES, "", json::text(binding, "/roleRef/name"));
        }
    }
    if !namespace.is_empty() {
        for binding in state.store.list("rolebindings.rbac.authorization.k8s.io", Some(namespace)) {
            if binds(binding, user) {
                let name = json::text(binding, "/roleRef/name");
                match json::text(binding, "/roleRef/kind") {
                    "ClusterRole" => add(CLUSTER_ROLES, "", name),
                    _ => add("roles.rbac.authorization.k8s.io", namespace, name),
                }
            }
        }
    }
    rules
}

fn binds(binding: &Value, user: &User) -> bool {
    json::list(binding, "/subjects").iter().any(|subject| {
        let name = json::text(subject, "/name");
        match json::text(subject, "/kind") {
            "User" => name == user.name,
            "Group" => user.groups.iter().any(|group| group == name),
            "ServiceAccount" => {
                user.name == format!("system:serviceaccount:{}:{name}", json::text(subject, "/namespace"))
            }
            _ => false,
        }
    })
}

fn has(rule: &Value, field: &str, wanted: &str) -> bool {
    json::list(rule, field).iter().any(|one| one == "*" || one == wanted)
}

/// Whether RBAC allows it.
pub fn allowed(state: &State, user: &User, asked: &Attributes<'_>) -> bool {
    let resource =
        if asked.sub.is_empty() { asked.resource.to_owned() } else { format!("{}/{}", asked.resource, asked.sub) };
    rules(state, user, asked.namespace).iter().any(|rule| {
        let names = json::list(rule, "/resourceNames");
        let any_sub = !asked.sub.is_empty() && has(rule, "/resources", &format!("*/{}", asked.sub));
        has(rule, "/verbs", asked.verb)
            && has(rule, "/apiGroups", asked.group)
            && (has(rule, "/resources", &resource) || any_sub)
            && (names.is_empty() || names.iter().any(|name| name == asked.name))
    })
}

/// Whether a path outside the resource tree may be read: discovery is open to everyone signed in.
pub fn allowed_path(state: &State, user: &User, verb: &str, path: &str) -> bool {
    let open = ["/api", "/apis", "/version", "/healthz", "/livez", "/readyz", "/openapi"];
    if verb == "get" && open.iter().any(|prefix| path == *prefix || path.starts_with(&format!("{prefix}/"))) {
        return true;
    }
    rules(state, user, "").iter().any(|rule| {
        has(rule, "/verbs", verb)
            && json::list(rule, "/nonResourceURLs").iter().filter_map(Value::as_str).any(|allowed| {
                allowed == path || allowed.strip_suffix('*').is_some_and(|prefix| path.starts_with(prefix))
            })
    })
}

/// The refusal in Kubernetes' words.
pub fn refusal(kind: &Kind, user: &User, asked: &Attributes<'_>) -> ApiError {
    let resource =
        if asked.sub.is_empty() { asked.resource.to_owned() } else { format!("{}/{}", asked.resource, asked.sub) };
    let place = if asked.namespace.is_empty() {
        "at the cluster scope".to_owned()
    } else {
        format!("in the namespace {:?}", asked.namespace)
    };
    let why = format!(
        "User {:?} cannot {} resource {resource:?} in API group {:?} {place}",
        user.name, asked.verb, asked.group
    );
    ApiError::forbidden(kind, asked.name, &why)
}
