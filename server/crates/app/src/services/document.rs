//! The TMF638 v4 document of a service, as the orchestrator writes it.

use hypo_orchestrator::project::services::characteristic;
use hypo_shared::{ErrorCode, PackageId, PlanId, ServiceId};
use hypo_store::documents::Document;
use serde_json::json;

use super::Service;
use crate::{
    Error, Result,
    orders::document::{notes, parse},
};

/// The service a document stands for.
pub(crate) fn read(document: Document) -> Result<Service> {
    let Document { id, tenant, name, doc, created_at, state, .. } = document;
    let corrupt = |what: &str| Error {
        detail: Some(format!("service {id} has no {what}")),
        ..Error::of(ErrorCode::StoreCorrupt)
    };
    Ok(Service {
        id: ServiceId(id),
        tenant,
        name,
        state: parse(&json!(state)).ok_or_else(|| corrupt("state"))?,
        package: package(&doc).ok_or_else(|| corrupt("package"))?,
        created_at,
        started_at: doc.get("startDate").and_then(parse),
        ended_at: doc.get("endDate").and_then(parse),
        drift_policy: characteristic(&doc, "hypo.driftPolicy").and_then(parse).unwrap_or_default(),
        notes: notes(&doc),
    })
}

/// The plan it runs on.
pub(crate) fn plan(doc: &serde_json::Value) -> Option<PlanId> {
    characteristic(doc, "hypo.plan").and_then(parse)
}

fn package(doc: &serde_json::Value) -> Option<PackageId> {
    characteristic(doc, "hypo.package").and_then(parse)
}
