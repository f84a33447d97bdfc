//! What a client's document must hold before anything is done with it: every violation, not only the first.
//!
//! Known first-level scalars and lists are checked by their shape, with the tolerance real traffic needs (many of the
//! official samples spell numbers and booleans as text, and dates without a zone). Objects are not looked into beyond
//! the nested checks of the row.

use serde_json::Value;

use crate::{
    Problem, Resource, items,
    query::instant,
    registry::{Nested, Shape},
    transition,
};

/// Depth of objects and lists in a document at most.
const DEPTH: usize = 64;

/// Checks a document to create.
///
/// # Errors
/// 400 that names every missing or malformed member.
pub fn create(resource: &Resource, document: &Value) -> Result<(), Problem> {
    let members = object(document)?;
    let mut wrong: Vec<String> = resource
        .create_required
        .iter()
        .filter(|name| members.get(**name).is_none_or(Value::is_null))
        .map(|name| format!("{name} is required"))
        .collect();
    let given = |name: &str| !resource.server_set.contains(&name);
    shapes(resource, document, given, &mut wrong);
    for (member, machine) in resource.machines.iter().filter(|(member, _)| given(member)) {
        if let Some(state) = members.get(*member).and_then(Value::as_str) {
            wrong.extend(transition::begin(machine, member, state));
        }
    }
    nested(resource, document, &mut wrong);
    items::check(resource, document, &mut wrong);
    refuse(wrong)
}

/// Checks a document as it would be after a change: what is required must still be there, and shapes hold.
///
/// # Errors
/// 400 that names every missing or malformed member.
pub fn changed(resource: &Resource, before: &Value, after: &Value) -> Result<(), Problem> {
    let members = object(after)?;
    let mut wrong: Vec<String> = resource
        .create_required
        .iter()
        .filter(|name| before.get(**name).is_some() && members.get(**name).is_none_or(Value::is_null))
        .map(|name| format!("{name} cannot be removed"))
        .collect();
    let differs = |name: &str| before.get(name) != after.get(name);
    for name in resource.non_patchable.iter().filter(|name| differs(name)) {
        wrong.push(format!("{name} cannot be changed"));
    }
    shapes(resource, after, differs, &mut wrong);
    nested(resource, after, &mut wrong);
    if items::member(resource.kind).is_some_and(differs) {
        items::check(resource, after, &mut wrong);
    }
    refuse(wrong)
}

fn object(document: &Value) -> Result<&serde_json::Map<String, Value>, Problem> {
    let members = document.as_object().ok_or_else(|| Problem::invalid("the body must be a JSON object"))?;
    if deeper_than(document, DEPTH) {
        return Err(Problem::invalid(format!("the document is nested deeper than {DEPTH} levels")));
    }
    Ok(members)
}

fn deeper_than(value: &Value, depth: usize) -> bool {
    match (value, depth) {
        (Value::Object(_) | Value::Array(_), 0) => true,
        (Value::Object(members), _) => members.values().any(|value| deeper_than(value, depth - 1)),
        (Value::Array(items), _) => items.iter().any(|value| deeper_than(value, depth - 1)),
        _ => false,
    }
}

fn refuse(wrong: Vec<String>) -> Result<(), Problem> {
    if wrong.is_empty() { Ok(()) } else { Err(Problem::invalid(wrong.join("; "))) }
}

fn shapes(resource: &Resource, document: &Value, looked_at: impl Fn(&str) -> bool, wrong: &mut Vec<String>) {
    for attribute in resource.attributes.iter().filter(|attribute| looked_at(attribute.name)) {
        let Some(value) = document.get(attribute.name).filter(|value| !value.is_null()) else { continue };
        // What is mandatory, and what has a table of states, is text where the specification has text.
        let exact = resource.create_required.contains(&attribute.name)
            || resource.machines.iter().any(|(member, _)| *member == attribute.name);
        if exact && says_nothing(value) {
            wrong.push(format!("{} must not be empty", attribute.name));
        } else if !fits(value, attribute.shape)
            || (exact && matches!(attribute.shape, Shape::Text) && !value.is_string())
        {
            let given =
                if value.is_array() && matches!(attribute.shape, Shape::List(_)) { "this one" } else { kind(value) };
            wrong.push(format!("{} must be {}, not {given}", attribute.name, words(attribute.shape)));
        }
    }
}

/// Whether a value can stand for a shape. Text that spells a number or a boolean passes, and is kept as text.
fn fits(value: &Value, shape: Shape) -> bool {
    match (shape, value) {
        (Shape::Any, _) => true,
        (Shape::Text, Value::String(_) | Value::Number(_) | Value::Bool(_)) => true,
        (Shape::DateTime, Value::String(text)) => is_date(text),
        (Shape::Integer, Value::Number(number)) => number.as_f64().is_some_and(|number| number.fract() == 0.0),
        (Shape::Number, Value::Number(_)) | (Shape::Boolean, Value::Bool(_)) => true,
        (Shape::Integer | Shape::Number, Value::String(text)) => text.trim().parse::<f64>().is_ok_and(f64::is_finite),
        (Shape::Boolean, Value::String(text)) => {
            text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false")
        }
        (Shape::Object(_), Value::Object(_)) => true,
        (Shape::List(inner), Value::Array(items)) => items.iter().all(|item| fits(item, *inner)),
        _ => false,
    }
}

/// ISO 8601 as it is met: a date, or a date and a time with or without seconds, fraction and zone.
fn is_date(text: &str) -> bool {
    let digits = |part: &str, width: usize| part.len() == width && part.bytes().all(|byte| byte.is_ascii_digit());
    let within = |part: &str, most: u32| part.parse::<u32>().is_ok_and(|number| number <= most);
    let (date, time) = match text.split_once(['T', 't', ' ']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    if date.len() != 10 || instant(date).is_none() {
        return false;
    }
    let Some(time) = time else { return true };
    let clock = time.trim_end_matches(['Z', 'z']);
    let clock = clock.split_once(['+', '-']).map_or(clock, |(clock, _)| clock);
    // ISO 8601 lets the last part have a fraction, whichever it is.
    let (clock, fraction) = clock.split_once(['.', ',']).unwrap_or((clock, "0"));
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let parts: Vec<&str> = clock.split(':').collect();
    let (hour, minute, second) = match parts.as_slice() {
        [hour, minute] => (*hour, *minute, "00"),
        [hour, minute, second] => (*hour, *minute, *second),
        _ => return false,
    };
    [(hour, 23), (minute, 59), (second, 60)].into_iter().all(|(part, most)| digits(part, 2) && within(part, most))
}

fn words(shape: Shape) -> &'static str {
    match shape {
        Shape::Text => "text",
        Shape::DateTime => "a date and time (RFC 3339)",
        Shape::Integer => "an integer",
        Shape::Number => "a number",
        Shape::Boolean => "a boolean",
        Shape::Any => "JSON",
        Shape::Object(_) => "an object",
        Shape::List(Shape::Object(_)) => "a list of objects",
        Shape::List(_) => "a list of values",
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "this number",
        Value::String(_) => "this text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn nested(resource: &Resource, document: &Value, wrong: &mut Vec<String>) {
    for check in resource.nested {
        let path: Vec<&str> = check.path.split('.').collect();
        below(document, &path, String::new(), check, wrong);
    }
}

/// Goes down a path through lists and looks at what is at its end.
fn below(value: &Value, path: &[&str], at: String, check: &Nested, wrong: &mut Vec<String>) {
    match (value, path) {
        (Value::Array(items), _) => {
            if items.is_empty() && path.is_empty() && check.not_empty {
                wrong.push(format!("{at} must hold at least one element"));
            }
            for (position, item) in items.iter().enumerate() {
                below(item, path, format!("{at}[{position}]"), check, wrong);
            }
        }
        (Value::Object(members), [first, rest @ ..]) => {
            if let Some(value) = members.get(*first).filter(|value| !value.is_null()) {
                let at = if at.is_empty() { (*first).to_owned() } else { format!("{at}.{first}") };
                if rest.is_empty() && check.not_empty && !value.is_array() {
                    wrong.push(format!("{at} must be a list"));
                    return;
                }
                below(value, rest, at, check, wrong);
            }
        }
        (Value::Object(members), []) => {
            let missing = check.required.iter().filter(|name| members.get(**name).is_none_or(says_nothing));
            wrong.extend(missing.map(|name| format!("{at}.{name} is required")));
            if let Some((name, allowed)) = check.one_of
                && let Some(given) = members.get(name).filter(|given| !given.is_null())
                && !given.as_str().is_some_and(|given| allowed.contains(&given))
            {
                wrong.push(format!("{at}.{name} {given} is none of {}", allowed.join(", ")));
            }
        }
        (_, []) => wrong.push(format!("{at} must be an object")),
        _ => {}
    }
}

fn says_nothing(value: &Value) -> bool {
    value.is_null() || value.as_str().is_some_and(|text| text.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::registry::{PARTY, PRODUCT_CATALOG, SERVICE_INVENTORY, SERVICE_ORDERING};

    #[test]
    fn every_violation_is_named() {
        let order = Resource::find(SERVICE_ORDERING.base, "serviceOrder").unwrap();
        let reason = |document: Value| create(order, &document).unwrap_err().reason;
        assert_eq!(reason(json!({})), "serviceOrderItem is required");
        assert_eq!(reason(json!([])), "the body must be a JSON object");
        assert_eq!(reason(json!({"serviceOrderItem": []})), "serviceOrderItem must hold at least one element");
        assert_eq!(
            reason(json!({"serviceOrderItem": {}})),
            "serviceOrderItem must be a list of objects, not an object; serviceOrderItem must be a list"
        );
        assert_eq!(
            reason(json!({"serviceOrderItem": [{"id": "1", "action": "burn"}], "requestedStartDate": "soon"})),
            "requestedStartDate must be a date and time (RFC 3339), not this text; serviceOrderItem[0].service is required; \
             serviceOrderItem[0].action \"burn\" is none of add, modify, delete, noChange"
        );
        let item = json!({"id": "1", "action": "add", "service": {"serviceSpecification": {"name": "x"}}});
        assert_eq!(
            reason(json!({"serviceOrderItem": [item]})),
            "serviceOrderItem[0].service.serviceSpecification.id is required"
        );
        assert!(create(order, &json!({"serviceOrderItem": [{"id": "1", "action": "add", "service": {}}]})).is_ok());
    }

    #[test]
    fn what_is_mandatory_has_the_type_of_the_specification() {
        let service = Resource::find(SERVICE_INVENTORY.base, "service").unwrap();
        let reason = |state: Value, specification: Value| {
            create(service, &json!({"state": state, "serviceSpecification": specification})).unwrap_err().reason
        };
        let good = json!({"id": "1"});
        assert_eq!(reason(json!(5), good.clone()), "state must be text, not this number");
        assert_eq!(reason(json!(" "), good.clone()).split(';').next(), Some("state must not be empty"));
        assert_eq!(reason(json!("active"), json!([])), "serviceSpecification must be an object, not a list");
        assert_eq!(reason(json!("active"), json!({"id": ""})), "serviceSpecification.id is required");
        let parties = json!({"state": "active", "serviceSpecification": good, "relatedParty": ["x"]});
        assert_eq!(
            create(service, &parties).unwrap_err().reason,
            "relatedParty must be a list of objects, not this one"
        );
    }

    #[test]
    fn states_of_new_documents() {
        let service = Resource::find(SERVICE_INVENTORY.base, "service").unwrap();
        let with = |state: &str| create(service, &json!({"state": state, "serviceSpecification": {"id": "1"}}));
        assert!(with("active").is_ok() && with("designed").is_ok());
        assert!(with("terminated").unwrap_err().reason.contains("feasibilityChecked"));
        assert!(with("ACTIVE").unwrap_err().reason.starts_with("state"));
    }

    #[test]
    fn shapes_are_tolerant_where_real_documents_are() {
        let offering = Resource::find(PRODUCT_CATALOG.base, "productOffering").unwrap();
        let with = |name: &str, value: Value| create(offering, &json!({"name": "n", name: value})).is_ok();
        assert!(with("isBundle", json!("true")) && with("isBundle", json!(false)) && !with("isBundle", json!("maybe")));
        assert!(!with("category", json!({})) && with("category", json!([])) && !with("description", json!([])));
        for good in [
            "2026-11-22",
            "2020-08-25T00:02",
            "2020-08-25T00:02:03.5Z",
            "2020-08-25T00:02:03+02:00",
            "2022-07-04T08:00.000Z",
        ] {
            assert!(is_date(good), "{good}");
        }
        for bad in [
            "",
            "soon",
            "2026-13-01",
            "2026-00-10",
            "2026-02-30T10:00:00Z",
            "2026-11-22T24:00:00Z",
            "2026-11-22T",
            "2026-11-22T25:00",
            "20261122",
            "2026-11-22T10:00:00.Z",
        ] {
            assert!(!is_date(bad), "{bad}");
        }
    }

    #[test]
    fn what_cannot_be_changed_is_named() {
        let individual = Resource::find(PARTY.base, "individual").unwrap();
        let before = json!({"id": "1", "givenName": "A", "familyName": "B"});
        let reason = |after: Value| changed(individual, &before, &after).unwrap_err().reason;
        assert_eq!(
            reason(json!({"id": "2", "givenName": "A", "@type": "X"})),
            "familyName cannot be removed; id cannot be changed; @type cannot be changed"
        );
        assert!(changed(individual, &before, &json!({"id": "1", "givenName": "C", "familyName": "B"})).is_ok());
    }

    #[test]
    fn depth_is_limited() {
        let individual = Resource::find(PARTY.base, "individual").unwrap();
        let mut deep = json!(1);
        for _ in 0..100 {
            deep = json!([deep]);
        }
        let document = json!({"givenName": "A", "familyName": "B", "x": deep});
        assert!(create(individual, &document).unwrap_err().reason.contains("deeper"));
    }
}
