//! What a client's document must hold before anything is done with it: every violation, not only the first.

use serde_json::Value;

use crate::{Problem, Resource};

/// Checks a document to create.
///
/// # Errors
/// 400 that names every missing or malformed member.
pub fn create(resource: &Resource, document: &Value) -> Result<(), Problem> {
    let Some(members) = document.as_object() else {
        return Err(Problem::invalid("the body must be a JSON object"));
    };
    let mut wrong: Vec<String> = resource
        .create_required
        .iter()
        .filter(|name| members.get(**name).is_none_or(Value::is_null))
        .map(|name| format!("{name} is required"))
        .collect();
    if resource.collection == "serviceOrder" {
        order_items(members.get("serviceOrderItem"), &mut wrong);
    }
    if wrong.is_empty() { Ok(()) } else { Err(Problem::invalid(wrong.join("; "))) }
}

/// TMF641: at least one item, each with `id`, `action` and `service`.
fn order_items(items: Option<&Value>, wrong: &mut Vec<String>) {
    let Some(items) = items.filter(|items| !items.is_null()) else { return };
    let Some(items) = items.as_array().filter(|items| !items.is_empty()) else {
        wrong.push("serviceOrderItem must hold at least one item".into());
        return;
    };
    for (position, item) in items.iter().enumerate() {
        for member in ["id", "action", "service"] {
            if item.get(member).is_none_or(Value::is_null) {
                wrong.push(format!("serviceOrderItem[{position}].{member} is required"));
            }
        }
        let action = item["action"].as_str();
        if let Some(action) = action.filter(|action| !["add", "modify", "delete", "noChange"].contains(action)) {
            wrong.push(format!(
                "serviceOrderItem[{position}].action {action:?} is none of add, modify, delete, noChange"
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::registry::SERVICE_ORDERING;

    #[test]
    fn every_violation_is_named() {
        let order = Resource::find(SERVICE_ORDERING.base, "serviceOrder").unwrap();
        let reason = |document: Value| create(order, &document).unwrap_err().reason;
        assert_eq!(reason(json!({})), "serviceOrderItem is required");
        assert_eq!(reason(json!([])), "the body must be a JSON object");
        assert_eq!(reason(json!({"serviceOrderItem": []})), "serviceOrderItem must hold at least one item");
        assert_eq!(
            reason(json!({"serviceOrderItem": [{"id": "1", "action": "burn"}]})),
            "serviceOrderItem[0].service is required; serviceOrderItem[0].action \"burn\" is none of add, modify, delete, noChange"
        );
        assert!(create(order, &json!({"serviceOrderItem": [{"id": "1", "action": "add", "service": {}}]})).is_ok());
    }
}
