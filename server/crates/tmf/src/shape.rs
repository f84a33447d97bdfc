//! What goes out and what comes in: members of our own stay inside, null members are none.

use std::fmt;

use hypo_shared::machine::Machine;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value, value::RawValue};

use crate::{Resource, registry::Preset};

/// Members whose names begin so are notes of ours in a stored document and never leave it.
pub const OURS: &str = "hypo:";

/// Which dialect a document was created in; see [`crate::dialect`].
pub const DIALECT: &str = "hypo:dialect";

/// A stored document as a client sees it: `href` and `@type` are there, null members and notes of ours are not.
#[must_use]
pub fn outward(resource: &Resource, id: &str, document: Value) -> Value {
    let Value::Object(mut members) = document else { return document };
    if members.iter().any(|(name, value)| value.is_null() || name.starts_with(OURS)) {
        members.retain(|name, value| !value.is_null() && !name.starts_with(OURS));
    }
    members.insert("id".into(), id.into());
    members.insert("href".into(), resource.path(Some(id)).into());
    members.entry("@type").or_insert_with(|| resource.type_name.into());
    Value::Object(members)
}

/// Whether the text of a stored document is what [`outward`] would make of it, so that it can be sent as it is. Only the
/// first level is looked at, and nothing of it is built.
#[must_use]
pub fn is_outward(resource: &Resource, id: &str, text: &str) -> bool {
    if is_fresh(resource, id, text) {
        return true;
    }
    let look = Look { id, href: &resource.path(Some(id)) };
    serde_json::Deserializer::from_str(text).deserialize_map(look).unwrap_or(false)
}

/// Whether the text is of the form [`fresh`] gives a document, by a look at its ends: with nothing in it that reads like
/// a null or a note of ours, at whatever level.
fn is_fresh(resource: &Resource, id: &str, text: &str) -> bool {
    let begins = || {
        let rest = text.strip_prefix("{\"id\":\"")?.strip_prefix(id)?.strip_prefix("\",\"href\":\"")?;
        let rest = rest.strip_prefix(resource.family.base)?.strip_prefix('/')?.strip_prefix(resource.collection)?;
        rest.strip_prefix('/')?.strip_prefix(id)?.strip_prefix("\",")
    };
    // The last brace closes the document, so that what stands before it is a member of the first level.
    let ends = || {
        let rest = text.strip_suffix("\"}")?.strip_suffix(resource.type_name)?;
        rest.strip_suffix(",\"@type\":\"")
    };
    resource.parent.is_none()
        && begins().is_some()
        && ends().is_some()
        // A name of ours may be spelled with escapes, but not without a backslash and a `u`.
        && ["null", "\"hypo:", "\\u"].iter().all(|word| !text.contains(word))
}

/// Looks at the members of a document as they go by.
struct Look<'a> {
    id: &'a str,
    href: &'a str,
}

impl<'de> Visitor<'de> for Look<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a document")
    }

    /// A name that is written with escapes cannot be borrowed: the document is then not sent as it is.
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<bool, A::Error> {
        let is =
            |value: &str, wanted: &str| value.strip_prefix('"').and_then(|text| text.strip_suffix('"')) == Some(wanted);
        let (mut id, mut href, mut typed, mut plain) = (false, false, false, true);
        while let Some((name, value)) = members.next_entry::<&str, &RawValue>()? {
            let value = value.get();
            plain &= value != "null" && !name.starts_with(OURS);
            match name {
                "id" => id = is(value, self.id),
                "href" => href = is(value, self.href),
                "@type" => typed = true,
                _ => {}
            }
        }
        Ok(id && href && typed && plain)
    }
}

/// A client's document without what the server sets itself, null members and notes of ours; states in the right
/// spelling.
#[must_use]
pub fn inward(resource: &Resource, document: Value) -> Value {
    let Value::Object(mut members) = document else { return document };
    members.retain(|name, _| !resource.server_set.contains(&name.as_str()) && !name.starts_with(OURS));
    let mut document = Value::Object(members);
    without_nulls(&mut document);
    spell(resource, &mut document);
    document
}

/// A new document in the form it is stored: identity first, presets where the client gave nothing, and the time of
/// the change. `now` is RFC 3339 in UTC with milliseconds.
#[must_use]
pub fn fresh(resource: &Resource, id: &str, document: Value, now: &str) -> Value {
    let Value::Object(given) = document else { return document };
    let mut members = Map::new();
    members.insert("id".into(), id.into());
    members.insert("href".into(), resource.path(Some(id)).into());
    members.extend(given);
    for (name, preset) in resource.presets {
        members.entry(*name).or_insert_with(|| match preset {
            Preset::Now => now.into(),
            Preset::Text(text) => (*text).into(),
            Preset::False => Value::Bool(false),
        });
    }
    let mut document = Value::Object(members);
    touch(resource, &mut document, now);
    if document.get("@type").is_none() {
        document["@type"] = resource.type_name.into();
    }
    document
}

/// Stamps the time of a change on documents that carry one.
pub fn touch(resource: &Resource, document: &mut Value, now: &str) {
    if resource.server_set.contains(&"lastUpdate") {
        document["lastUpdate"] = now.into();
    }
}

/// Writes states in the specification's spelling.
pub fn spell(resource: &Resource, document: &mut Value) {
    for (member, machine) in resource.machines {
        let machine: &Machine = machine;
        if let Some(Value::String(state)) = document.get_mut(*member) {
            let right = machine.spelled(state);
            if right != state {
                *state = right.to_owned();
            }
        }
    }
}

/// The state of a document, empty when it has none.
#[must_use]
pub fn state(resource: &Resource, document: &Value) -> String {
    let found = resource.state.and_then(|member| document.get(member)).and_then(Value::as_str);
    found.unwrap_or_default().to_owned()
}

/// What people call a document: its name, a party's name, or nothing.
#[must_use]
pub fn name(document: &Value) -> String {
    let text = |member: &str| document.get(member).and_then(Value::as_str).filter(|text| !text.is_empty());
    let person = || match (text("givenName"), text("familyName")) {
        (Some(given), Some(family)) => Some(format!("{given} {family}")),
        _ => None,
    };
    let found = text("name").or_else(|| text("tradingName")).map(str::to_owned).or_else(person);
    found.or_else(|| text("description").map(str::to_owned)).unwrap_or_default()
}

/// Takes members without a value out, at every depth; elements of lists stay.
pub fn without_nulls(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, value| !value.is_null());
            members.values_mut().for_each(without_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(without_nulls),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::registry::{PARTY, SERVICE_CATALOG, SERVICE_ORDERING};

    const NOW: &str = "2026-11-22T10:00:00.000Z";

    #[test]
    fn a_round_trip_keeps_what_the_client_sent() {
        let order = Resource::find(SERVICE_ORDERING.base, "serviceOrder").unwrap();
        let sent =
            json!({"id": "mine", "state": "completed", "x-own": [1, {"a": null, "b": [null]}], "description": "d"});
        let stored = fresh(order, "1", inward(order, sent), NOW);
        assert_eq!(
            stored,
            json!({"id": "1", "href": "/tmf-api/serviceOrdering/v4/serviceOrder/1", "x-own": [1, {"b": [null]}],
                   "description": "d", "state": "acknowledged", "orderDate": NOW, "@type": "ServiceOrder"})
        );
        assert_eq!(outward(order, "1", stored.clone()), stored);
        let mut marked = stored.clone();
        marked[DIALECT] = json!("openslice");
        marked["gone"] = Value::Null;
        assert_eq!(outward(order, "1", marked), stored);
    }

    #[test]
    fn a_text_is_sent_as_it_is_only_when_nothing_would_change() {
        let order = Resource::find(SERVICE_ORDERING.base, "serviceOrder").unwrap();
        let plain = r#"{"id":"1","href":"/tmf-api/serviceOrdering/v4/serviceOrder/1","a":[null,{"hypo:x":null}],"n":1.5,"z":-0.0,"u":"\u0007ü","@type":"X"}"#;
        let others = [
            plain.replace(r#""1","#, r#""2","#),
            plain.replace("serviceOrder/1", "serviceOrder/2"),
            plain.replace("@type", "type"),
            plain.replace("1.5", "null"),
            plain.replace(r#""z""#, r#""hypo:dialect""#),
            plain.replace(r#""z""#, r#""hypo\u003az""#),
            plain.replace(r#""/tmf-api"#, r#""http://h/tmf-api"#),
            "[]".to_owned(),
            plain.replace('}', ""),
        ];
        for text in others.iter().map(String::as_str).chain([plain]) {
            let same = serde_json::from_str::<Value>(text).is_ok_and(|document| {
                document.is_object() && {
                    let written = outward(order, "1", document).to_string();
                    written == text
                }
            });
            assert_eq!((is_outward(order, "1", text), same), (text == plain, text == plain), "{text}");
        }
    }

    #[test]
    fn a_document_as_the_server_makes_it_is_known_by_its_ends() {
        for (base, collection) in
            [(SERVICE_ORDERING.base, "serviceOrder"), (SERVICE_CATALOG.base, "serviceSpecification")]
        {
            let resource = Resource::find(base, collection).unwrap();
            let text = fresh(resource, "1", inward(resource, json!({"name": "n", "x": [{}]})), NOW).to_string();
            assert!(is_fresh(resource, "1", &text), "{text}");
            assert!(!is_fresh(resource, "2", &text));
            let within = |member: &str| text.replace(r#""name":"n""#, member);
            for member in [r#""name":null"#, r#""hypo:z":1"#, r#""\u0068ypo:z":1"#, r#""hypo\u003az":1"#] {
                assert!(!is_fresh(resource, "1", &within(member)), "{member}");
                assert!(!is_outward(resource, "1", &within(member)), "{member}");
            }
            // A type of its own, or one further within, is looked for member by member.
            for own in
                [text.replace(resource.type_name, "Own"), format!("{},\"z\":1}}", text.strip_suffix('}').unwrap())]
            {
                assert!(!is_fresh(resource, "1", &own) && is_outward(resource, "1", &own), "{own}");
            }
        }
    }

    #[test]
    fn the_time_of_a_change_is_the_servers() {
        let specification = Resource::find(SERVICE_CATALOG.base, "serviceSpecification").unwrap();
        let stored = fresh(specification, "1", inward(specification, json!({"name": "n", "lastUpdate": "1999"})), NOW);
        assert_eq!((&stored["lastUpdate"], &stored["lifecycleStatus"]), (&json!(NOW), &json!("In Study")));
        assert_eq!(stored["isBundle"], json!(false));
    }

    #[test]
    fn people_have_names() {
        let individual = Resource::find(PARTY.base, "individual").unwrap();
        let stored = inward(individual, json!({"givenName": "Ada", "familyName": "L", "status": "deceased"}));
        assert_eq!((name(&stored).as_str(), state(individual, &stored).as_str()), ("Ada L", "deceaded"));
    }
}
