//! What goes out and what comes in: members of our own stay inside.

use serde_json::Value;

use crate::Resource;

/// A stored document as a client sees it: `href` and `@type` are there, null members are not.
#[must_use]
pub fn outward(resource: &Resource, id: &str, document: Value) -> Value {
    let Value::Object(mut members) = document else { return document };
    members.retain(|_, value| !value.is_null());
    members.insert("id".into(), id.into());
    members.insert("href".into(), resource.path(Some(id)).into());
    members.entry("@type").or_insert_with(|| resource.type_name.into());
    Value::Object(members)
}

/// A client's document without what the server sets itself.
#[must_use]
pub fn inward(resource: &Resource, document: Value) -> Value {
    let Value::Object(mut members) = document else { return document };
    members.retain(|name, _| !resource.server_set.contains(&name.as_str()));
    members.entry("@type").or_insert_with(|| resource.type_name.into());
    Value::Object(members)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::registry::{RESOURCES, SERVICE_ORDERING};

    #[test]
    fn a_round_trip_keeps_what_the_client_sent() {
        let order = Resource::find(SERVICE_ORDERING.base, "serviceOrder").unwrap();
        let sent = json!({"id": "mine", "state": "completed", "x-own": [1, {"a": null}], "description": "d"});
        let stored = inward(order, sent);
        assert_eq!(stored, json!({"x-own": [1, {"a": null}], "description": "d", "@type": "ServiceOrder"}));
        let shown = outward(order, "1", stored);
        assert_eq!(shown["href"], "/tmf-api/serviceOrdering/v4/serviceOrder/1");
        assert_eq!(shown["x-own"], json!([1, {"a": null}]));
        assert_eq!(RESOURCES[0].type_name, shown["@type"]);
    }
}
