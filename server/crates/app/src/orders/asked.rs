//! What a TMF client asked for, word for word: its order keeps the members it was sent with.

use hypo_shared::OrderId;
use serde_json::{Map, Value, json};

use crate::tmf::key::Key;

/// The client's order.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Checked, in official words, with one item.
    pub(crate) document: Value,
    pub(crate) key: Option<Key>,
    /// The client's order this is a part of, and the position of the item in it.
    pub(crate) parent: Option<(OrderId, usize)>,
}

impl Asked {
    /// The document we wrote with the client's members in it. Ours win where both say something the server decides.
    pub(super) fn dress(&self, ours: Value) -> Value {
        let mut doc = over(
            ours,
            &self.document,
            &["id", "href", "state", "orderDate", "serviceOrderItem", "relatedParty", "note"],
        );
        let theirs = self.document.pointer("/serviceOrderItem/0").unwrap_or(&Value::Null);
        if let Some(item) = doc.pointer_mut("/serviceOrderItem/0") {
            let mut dressed = over(item.take(), theirs, &["state", "service", "action"]);
            let service = &theirs["service"];
            dressed["service"] = over(
                dressed["service"].take(),
                service,
                &["id", "href", "name", "serviceSpecification", "serviceCharacteristic"],
            );
            join(&mut dressed["service"], service, "serviceCharacteristic");
            if let Some(reference) = service.get("serviceSpecification") {
                let known = dressed["service"]["serviceSpecification"].take();
                dressed["service"]["serviceSpecification"] = over(known, reference, &["id", "href"]);
            }
            *item = dressed;
        }
        join(&mut doc, &self.document, "relatedParty");
        join(&mut doc, &self.document, "note");
        if let Some((parent, position)) = self.parent {
            doc["orderRelationship"] = json!([{
                "id": parent, "href": format!("/tmf-api/serviceOrdering/v4/serviceOrder/{parent}"),
                "relationshipType": "partOf", "@referredType": "ServiceOrder",
            }]);
            doc["hypo:parent"] = json!({"id": parent, "item": position});
        }
        doc
    }
}

/// `theirs` over `ours`, except for the members that stay ours where we have them.
fn over(ours: Value, theirs: &Value, stay: &[&str]) -> Value {
    let mut members = match ours {
        Value::Object(members) => members,
        _ => Map::new(),
    };
    for (name, value) in theirs.as_object().into_iter().flatten() {
        if !(stay.contains(&name.as_str()) && members.contains_key(name)) {
            members.insert(name.clone(), value.clone());
        }
    }
    Value::Object(members)
}

/// Their elements first, then those of ours that have no namesake among them.
fn join(doc: &mut Value, theirs: &Value, member: &str) {
    let Some(given) = theirs[member].as_array() else { return };
    let mut all = given.clone();
    let ours = doc[member].as_array().cloned().unwrap_or_default();
    let known =
        |one: &Value| member == "serviceCharacteristic" && given.iter().any(|other| other["name"] == one["name"]);
    all.extend(ours.into_iter().filter(|one| !known(one)));
    doc[member] = Value::Array(all);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clients_members_stay() {
        let asked = Asked {
            document: json!({
                "externalId": "e", "x-own": {"a": 1}, "state": "completed", "relatedParty": [{"id": "p"}],
                "serviceOrderItem": [{"id": "7", "action": "add", "quantity": 2, "service": {
                    "state": "active", "serviceCharacteristic": [{"name": "colour", "value": "red"}],
                    "serviceSpecification": {"id": "s", "@referredType": "X"},
                }}],
            }),
            key: None,
            parent: None,
        };
        let ours = json!({
            "id": "1", "state": "acknowledged", "relatedParty": [{"id": "us"}], "description": "shop",
            "serviceOrderItem": [{"id": "1", "action": "add", "state": "acknowledged", "service": {
                "id": "svc", "serviceCharacteristic": [{"name": "hypo.planId", "value": "p"}],
                "serviceSpecification": {"id": "s", "name": "shop"},
            }}],
        });
        let doc = asked.dress(ours);
        assert_eq!((&doc["id"], &doc["state"], &doc["x-own"]["a"]), (&json!("1"), &json!("acknowledged"), &json!(1)));
        let item = &doc["serviceOrderItem"][0];
        assert_eq!((&item["id"], &item["quantity"], &item["state"]), (&json!("7"), &json!(2), &json!("acknowledged")));
        assert_eq!((&item["service"]["id"], &item["service"]["state"]), (&json!("svc"), &json!("active")));
        assert_eq!(item["service"]["serviceCharacteristic"][1]["name"], "hypo.planId");
        assert_eq!(item["service"]["serviceSpecification"], json!({"id": "s", "name": "shop", "@referredType": "X"}));
        assert_eq!(doc["relatedParty"], json!([{"id": "p"}, {"id": "us"}]));
    }
}
