//! The review resources: what may I, who am I.

use serde_json::{Value, json};

use super::{Attributes, User, allowed, allowed_path, rules};
use crate::{
    cluster::State,
    error::{ApiError, ApiResult},
    json::{list, text},
    kinds::Kind,
};

/// Answers a POST to a review resource.
///
/// # Errors
/// 404 for a computed kind that is no review.
pub fn review(state: &State, kind: &Kind, user: &User, body: &Value) -> ApiResult<Value> {
    let mut answer = body.clone();
    crate::json::set(&mut answer, "/kind", kind.kind.clone());
    crate::json::set(&mut answer, "/apiVersion", kind.api_version());
    crate::json::default(&mut answer, "/metadata", json!({"creationTimestamp": null}));
    answer["status"] = match kind.kind.as_str() {
        "SelfSubjectAccessReview" => access(state, user, body),
        "SubjectAccessReview" | "LocalSubjectAccessReview" => {
            let groups = list(body, "/spec/groups").iter().filter_map(|g| g.as_str().map(str::to_owned)).collect();
            let name = text(body, "/spec/user");
            let role = state.config.tokens.iter().find(|known| known.user == name).and_then(|known| known.role.clone());
            access(state, &User { name: name.into(), groups, role }, body)
        }
        "SelfSubjectRulesReview" => {
            let all = rules(state, user, text(body, "/spec/namespace"));
            let resource: Vec<_> = all
                .iter()
                .filter(|rule| !list(rule, "/resources").is_empty())
                .cloned()
                .map(without("nonResourceURLs"))
                .collect();
            let other: Vec<_> = all
                .iter()
                .filter(|rule| !list(rule, "/nonResourceURLs").is_empty())
                .map(|rule| json!({"verbs": rule["verbs"], "nonResourceURLs": rule["nonResourceURLs"]}))
                .collect();
            json!({"resourceRules": resource, "nonResourceRules": other, "incomplete": false})
        }
        "SelfSubjectReview" => json!({"userInfo": {"username": user.name, "groups": user.groups}}),
        "TokenReview" => {
            let header = format!("Bearer {}", text(body, "/spec/token"));
            match super::authenticate(&state.config, Some(&header)) {
                Some(user) => json!({"authenticated": true, "user": {"username": user.name, "groups": user.groups}}),
                None => json!({"authenticated": false, "user": {}, "error": "invalid bearer token"}),
            }
        }
        _ => return Err(ApiError::method_not_allowed()),
    };
    Ok(answer)
}

fn without(field: &'static str) -> impl Fn(Value) -> Value {
    move |mut rule| {
        crate::json::remove(&mut rule, &format!("/{field}"));
        rule
    }
}

fn access(state: &State, user: &User, body: &Value) -> Value {
    let ok = if let Some(path) = body.pointer("/spec/nonResourceAttributes") {
        allowed_path(state, user, text(path, "/verb"), text(path, "/path"))
    } else {
        let asked = body.pointer("/spec/resourceAttributes").unwrap_or(&Value::Null);
        let attributes = Attributes {
            verb: text(asked, "/verb"),
            group: text(asked, "/group"),
            resource: text(asked, "/resource"),
            sub: text(asked, "/subresource"),
            namespace: text(asked, "/namespace"),
            name: text(asked, "/name"),
        };
        allowed(state, user, &attributes)
    };
    if ok { json!({"allowed": true, "reason": "RBAC: allowed"}) } else { json!({"allowed": false}) }
}
