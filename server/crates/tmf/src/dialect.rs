//! The dialect of OpenSlice's published clients, which differs from the official v4: `orderItem` for
//! `serviceOrderItem` and states in upper case. Documents are stored in the official words; a dialect is a table that
//! is applied on the way in and out.

use serde_json::Value;

use crate::{Resource, registry::Area, shape};

/// How a client speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// The specifications' words.
    #[default]
    Official,
    /// OpenSlice's, asked for by `X-Hypo-Dialect: openslice`.
    OpenSlice,
}

/// The member names that differ: collection, official, OpenSlice (and TMF641 before version 4).
const MEMBERS: &[(&str, &str, &str)] = &[("serviceOrder", "serviceOrderItem", "orderItem")];

/// States of orders, services and resources as OpenSlice spells them, where lower case alone is not the rule.
const STATES: &[(&str, &str)] = &[
    ("inProgress", "INPROGRESS"),
    ("assessingCancellation", "ASSESSINGCANCELLATION"),
    ("pendingCancellation", "PENDINGCANCELLATION"),
    ("feasibilityChecked", "FEASIBILITYCHECKED"),
];

impl Dialect {
    /// The dialect of a header value; unknown names are the official one.
    #[must_use]
    pub fn named(name: &str) -> Self {
        if name.trim().eq_ignore_ascii_case("openslice") { Self::OpenSlice } else { Self::Official }
    }

    /// A client's document in official words. A body that uses `orderItem` is understood from anybody; the document
    /// then remembers it, so that it is answered as it was asked.
    #[must_use]
    pub fn inward(self, resource: &Resource, mut document: Value) -> Value {
        let Some(members) = document.as_object_mut() else { return document };
        let differing = MEMBERS.iter().filter(|(collection, ..)| *collection == resource.collection);
        let mut renamed = false;
        for (_, official, other) in differing {
            if !members.contains_key(*official)
                && let Some(value) = members.shift_remove(*other)
            {
                members.insert((*official).to_owned(), value);
                renamed = true;
            }
        }
        if self == Self::OpenSlice && speaks(resource) {
            each_state(&mut document, &mut |state| {
                let official = STATES.iter().find(|(_, other)| state.eq_ignore_ascii_case(other));
                official.map_or_else(|| state.to_ascii_lowercase(), |(official, _)| (*official).to_owned())
            });
        }
        if renamed {
            document[shape::DIALECT] = "orderItem".into();
        }
        document
    }

    /// A stored document in the client's words; call before [`shape::outward`] takes the note of the dialect away.
    #[must_use]
    pub fn outward(self, resource: &Resource, mut document: Value) -> Value {
        let mirrored = self == Self::OpenSlice || document.get(shape::DIALECT).is_some();
        if mirrored && let Some(members) = document.as_object_mut() {
            for (_, official, other) in MEMBERS.iter().filter(|(collection, ..)| *collection == resource.collection) {
                if let Some(value) = members.shift_remove(*official) {
                    members.insert((*other).to_owned(), value);
                }
            }
        }
        if self == Self::OpenSlice && speaks(resource) {
            each_state(&mut document, &mut |state| {
                let other = STATES.iter().find(|(official, _)| *official == state);
                other.map_or_else(|| state.to_ascii_uppercase(), |(_, other)| (*other).to_owned())
            });
        }
        document
    }
}

/// OpenSlice writes the states of orders and inventory in upper case; catalogues it spells as the specification does.
fn speaks(resource: &Resource) -> bool {
    matches!(resource.family.area, Area::Ordering | Area::Inventory)
}

/// Applies a spelling to `state` of the document, of its items and of the services in them.
fn each_state(value: &mut Value, spelling: &mut dyn FnMut(&str) -> String) {
    match value {
        Value::Object(members) => {
            for (name, value) in members.iter_mut() {
                match value {
                    Value::String(state) if name == "state" => *state = spelling(state),
                    Value::Object(_) | Value::Array(_) if name != "serviceCharacteristic" => {
                        each_state(value, spelling)
                    }
                    _ => {}
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| each_state(item, spelling)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::registry::SERVICE_ORDERING;

    fn order() -> &'static Resource {
        Resource::find(SERVICE_ORDERING.base, "serviceOrder").unwrap()
    }

    #[test]
    fn an_order_with_order_items_is_answered_with_them() {
        let stored = Dialect::Official.inward(order(), json!({"description": "d", "orderItem": [{"id": "1"}]}));
        assert_eq!(stored["serviceOrderItem"], json!([{"id": "1"}]));
        assert!(stored.get("orderItem").is_none());
        let shown = shape::outward(order(), "1", Dialect::Official.outward(order(), stored));
        assert_eq!(shown["orderItem"], json!([{"id": "1"}]));
        assert!(shown.get("serviceOrderItem").is_none() && shown.get(shape::DIALECT).is_none());
    }

    #[test]
    fn states_are_upper_case_for_openslice_only() {
        let stored = json!({"state": "inProgress", "serviceOrderItem": [{"state": "acknowledged", "service": {"state": "active"}}]});
        let shown = Dialect::OpenSlice.outward(order(), stored.clone());
        assert_eq!(
            shown,
            json!({"state": "INPROGRESS", "orderItem": [{"state": "ACKNOWLEDGED", "service": {"state": "ACTIVE"}}]})
        );
        let mut back = Dialect::OpenSlice.inward(order(), shown);
        back.as_object_mut().unwrap().shift_remove(shape::DIALECT);
        assert_eq!(back, stored);
        assert_eq!(Dialect::Official.outward(order(), stored.clone()), stored);
        assert_eq!(Dialect::named("OpenSlice"), Dialect::OpenSlice);
        assert_eq!(Dialect::named("tmf"), Dialect::Official);
    }
}
