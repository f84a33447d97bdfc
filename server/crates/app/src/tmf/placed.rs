//! An order stays as it was placed: it was checked, planned and perhaps approved as it was. Another order changes what
//! it has made.

use hypo_shared::ErrorCode;
use hypo_store::documents::Document;
use hypo_tmf::items;
use serde_json::Value;

use crate::{
    Error, Result,
    ordering::{RESOURCE_ORDER, is_final},
};

/// Members that say what is done, when, and for whom, beside the items.
const FIXED: [&str; 4] = ["relatedParty", "requestedStartDate", "orderRelationship", "channel"];

/// Refuses other items in a change of an order. States in them are the server's: what a client has read meanwhile changes
/// nothing. Nothing here carries out an order of resources, which stays as it is once it has ended.
pub(super) fn kept(before: &Document, after: &mut Value) -> Result<()> {
    let Some(items) = items::member(&before.kind) else { return Ok(()) };
    if before.kind == RESOURCE_ORDER && !is_final(&before.state) {
        return Ok(());
    }
    if asked(&before.doc[items]) != asked(&after[items]) {
        return Err(fixed(items));
    }
    after[items] = before.doc[items].clone();
    match FIXED.iter().find(|name| before.doc.get(**name) != after.get(**name)) {
        Some(name) => Err(fixed(name)),
        None => Ok(()),
    }
}

fn fixed(member: &str) -> Error {
    let text = format!("{member} stays as it was ordered. Cancel this order and place another one.");
    Error::new(ErrorCode::StateConflict, text)
}

/// The items without what the server writes in them.
fn asked(items: &Value) -> Value {
    let mut items = items.clone();
    for item in items.as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut) {
        item.remove("state");
    }
    items
}

#[cfg(test)]
mod tests {
    use chrono::Utc;
    use hypo_shared::TenantId;
    use serde_json::json;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn what_was_ordered_stays() {
        let doc =
            json!({"serviceOrderItem": [{"id": "1", "action": "add", "state": "inProgress"}], "relatedParty": []});
        let before = Document::new("serviceOrder", Uuid::now_v7(), TenantId(Uuid::now_v7()), doc.clone(), Utc::now());
        let change = |change: &dyn Fn(&mut Value)| {
            let mut after = doc.clone();
            change(&mut after);
            kept(&before, &mut after).map(|()| after)
        };
        assert!(change(&|doc| doc["description"] = json!("words")).is_ok());
        let earlier = change(&|doc| doc["serviceOrderItem"][0]["state"] = json!("acknowledged")).unwrap();
        assert_eq!(earlier["serviceOrderItem"][0]["state"], "inProgress", "read before it went on");
        for refused in [
            change(&|doc| doc["serviceOrderItem"][0]["action"] = json!("delete")),
            change(&|doc| doc["serviceOrderItem"] = json!([])),
            change(&|doc| doc["relatedParty"] = json!([{"id": "x"}])),
            change(&|doc| doc["requestedStartDate"] = json!("2035-01-01")),
        ] {
            assert_eq!(refused.unwrap_err().code, ErrorCode::StateConflict);
        }
    }
}
