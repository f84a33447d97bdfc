//! The TMF638 v4 document of a service, as the orchestrator writes it.

use chrono::{DateTime, Utc};
use hypo_orchestrator::project::services::characteristic;
use hypo_shared::{ErrorCode, OrderId, PackageId, PlanId, ServiceId, order::ItemAction};
use hypo_store::{
    Tx,
    documents::{self, Document},
};
use serde_json::json;

use super::Service;
use crate::{
    Error, Result,
    orders::document::{href, notes, parse},
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

/// Notes an order in the service's document (TMF638 `serviceOrderItem`). The document is as it was read when the order
/// was judged: of two orders that are placed at once, one is refused.
pub(crate) async fn ordered(
    tx: &mut Tx,
    service: &Document,
    order: OrderId,
    action: ItemAction,
    now: DateTime<Utc>,
) -> hypo_store::Result<()> {
    let mut next = service.clone();
    let item = json!({
        "serviceOrderId": order, "serviceOrderHref": href("serviceOrdering", "serviceOrder", order.0),
        "itemId": "1", "itemAction": action,
    });
    match next.doc["serviceOrderItem"].as_array_mut() {
        Some(items) => items.push(item),
        None => next.doc["serviceOrderItem"] = json!([item]),
    }
    next.updated_at = now;
    match documents::update(tx, &next).await {
        Err(error) if error.code() == ErrorCode::PreconditionFailed => Err(hypo_store::Error::refused(
            ErrorCode::ServiceStateConflict,
            format!("service {} has changed meanwhile", service.id),
        )),
        other => other.map(drop),
    }
}

fn package(doc: &serde_json::Value) -> Option<PackageId> {
    characteristic(doc, "hypo.package").and_then(parse)
}
