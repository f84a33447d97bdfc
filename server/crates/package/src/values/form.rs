//! A form from `values.yaml`, its comments and `values.schema.json`.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{FieldKind, FormField};
use crate::{Error, Limits, manifest, object::text};

/// Fields of a form; larger charts are edited as YAML below this.
const MOST: usize = 1_000;

/// The form of a chart: a field for every leaf of `values.yaml` and every property of the schema, in their order.
/// Comments right above a value (also helm-docs' `# --`) are its description where the schema has none.
///
/// # Errors
/// As [`manifest::parse_value`] for either text; [`Error::Schema`] when the schema is no object.
pub fn form(values_yaml: &str, schema_json: Option<&str>) -> Result<Vec<FormField>, Error> {
    let values = manifest::parse_value("values.yaml", values_yaml, Limits::default())?;
    let schema = match schema_json {
        Some(json) => manifest::parse_value("values.schema.json", json, Limits::default())?,
        None => Value::Null,
    };
    if schema_json.is_some() && !schema.is_object() && !schema.is_boolean() {
        return Err(Error::Schema { reason: "it is no object".into() });
    }
    let mut builder = Builder { root: &schema, comments: comments(values_yaml), out: Vec::new() };
    builder.level(&values, &schema, &mut Vec::new(), &[], 0);
    Ok(builder.out)
}

struct Builder<'a> {
    root: &'a Value,
    comments: BTreeMap<Vec<String>, String>,
    out: Vec<FormField>,
}

impl Builder<'_> {
    fn level(&mut self, values: &Value, schema: &Value, path: &mut Vec<String>, required: &[&str], depth: usize) {
        let schema = follow(self.root, schema);
        let none = Value::Null;
        let properties = schema.get("properties").and_then(Value::as_object);
        let members = values.as_object();
        let mut keys: Vec<&String> = members.into_iter().flat_map(|members| members.keys()).collect();
        for key in properties.into_iter().flat_map(|properties| properties.keys()) {
            if !members.is_some_and(|members| members.contains_key(key)) {
                keys.push(key);
            }
        }
        if !keys.is_empty() && depth < 32 {
            let required: Vec<&str> = schema
                .get("required")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            for key in keys {
                path.push(key.clone());
                let value = values.get(key).unwrap_or(&none);
                let schema = properties.and_then(|properties| properties.get(key)).unwrap_or(&none);
                self.level(value, schema, path, &required, depth + 1);
                path.pop();
            }
            return;
        }
        let Some(last) = path.last().filter(|_| self.out.len() < MOST) else { return };
        let default =
            if values.is_null() { schema.get("default").cloned().unwrap_or(Value::Null) } else { values.clone() };
        let description = match text(schema, "/description") {
            "" => match text(schema, "/title") {
                "" => self.comments.get(path.as_slice()).cloned().unwrap_or_default(),
                title => title.to_owned(),
            },
            description => description.to_owned(),
        };
        let field = FormField {
            path: path.iter().map(|part| part.replace('.', "\\.")).collect::<Vec<_>>().join("."),
            kind: kind(schema, &default, last),
            default,
            allowed: schema.get("enum").and_then(Value::as_array).cloned().unwrap_or_default(),
            description,
            required: required.contains(&last.as_str()),
        };
        self.out.push(field);
    }
}

/// Follows `$ref` inside the same document, a few steps; other documents are never fetched.
fn follow<'a>(root: &'a Value, mut schema: &'a Value) -> &'a Value {
    for _ in 0..16 {
        let Some(pointer) =
            schema.get("$ref").and_then(Value::as_str).and_then(|reference| reference.strip_prefix('#'))
        else {
            return schema;
        };
        let Some(target) = root.pointer(pointer) else { return schema };
        schema = target;
    }
    schema
}

fn kind(schema: &Value, default: &Value, name: &str) -> FieldKind {
    let declared = match schema.get("type") {
        Some(Value::String(kind)) => kind.as_str(),
        Some(Value::Array(kinds)) => {
            kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null").unwrap_or_default()
        }
        _ => "",
    };
    let kind = match (declared, default) {
        ("string", _) => FieldKind::Text,
        ("integer", _) => FieldKind::Integer,
        ("number", _) => FieldKind::Number,
        ("boolean", _) => FieldKind::Boolean,
        ("array", _) => FieldKind::List,
        ("object", _) => FieldKind::Map,
        (_, Value::String(_)) => FieldKind::Text,
        (_, Value::Bool(_)) => FieldKind::Boolean,
        (_, Value::Number(number)) if number.is_f64() => FieldKind::Number,
        (_, Value::Number(_)) => FieldKind::Integer,
        (_, Value::Array(_)) => FieldKind::List,
        (_, Value::Object(_)) => FieldKind::Map,
        (_, Value::Null) => FieldKind::Any,
    };
    let hidden = text(schema, "/format") == "password" || schema.get("writeOnly") == Some(&Value::Bool(true));
    if kind == FieldKind::Text && (hidden || secret(name)) { FieldKind::Secret } else { kind }
}

/// `existingSecret` and `secretName` name a Secret; they are not one.
fn secret(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let names_one =
        lower.contains("name") || lower.contains("existing") || lower.contains("ref") || lower.ends_with("path");
    !names_one
        && ["password", "passwd", "token", "secret", "apikey", "passphrase", "privatekey"]
            .iter()
            .any(|word| lower.contains(word))
}

/// Comments right above a key, by the key's path. Reads indentation only: good enough for a description.
fn comments(yaml: &str) -> BTreeMap<Vec<String>, String> {
    let mut out = BTreeMap::new();
    let mut path: Vec<(usize, String)> = Vec::new();
    let mut pending: Vec<&str> = Vec::new();
    for line in yaml.lines() {
        let trimmed = line.trim_start();
        let indent = line.len() - trimmed.len();
        if let Some(comment) = trimmed.strip_prefix('#') {
            let comment = comment.trim_start_matches('#').trim();
            let comment = comment.strip_prefix("--").unwrap_or(comment).trim();
            if !comment.starts_with('@') && !comment.is_empty() {
                pending.push(comment);
            }
            continue;
        }
        let key =
            trimmed.split_once(':').map(|(key, _)| key.trim_matches(['"', '\''])).filter(|key| !key.starts_with('-'));
        let Some(key) = key.filter(|key| !key.is_empty() && !key.contains([' ', '{', '['])) else {
            pending.clear();
            continue;
        };
        while path.last().is_some_and(|(depth, _)| *depth >= indent) {
            path.pop();
        }
        path.push((indent, key.to_owned()));
        if !pending.is_empty() {
            let text: String = pending.join(" ").chars().take(500).collect();
            out.insert(path.iter().map(|(_, key)| key.clone()).collect(), text);
        }
        pending.clear();
    }
    out
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const VALUES: &str = "# -- How many pods.\nreplicas: 2\nimage:\n  # The registry.\n  registry: docker.io\n  tag: \"\"\n\n# not this one\n\ndb:\n  password: x\n  existingSecret: mine\nlist: [1]\nempty: {}\nnothing:\n";

    #[test]
    fn from_values_alone() {
        let fields = form(VALUES, None).expect("values are valid");
        let seen: Vec<(&str, FieldKind)> = fields.iter().map(|field| (field.path.as_str(), field.kind)).collect();
        assert_eq!(
            seen,
            [
                ("replicas", FieldKind::Integer),
                ("image.registry", FieldKind::Text),
                ("image.tag", FieldKind::Text),
                ("db.password", FieldKind::Secret),
                ("db.existingSecret", FieldKind::Text),
                ("list", FieldKind::List),
                ("empty", FieldKind::Map),
                ("nothing", FieldKind::Any),
            ]
        );
        assert_eq!(fields[0].description, "How many pods.");
        assert_eq!(fields[1].description, "The registry.");
        assert_eq!(fields[4].description, "");
    }

    #[test]
    fn the_schema_adds_and_explains() {
        let schema = json!({
            "required": ["mode"],
            "properties": {
                "mode": {"$ref": "#/$defs/mode"},
                "replicas": {"type": ["null", "integer"], "description": "Pods."},
                "loop": {"$ref": "#/properties/loop"},
            },
            "$defs": {"mode": {"type": "string", "enum": ["a", "b"], "default": "a"}},
        });
        let fields = form("replicas: 1\na.b: 1\n", Some(&schema.to_string())).expect("both are valid");
        let mode = fields.iter().find(|field| field.path == "mode").expect("a field of the schema");
        assert_eq!(
            (mode.kind, &mode.default, mode.required, mode.allowed.len()),
            (FieldKind::Text, &json!("a"), true, 2)
        );
        assert_eq!(fields[0].description, "Pods.");
        assert_eq!(fields[1].path, "a\\.b");
        assert!(fields.iter().any(|field| field.path == "loop"));
    }

    #[test]
    fn refusals() {
        assert!(matches!(form("a: 1\na: 2\n", None), Err(Error::DuplicateKey { .. })));
        assert!(matches!(form("", Some("[]")), Err(Error::Schema { .. })));
        assert_eq!(form("", None), Ok(Vec::new()));
    }
}
