//! The dialect of OpenSlice and of HypO's published clients, which differs from the official v4: `orderItem` for
//! `serviceOrderItem`, states of orders in upper case, values inside values. Documents are stored in the official
//! words; a dialect is a table that is applied on the way in and out.

mod characteristics;
mod states;

use serde_json::Value;

use crate::{Resource, registry::Area, shape};

/// How a client speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// The specifications' words.
    #[default]
    Official,
    /// OpenSlice's: that of a client marked so, or asked for by `X-Hypo-Dialect: openslice`.
    OpenSlice,
}

/// The member names that differ: collection, official, OpenSlice (and TMF641 before version 4).
const MEMBERS: &[(&str, &str, &str)] = &[("serviceOrder", "serviceOrderItem", "orderItem")];

/// Whether an order was sent with OpenSlice's own member name.
#[must_use]
pub fn is_openslices(document: &Value) -> bool {
    MEMBERS.iter().any(|(_, _, other)| document[shape::DIALECT] == *other)
}

impl Dialect {
    /// The dialect of a header value; unknown names are the official one.
    #[must_use]
    pub fn named(name: &str) -> Self {
        if name.trim().eq_ignore_ascii_case("openslice") { Self::OpenSlice } else { Self::Official }
    }

    /// A client's document in official words. A body that uses `orderItem` is understood from anybody; the document
    /// remembers the name it came with where that is not the one its client would be answered with, so that it is
    /// answered as it was asked.
    #[must_use]
    pub fn inward(self, resource: &Resource, mut document: Value) -> Value {
        if !document.is_object() {
            return document;
        }
        let mut note = None;
        for (_, official, other) in MEMBERS.iter().filter(|(collection, ..)| *collection == resource.collection) {
            if rename(&mut document, other, official) {
                note = Some(*other);
            } else if self == Self::OpenSlice && document.get(*official).is_some() {
                note = Some(*official);
            }
            if note.is_some() {
                number(&mut document[*official]);
            }
        }
        if self == Self::OpenSlice {
            states::inward(resource, &mut document);
            characteristics::inward(resource, &mut document);
        }
        if let Some(name) = note {
            document[shape::DIALECT] = name.into();
        }
        document
    }

    /// A stored document in the client's words; call before [`shape::outward`] takes the note of the dialect away.
    #[must_use]
    pub fn outward(self, resource: &Resource, mut document: Value) -> Value {
        for (_, official, other) in MEMBERS.iter().filter(|(collection, ..)| *collection == resource.collection) {
            let noted = document.get(shape::DIALECT).and_then(Value::as_str);
            if noted.map_or(self == Self::OpenSlice, |name| name == *other) {
                rename(&mut document, official, other);
            }
        }
        if self == Self::OpenSlice {
            states::outward(resource, &mut document);
            characteristics::outward(resource, &mut document);
        }
        document
    }
}

/// Whether the document had the member `from` and no `to`; it then has `to`.
fn rename(document: &mut Value, from: &str, to: &str) -> bool {
    let Some(members) = document.as_object_mut().filter(|members| !members.contains_key(to)) else { return false };
    match members.shift_remove(from) {
        Some(value) => members.insert(to.to_owned(), value).is_none(),
        None => false,
    }
}

/// Items are counted where OpenSlice's programs leave the specification's `id` out.
fn number(items: &mut Value) {
    for (position, item) in items.as_array_mut().into_iter().flatten().enumerate() {
        if let Some(members) = item.as_object_mut().filter(|members| members.get("id").is_none_or(Value::is_null)) {
            members.insert("id".to_owned(), (position + 1).to_string().into());
        }
    }
}

/// Orders and what they make: what OpenSlice writes in its own way there.
fn is_work(resource: &Resource) -> bool {
    matches!(resource.family.area, Area::Ordering | Area::Inventory)
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
    fn an_order_is_answered_with_the_name_it_was_sent_with() {
        for (client, sent) in [
            (Dialect::Official, "orderItem"),
            (Dialect::Official, "serviceOrderItem"),
            (Dialect::OpenSlice, "orderItem"),
            (Dialect::OpenSlice, "serviceOrderItem"),
        ] {
            let stored = client.inward(order(), json!({"description": "d", sent: [{"id": "1"}]}));
            assert_eq!(stored["serviceOrderItem"], json!([{"id": "1"}]), "{client:?} {sent}");
            assert_eq!(is_openslices(&stored), sent == "orderItem");
            let shown = shape::outward(order(), "1", client.outward(order(), stored));
            let members: Vec<&String> = shown.as_object().unwrap().keys().filter(|name| name.contains("tem")).collect();
            assert_eq!(members, [sent], "{client:?}");
            assert!(shown.get(shape::DIALECT).is_none());
        }
        let counted = Dialect::OpenSlice.inward(order(), json!({"orderItem": [{"id": "a"}, {"id": null}, {}]}));
        assert_eq!(counted["serviceOrderItem"], json!([{"id": "a"}, {"id": "2"}, {"id": "3"}]));
        let ours = json!({"serviceOrderItem": []});
        assert_eq!(Dialect::OpenSlice.outward(order(), ours), json!({"orderItem": []}), "what others have placed");
    }

    #[test]
    fn the_official_dialect_changes_nothing() {
        let stored = json!({"state": "inProgress", "serviceOrderItem": [{"state": "acknowledged", "service": {
            "serviceCharacteristic": [{"name": "a", "value": 1}]}}]});
        assert_eq!(Dialect::Official.outward(order(), stored.clone()), stored);
        assert_eq!(Dialect::Official.inward(order(), stored.clone()), stored);
        assert_eq!(Dialect::named("OpenSlice"), Dialect::OpenSlice);
        assert_eq!(Dialect::named("tmf"), Dialect::Official);
    }
}
