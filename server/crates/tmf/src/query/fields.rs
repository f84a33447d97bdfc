//! `fields`: which members of a document are shown (TMF630 part 1, 4.3).

use serde_json::{Map, Value};

use super::Path;

/// Which members are returned; `id` and `href` always are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Fields {
    #[default]
    All,
    /// `fields=none`.
    None,
    /// First-level names, and inner ones such as `place.id`; unknown names select nothing.
    Some(Vec<Path>),
}

impl Fields {
    /// The document cut to the wanted members.
    #[must_use]
    pub fn select(&self, document: Value) -> Value {
        let Value::Object(members) = document else { return document };
        let wanted: Vec<&[String]> = match self {
            Fields::All => return Value::Object(members),
            Fields::None => Vec::new(),
            Fields::Some(paths) => paths.iter().map(Path::members).collect(),
        };
        let kept = members.into_iter().filter_map(|(name, value)| {
            let value = if name == "id" || name == "href" { Some(value) } else { member(&name, value, &wanted) };
            value.map(|value| (name, value))
        });
        Value::Object(kept.collect())
    }
}

fn member(name: &str, value: Value, wanted: &[&[String]]) -> Option<Value> {
    let inner: Vec<&[String]> = wanted
        .iter()
        .filter_map(|path| path.split_first())
        .filter(|(first, _)| *first == name)
        .map(|(_, rest)| rest)
        .collect();
    inside(value, &inner)
}

/// The part of a value that the paths select; of an array, of each element.
fn inside(value: Value, wanted: &[&[String]]) -> Option<Value> {
    if wanted.is_empty() || wanted.iter().any(|path| path.is_empty()) {
        return (!wanted.is_empty()).then_some(value);
    }
    match value {
        Value::Object(members) => {
            let kept: Map<String, Value> = members
                .into_iter()
                .filter_map(|(name, value)| member(&name, value, wanted).map(|value| (name, value)))
                .collect();
            (!kept.is_empty()).then_some(Value::Object(kept))
        }
        Value::Array(items) => {
            let kept: Vec<Value> = items.into_iter().filter_map(|item| inside(item, wanted)).collect();
            (!kept.is_empty()).then_some(Value::Array(kept))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::Query;

    #[test]
    fn selection() {
        let document = json!({"id": "1", "href": "/1", "name": "n", "place": [{"id": "p", "x": 1}, {"x": 2}],
                              "spec": {"id": "s", "name": "sn", "v": {"a": 1, "b": 2}}});
        for (raw, expected) in [
            ("", document.clone()),
            ("fields=none", json!({"id": "1", "href": "/1"})),
            ("fields=name", json!({"id": "1", "href": "/1", "name": "n"})),
            ("fields=name,%20spec.id", json!({"id": "1", "href": "/1", "name": "n", "spec": {"id": "s"}})),
            ("fields=spec.v.b&fields=spec.id", json!({"id": "1", "href": "/1", "spec": {"id": "s", "v": {"b": 2}}})),
            ("fields=place.id", json!({"id": "1", "href": "/1", "place": [{"id": "p"}]})),
            ("fields=place.id,place", json!({"id": "1", "href": "/1", "place": [{"id": "p", "x": 1}, {"x": 2}]})),
            ("fields=absent,name.first", json!({"id": "1", "href": "/1"})),
        ] {
            assert_eq!(Query::parse(raw).unwrap().fields.select(document.clone()), expected, "{raw}");
        }
    }
}
