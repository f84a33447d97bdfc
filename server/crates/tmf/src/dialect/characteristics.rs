//! Characteristics: in OpenSlice every value is text inside an object (`{"value": "…", "alias": "…"}`), and those of
//! specifications have names and types of their own (its `ServiceSpecCharacteristic` and `EValueType`).

use serde_json::{Value, json};

use super::{is_work, rename};
use crate::Resource;

/// Types of values: ours, OpenSlice's.
const TYPES: &[(&str, &str)] = &[
    ("string", "TEXT"),
    ("integer", "INTEGER"),
    ("number", "FLOAT"),
    ("boolean", "BOOLEAN"),
    ("dateTime", "TIMESTAMP"),
];

/// Official and OpenSlice's member for the characteristics of a specification, and for their values.
const SPECIFICATION: (&str, &str) = ("specCharacteristic", "serviceSpecCharacteristic");
const VALUES: (&str, &str) = ("characteristicValueSpecification", "serviceSpecCharacteristicValue");

pub(super) fn inward(resource: &Resource, document: &mut Value) {
    if resource.kind == "serviceSpecification" {
        rename(document, SPECIFICATION.1, SPECIFICATION.0);
        for one in elements(document, SPECIFICATION.0) {
            rename(one, VALUES.1, VALUES.0);
        }
    }
}

pub(super) fn outward(resource: &Resource, document: &mut Value) {
    if resource.kind == "serviceSpecification" {
        elements(document, SPECIFICATION.0).for_each(specified);
        rename(document, SPECIFICATION.0, SPECIFICATION.1);
    } else if is_work(resource) {
        wrap_all(document);
    }
}

fn elements<'a>(document: &'a mut Value, member: &str) -> impl Iterator<Item = &'a mut Value> {
    document.get_mut(member).and_then(Value::as_array_mut).into_iter().flatten()
}

fn specified(one: &mut Value) {
    let several = one[VALUES.0].as_array().is_some_and(|values| values.len() > 1);
    for value in elements(one, VALUES.0) {
        typed(value);
        if let Some(inner) = value.get_mut("value") {
            wrap(inner);
        }
    }
    rename(one, VALUES.0, VALUES.1);
    typed(one);
    if several {
        // A choice among given values.
        one["valueType"] = json!("ENUM");
    }
}

fn typed(one: &mut Value) {
    if let Some(Value::String(name)) = one.get_mut("valueType")
        && let Some((_, other)) = TYPES.iter().find(|(ours, _)| ours == name)
    {
        *name = (*other).to_owned();
    }
}

/// Wraps the values of all characteristics of orders, items and services.
fn wrap_all(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, value) in members.iter_mut() {
                if name == "serviceCharacteristic" {
                    for one in value.as_array_mut().into_iter().flatten() {
                        typed(one);
                        if let Some(inner) = one.get_mut("value") {
                            wrap(inner);
                        }
                    }
                } else {
                    wrap_all(value);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(wrap_all),
        _ => {}
    }
}

fn wrap(value: &mut Value) {
    if value.get("value").is_some() {
        return;
    }
    let text = match value.take() {
        Value::String(text) => text,
        other => other.to_string(),
    };
    *value = json!({"value": text, "alias": ""});
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::{
        Dialect, Resource,
        registry::{SERVICE_CATALOG, SERVICE_INVENTORY},
    };

    #[test]
    fn values_are_text_inside_an_object() {
        let service = Resource::find(SERVICE_INVENTORY.base, "service").unwrap();
        let shown = Dialect::OpenSlice.outward(
            service,
            json!({"serviceCharacteristic": [
                {"name": "hypo.plan", "valueType": "string", "value": "p"},
                {"name": "replicas", "valueType": "integer", "value": 3},
                {"name": "theirs", "valueType": "ENUM", "value": {"value": "ocm", "alias": "x"}},
            ]}),
        );
        let all = &shown["serviceCharacteristic"];
        assert_eq!(all[0], json!({"name": "hypo.plan", "valueType": "TEXT", "value": {"value": "p", "alias": ""}}));
        assert_eq!((&all[1]["valueType"], &all[1]["value"]["value"]), (&json!("INTEGER"), &json!("3")));
        assert_eq!(all[2]["value"], json!({"value": "ocm", "alias": "x"}), "as it was sent");
    }

    #[test]
    fn specifications_have_openslices_names_and_come_back() {
        let resource = Resource::find(SERVICE_CATALOG.base, "serviceSpecification").unwrap();
        let ours = json!({"name": "shop", "specCharacteristic": [{"name": "size", "valueType": "string",
            "characteristicValueSpecification": [
                {"valueType": "string", "isDefault": true, "value": "small"}, {"valueType": "string", "value": "big"}]}]});
        let shown = Dialect::OpenSlice.outward(resource, ours);
        let one = &shown["serviceSpecCharacteristic"][0];
        assert!(shown.get("specCharacteristic").is_none() && one.get("characteristicValueSpecification").is_none());
        assert_eq!(one["valueType"], "ENUM");
        assert_eq!(one["serviceSpecCharacteristicValue"][1]["value"], json!({"value": "big", "alias": ""}));
        let back = Dialect::OpenSlice.inward(resource, shown);
        assert_eq!(back["specCharacteristic"][0]["characteristicValueSpecification"][0]["isDefault"], true);
    }
}
