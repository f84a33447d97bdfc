//! Orders with several items: each is an order beneath the client's, and the client's order says how far they are
//! (TMF641 user guide, roll-up of item states).

use hypo_shared::{
    OrderId,
    order::{OrderState, roll_up},
};
use hypo_store::{
    Scope, Tx,
    documents::{self, Document, kind},
};
use serde_json::json;

use super::order::reachable;

/// The member of an order beneath another one that names it: `{"id": …, "item": position}`.
const PARENT: &str = "hypo:parent";

/// Tells the order above, in the transaction that changed the one beneath.
pub(super) async fn tell_parent(tx: &mut Tx, child: &Document) -> hypo_store::Result<()> {
    let parent: Option<OrderId> = child.doc[PARENT]["id"].as_str().and_then(|id| id.parse().ok());
    let position = child.doc[PARENT]["item"].as_u64().and_then(|at| usize::try_from(at).ok());
    let (Some(parent), Some(position)) = (parent, position) else { return Ok(()) };
    let Some(parent) = documents::find(tx, Scope::Platform, kind::SERVICE_ORDER, parent.0).await? else {
        return Ok(());
    };
    match with_item(&parent, position, child) {
        Some(next) => documents::update(tx, &next).await.map(drop),
        None => Ok(()),
    }
}

/// The order with an item as far as the order beneath has come, or `None` when it reads so already.
fn with_item(order: &Document, position: usize, part: &Document) -> Option<Document> {
    let now = part.updated_at;
    let mut doc = order.doc.clone();
    let items = doc["serviceOrderItem"].as_array_mut()?;
    let item = items.get_mut(position)?;
    item["state"] = json!(part.state);
    match part.doc.get("errorMessage") {
        Some(messages) => item["errorMessage"] = messages.clone(),
        None => drop(item.as_object_mut()?.shift_remove("errorMessage")),
    }
    let made = &part.doc["serviceOrderItem"][0]["service"];
    for member in ["id", "href"].into_iter().filter(|member| !made[member].is_null()) {
        item["service"][member] = made[member].clone();
    }
    let states: Vec<&str> = items.iter().map(|item| item["state"].as_str().unwrap_or("acknowledged")).collect();
    let next = reachable(&order.state, roll_up(&states))?;
    if next != OrderState::Acknowledged && doc.get("startDate").is_none() {
        doc["startDate"] = json!(now);
    }
    if next.is_final() && doc.get("completionDate").is_none() {
        doc["completionDate"] = json!(now);
    }
    doc["state"] = json!(next);
    let changed = doc != order.doc;
    changed.then(|| Document { doc, state: next.as_str().to_owned(), updated_at: now, ..order.clone() })
}

#[cfg(test)]
mod tests {
    use chrono::Utc;
    use hypo_shared::TenantId;
    use serde_json::Value;
    use uuid::Uuid;

    use super::*;

    fn order(state: &str, doc: Value) -> Document {
        let (id, tenant) = (Uuid::now_v7(), TenantId(Uuid::now_v7()));
        Document { state: state.to_owned(), ..Document::new(kind::SERVICE_ORDER, id, tenant, doc, Utc::now()) }
    }

    #[test]
    fn an_item_moves_its_order() {
        let items = json!([{"id": "a", "service": {"name": "shop"}}, {"id": "b"}]);
        let above = order("acknowledged", json!({"state": "acknowledged", "serviceOrderItem": items}));
        let done = order("completed", json!({"serviceOrderItem": [{"service": {"id": "s", "name": "ours"}}]}));
        let first = with_item(&above, 0, &done).unwrap();
        assert_eq!(first.state, "inProgress");
        assert_eq!(first.doc["serviceOrderItem"][0]["service"], json!({"name": "shop", "id": "s"}));
        assert_eq!(with_item(&first, 0, &done), None, "nothing new");
        let failed = order("failed", json!({"errorMessage": [{"code": "HYP-2007"}], "serviceOrderItem": [{}]}));
        let second = with_item(&first, 1, &failed).unwrap();
        assert_eq!((second.state.as_str(), &second.doc["state"]), ("partial", &json!("partial")));
        assert_eq!(second.doc["serviceOrderItem"][1]["errorMessage"][0]["code"], "HYP-2007");
        assert!(second.doc["completionDate"].is_string());
        assert_eq!(with_item(&above, 7, &done), None);
    }
}
