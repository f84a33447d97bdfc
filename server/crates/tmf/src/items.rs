//! The items of an order: which member holds them, and what must hold among them.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::Resource;

/// The member that holds the items of a kind of orders; `None` for what is no order.
#[must_use]
pub fn member(kind: &str) -> Option<&'static str> {
    match kind {
        "serviceOrder" => Some("serviceOrderItem"),
        "productOrder" => Some("productOrderItem"),
        "resourceOrder" => Some("orderItem"),
        _ => None,
    }
}

/// Ids are told apart, relationships lead to items of the same order, and a characteristic has one value.
pub(crate) fn check(resource: &Resource, document: &Value, wrong: &mut Vec<String>) {
    let Some(member) = member(resource.kind) else { return };
    if member != "orderItem" && !document[member].is_null() && !document["orderItem"].is_null() {
        wrong.push(format!("orderItem is another name of {member}; only one of them can be given"));
    }
    let items = document[member].as_array().map(Vec::as_slice).unwrap_or_default();
    let id = |item: &Value| item["id"].as_str().map_or_else(|| item["id"].to_string(), str::to_owned);
    let mut ids = BTreeSet::new();
    for (position, item) in items.iter().enumerate() {
        if !item["id"].is_null() && !ids.insert(id(item)) {
            wrong.push(format!("{member}[{position}].id {} is another item's too", item["id"]));
        }
    }
    for (position, item) in items.iter().enumerate() {
        let related = item[format!("{member}Relationship")].as_array().into_iter().flatten();
        for related in related {
            // TMF641 4.1 has the item in an object, the others beside the type of the relationship.
            let other =
                if related["orderItem"]["itemId"].is_null() { &related["id"] } else { &related["orderItem"]["itemId"] };
            let elsewhere = !related["orderItem"]["serviceOrderId"].is_null();
            if let Some(other) = other.as_str().filter(|other| !elsewhere && !ids.contains(*other)) {
                wrong.push(format!("{member}[{position}] is related to an item {other:?} that is not there"));
            }
        }
        for subject in ["service", "product", "resource"] {
            let name = format!("{subject}Characteristic");
            let mut names = BTreeSet::new();
            for given in item[subject][&name].as_array().into_iter().flatten() {
                if let Some(given) = given["name"].as_str().filter(|given| !names.insert((*given).to_owned())) {
                    wrong.push(format!("{member}[{position}].{subject}.{name} names {given:?} twice"));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{Resource, registry::SERVICE_ORDERING, validate::create};
    use serde_json::Value;

    #[test]
    fn items_that_contradict_each_other_are_named() {
        let order = Resource::find(SERVICE_ORDERING.base, "serviceOrder").unwrap();
        let reason =
            |items: Value| create(order, &json!({"serviceOrderItem": items})).map_err(|problem| problem.reason);
        let item = |id: &str| json!({"id": id, "action": "add", "service": {}});
        assert_eq!(reason(json!([item("1"), item("2")])), Ok(()));
        assert_eq!(
            reason(json!([item("1"), item("1")])).unwrap_err(),
            "serviceOrderItem[1].id \"1\" is another item's too"
        );
        let mut related = item("1");
        related["serviceOrderItemRelationship"] =
            json!([{"relationshipType": "reliesOn", "orderItem": {"itemId": "9"}}]);
        assert_eq!(
            reason(json!([related])).unwrap_err(),
            "serviceOrderItem[0] is related to an item \"9\" that is not there"
        );
        let mut twice = item("1");
        twice["service"] = json!({"serviceCharacteristic": [{"name": "a", "value": 1}, {"name": "a", "value": 2}]});
        assert_eq!(
            reason(json!([twice])).unwrap_err(),
            "serviceOrderItem[0].service.serviceCharacteristic names \"a\" twice"
        );
    }
}
