//! The state of an order from the states of its items (TMF641 user guide, TMF622), and of an item from the order that
//! carries it out. Pure.

use chrono::{DateTime, Utc};
use hypo_shared::{machine, order::roll_up};
use hypo_store::{documents::Document, ordering::OrderItem};
use serde_json::{Value, json};

use super::{PRODUCT_ORDER, code, instant, is_final, items_of, told};

/// An order with one item in another state, and what follows from it.
pub(super) fn with(order: &Document, item: &OrderItem, state: &str, why: Vec<Value>, now: DateTime<Utc>) -> Document {
    let mut next = order.clone();
    let product = item.kind == PRODUCT_ORDER;
    // TMF622 has no partial items: what was not wholly done has failed.
    let state = if product && state == "partial" { "failed" } else { state };
    let Some(items) = next.doc[items_of(&item.kind)].as_array_mut() else { return next };
    if let Some(found) = usize::try_from(item.position).ok().and_then(|position| items.get_mut(position)) {
        found["state"] = json!(state);
        if !why.is_empty() {
            found["errorMessage"] = Value::Array(why.clone());
        }
    }
    let states: Vec<String> =
        items.iter().map(|item| item["state"].as_str().unwrap_or("acknowledged").to_owned()).collect();
    let states: Vec<&str> = states.iter().map(String::as_str).collect();
    settle(&mut next, roll_up(&states).as_str(), product, why, now);
    next
}

/// Moves the order as far as its diagram lets it.
fn settle(order: &mut Document, wanted: &str, product: bool, why: Vec<Value>, now: DateTime<Utc>) {
    let machine = if product { &machine::PRODUCT_ORDER } else { &machine::SERVICE_ORDER };
    let from = order.state.clone();
    // A cancellation that is looked at is not taken back by work that still runs.
    let asking = matches!(from.as_str(), "assessingCancellation" | "pendingCancellation");
    if asking && !is_final(wanted) && wanted != "pendingCancellation" {
        return;
    }
    // The diagrams do not let every order end in every way: what comes nearest is said.
    let ways = if is_final(wanted) { vec![wanted, "cancelled", "failed"] } else { vec![wanted] };
    let ways =
        ways.into_iter().filter(|way| *way != "cancelled" || wanted == "cancelled" || from == "pendingCancellation");
    let Some(to) = ways.into_iter().find(|way| machine.leads(&from, way)) else { return };
    order.state = to.to_owned();
    order.updated_at = now;
    order.doc["state"] = json!(to);
    if !product && to != "acknowledged" && to != "rejected" && order.doc.get("startDate").is_none() {
        order.doc["startDate"] = json!(instant(now));
    }
    if is_final(to) && order.doc.get("completionDate").is_none() {
        order.doc["completionDate"] = json!(instant(now));
    }
    if to == "cancelled" && order.doc.get("cancellationDate").is_none() {
        order.doc["cancellationDate"] = json!(instant(now));
    }
    if !product && !why.is_empty() {
        order.doc["errorMessage"] = Value::Array(why);
    }
}

/// Why a part failed: in full within a tenant, by code and title from another one.
pub(super) fn reasons(item: &OrderItem, part: &Document, now: DateTime<Utc>) -> Vec<Value> {
    if !matches!(part.state.as_str(), "failed" | "held" | "rejected" | "partial") {
        return Vec::new();
    }
    let found = part.doc["errorMessage"].as_array().cloned().unwrap_or_default();
    if part.tenant == item.tenant {
        return found;
    }
    let mut told: Vec<Value> =
        found.iter().map(|one| told(code(one["code"].as_str().unwrap_or_default()), now)).collect();
    told.dedup();
    told
}

#[cfg(test)]
mod tests {
    use hypo_shared::TenantId;
    use uuid::Uuid;

    use super::*;

    fn order(kind: &str, state: &str) -> (Document, OrderItem) {
        let now = Utc::now();
        let (id, tenant) = (Uuid::now_v7(), TenantId(Uuid::now_v7()));
        let doc = json!({"state": state, items_of(kind): [{"id": "1", "state": state}]});
        let document = Document { state: state.to_owned(), ..Document::new(kind, id, tenant, doc, now) };
        let item = OrderItem {
            order: id,
            position: 0,
            kind: kind.to_owned(),
            tenant,
            provider: None,
            offering: None,
            step: "placed".to_owned(),
            due_at: now,
            part: None,
            seen: String::new(),
            subject: None,
            reason: String::new(),
        };
        (document, item)
    }

    #[test]
    fn an_order_goes_only_where_its_diagram_leads() {
        let to = |kind: &str, from: &str, state: &str| {
            let (document, item) = order(kind, from);
            with(&document, &item, state, Vec::new(), Utc::now()).state
        };
        assert_eq!(to("serviceOrder", "acknowledged", "completed"), "completed");
        assert_eq!(to("serviceOrder", "acknowledged", "rejected"), "rejected");
        assert_eq!(to("productOrder", "acknowledged", "rejected"), "failed");
        assert_eq!(to("productOrder", "inProgress", "partial"), "failed");
        assert_eq!(to("serviceOrder", "assessingCancellation", "inProgress"), "assessingCancellation");
        assert_eq!(to("serviceOrder", "assessingCancellation", "cancelled"), "cancelled");
        assert_eq!(to("serviceOrder", "pendingCancellation", "failed"), "cancelled");
        assert_eq!(to("serviceOrder", "completed", "failed"), "completed");
    }

    #[test]
    fn a_customer_is_told_the_code_and_not_the_cluster() {
        let (mut part, mut item) = order("serviceOrder", "failed");
        part.doc["errorMessage"] =
            json!([{"code": "HYP-4002", "reason": "edge-1: image example.test/web", "hypo.failure": {}}]);
        assert!(reasons(&item, &part, Utc::now())[0]["reason"].as_str().unwrap().contains("edge-1"));
        item.tenant = TenantId(Uuid::now_v7());
        let said = reasons(&item, &part, Utc::now());
        assert!(
            said.len() == 1 && said[0]["code"] == "HYP-4002" && !said[0].to_string().contains("edge-1"),
            "{said:?}"
        );
    }
}
