//! The meaning of a query on one document: the oracle the SQL of the store is tested against.

use serde_json::Value;

use super::{Equals, Query};

impl Query {
    /// Whether every filter holds.
    #[must_use]
    pub fn matches(&self, document: &Value) -> bool {
        self.filters.iter().all(|filter| filter.matches(document))
    }
}

impl Equals {
    fn matches(&self, document: &Value) -> bool {
        let path: Vec<&str> = self.path.split('.').collect();
        any(document, &path, &|found| self.any_of.iter().any(|wanted| equal(found, wanted)))
    }
}

/// An absent member matches nothing; an array matches when one element does.
fn any(value: &Value, path: &[&str], holds: &dyn Fn(&Value) -> bool) -> bool {
    match (value, path) {
        (Value::Array(items), _) => items.iter().any(|item| any(item, path, holds)),
        (_, []) => holds(value),
        (Value::Object(members), [first, rest @ ..]) => {
            members.get(*first).is_some_and(|value| any(value, rest, holds))
        }
        _ => false,
    }
}

/// Numbers compare as numbers, the rest as text.
fn equal(found: &Value, wanted: &str) -> bool {
    match found {
        Value::String(text) => text == wanted,
        Value::Number(number) => wanted.parse::<f64>().is_ok_and(|wanted| number.as_f64() == Some(wanted)),
        Value::Bool(value) => wanted == if *value { "true" } else { "false" },
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn meaning() {
        let document =
            json!({"state": "active", "n": 5, "on": true, "party": [{"id": "1"}, {"id": "2"}], "tags": ["a", "b"]});
        for (raw, expected) in [
            ("state=active", true),
            ("state=Active", false),
            ("state=x,active", true),
            ("n=5.0", true),
            ("on=true", true),
            ("party.id=2", true),
            ("party.id=3", false),
            ("tags=b", true),
            ("absent=x", false),
            ("state=active&n=6", false),
            ("party=1", false),
        ] {
            assert_eq!(Query::parse(raw).unwrap().matches(&document), expected, "{raw}");
        }
    }
}
