//! Orders with several items: each is an order beneath the client's, and the client's order says how far they are
//! (TMF641 user guide, roll-up of item states).

use chrono::{DateTime, Utc};
use hypo_shared::{ErrorCode, OrderId, order::OrderState};
use hypo_store::{
    Scope, Tx,
    documents::{self, Document, kind},
};
use serde_json::{Value, json};

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
    let messages = child.doc.get("errorMessage").cloned();
    match with_item(&parent, position, &child.state, messages, child.updated_at) {
        Some(next) => documents::update(tx, &next).await.map(drop),
        None => Ok(()),
    }
}

/// The order with the state of an item, or `None` when it reads so already.
#[must_use]
pub fn item_state(
    order: &Document,
    position: usize,
    state: &str,
    reason: Option<(ErrorCode, &str)>,
    now: DateTime<Utc>,
) -> Option<Document> {
    let message =
        |(code, reason): (ErrorCode, &str)| json!([{"code": code.code(), "reason": reason, "timestamp": now}]);
    with_item(order, position, state, reason.map(message), now)
}

fn with_item(
    order: &Document,
    position: usize,
    state: &str,
    messages: Option<Value>,
    now: DateTime<Utc>,
) -> Option<Document> {
    let mut doc = order.doc.clone();
    let items = doc["serviceOrderItem"].as_array_mut()?;
    let item = items.get_mut(position)?;
    item["state"] = json!(state);
    match messages {
        Some(messages) => item["errorMessage"] = messages,
        None => drop(item.as_object_mut()?.shift_remove("errorMessage")),
    }
    let states: Vec<&str> = items.iter().map(|item| item["state"].as_str().unwrap_or("acknowledged")).collect();
    let next = reachable(&order.state, rolled_up(&states))?;
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

/// The state of an order with items in these states.
#[must_use]
pub fn rolled_up(items: &[&str]) -> OrderState {
    let all = |states: &[&str]| items.iter().all(|state| states.contains(state));
    let any = |state: &str| items.contains(&state);
    match () {
        () if any("rejected") => OrderState::Rejected,
        () if all(&["completed"]) => OrderState::Completed,
        () if all(&["failed"]) => OrderState::Failed,
        () if all(&["cancelled"]) => OrderState::Cancelled,
        () if all(&["completed", "failed", "cancelled", "partial"]) => OrderState::Partial,
        () if any("held") => OrderState::Held,
        () if any("pending") => OrderState::Pending,
        () if all(&["acknowledged"]) => OrderState::Acknowledged,
        () => OrderState::InProgress,
    }
}

#[cfg(test)]
mod tests {
    use hypo_shared::TenantId;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn states_roll_up() {
        for (items, expected) in [
            (&["completed", "completed"][..], OrderState::Completed),
            (&["completed", "failed"], OrderState::Partial),
            (&["failed", "failed"], OrderState::Failed),
            (&["completed", "inProgress"], OrderState::InProgress),
            (&["completed", "held"], OrderState::Held),
            (&["rejected", "completed"], OrderState::Rejected),
            (&["acknowledged", "acknowledged"], OrderState::Acknowledged),
            (&["completed", "acknowledged"], OrderState::InProgress),
        ] {
            assert_eq!(rolled_up(items), expected, "{items:?}");
        }
    }

    #[test]
    fn an_item_moves_its_order() {
        let now = Utc::now();
        let order = Document {
            id: Uuid::now_v7(),
            tenant: TenantId(Uuid::now_v7()),
            kind: kind::SERVICE_ORDER.to_owned(),
            rev: 1,
            state: "acknowledged".to_owned(),
            name: String::new(),
            doc: json!({"state": "acknowledged", "serviceOrderItem": [{"id": "a"}, {"id": "b"}]}),
            external_id: None,
            created_at: now,
            updated_at: now,
        };
        let first = item_state(&order, 0, "completed", None, now).unwrap();
        assert_eq!(first.state, "inProgress");
        assert_eq!(item_state(&first, 0, "completed", None, now), None, "nothing new");
        let second = item_state(&first, 1, "failed", Some((ErrorCode::PlanStale, "gone")), now).unwrap();
        assert_eq!((second.state.as_str(), &second.doc["state"]), ("partial", &json!("partial")));
        assert_eq!(second.doc["serviceOrderItem"][1]["errorMessage"][0]["code"], "HYP-2007");
        assert!(second.doc["completionDate"].is_string());
        assert_eq!(item_state(&order, 7, "completed", None, now), None);
    }
}
