//! An order that is accepted and then rejected: what it asks for is not known here.

use hypo_shared::ErrorCode;
use hypo_store::documents::Document;
use hypo_tmf::Resource;
use serde_json::{Value, json};

use super::document::instant;
use crate::ordering::items_of;

/// Why an order was rejected, in a sentence; `None` when it was not.
pub(super) fn reason(order: &Value) -> Option<&str> {
    let why = || order["errorMessage"][0]["reason"].as_str().unwrap_or("The order was rejected.");
    (order["state"] == "rejected").then(why)
}

/// The order with the reasons on its items; items that were not at fault are not done either.
pub(super) fn rejected(resource: &Resource, order: &Document, reasons: &[(usize, String)]) -> Document {
    let now = order.updated_at;
    let mut doc = order.doc.clone();
    let message = |reason: &str| json!({"code": ErrorCode::SpecificationUnknown.code(), "reason": reason, "timestamp": instant(now)});
    if let Some(items) = doc[items_of(resource.kind)].as_array_mut() {
        for (position, item) in items.iter_mut().enumerate() {
            item["state"] = json!("rejected");
            let why: Vec<Value> =
                reasons.iter().filter(|(at, _)| *at == position).map(|(_, reason)| message(reason)).collect();
            if !why.is_empty() {
                item["errorMessage"] = Value::Array(why);
            }
        }
    }
    doc["state"] = json!("rejected");
    doc["completionDate"] = json!(instant(now));
    if resource.shape("errorMessage").is_some() {
        doc["errorMessage"] = reasons.iter().map(|(_, reason)| message(reason)).collect();
    }
    Document { state: "rejected".to_owned(), doc, ..order.clone() }
}
