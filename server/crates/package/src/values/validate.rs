//! Values against `values.schema.json` (JSON Schema; drafts 4 to 2020-12).

use hypo_shared::validate::Violation;
use jsonschema::PatternOptions;
use serde_json::Value;

use crate::Error;

/// Reported violations; the rest would say the same.
const MOST: usize = 100;

/// Checks values against a schema: one violation per failure, path with dots, the keyword as its code.
/// Values do not stand in the texts, since they may be secrets. References to other documents are never fetched.
///
/// # Errors
/// [`Error::Schema`] when the text is no JSON, no JSON Schema, or refers to another document.
pub fn validate(values: &Value, schema_json: &str) -> Result<Vec<Violation>, Error> {
    let unusable = |reason: String| Error::Schema { reason };
    let schema: Value = serde_json::from_str(schema_json).map_err(|error| unusable(error.to_string()))?;
    let validator = jsonschema::options()
        .offline()
        .with_pattern_options(PatternOptions::fancy_regex().backtrack_limit(100_000))
        .build(&schema)
        .map_err(|error| unusable(error.to_string()))?;
    let mut out: Vec<Violation> = validator
        .iter_errors(values)
        .take(MOST)
        .map(|error| Violation {
            path: dotted(&error.instance_path().to_string()),
            code: error.kind().keyword().to_owned(),
            text: error.masked().to_string(),
        })
        .collect();
    out.sort_by(|a, b| (&a.path, &a.code).cmp(&(&b.path, &b.code)));
    Ok(out)
}

/// `/a/b~1c/0` as `a.b/c.0`.
fn dotted(pointer: &str) -> String {
    let parts = pointer.split('/').skip(1).map(|part| part.replace("~1", "/").replace("~0", "~").replace('.', "\\."));
    parts.collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn violations_name_path_and_keyword_but_no_value() {
        let schema = json!({
            "required": ["host"],
            "properties": {"db": {"properties": {"password": {"type": "string", "minLength": 12}}}, "replicas": {"type": "integer", "maximum": 5}},
        });
        let values = json!({"db": {"password": "hunter2"}, "replicas": 9});
        let found = validate(&values, &schema.to_string()).expect("the schema is usable");
        let seen: Vec<(&str, &str)> =
            found.iter().map(|violation| (violation.path.as_str(), violation.code.as_str())).collect();
        assert_eq!(seen, [("", "required"), ("db.password", "minLength"), ("replicas", "maximum")]);
        assert!(found.iter().all(|violation| !violation.text.contains("hunter2")), "{found:?}");
        assert_eq!(validate(&json!({"host": "x"}), &schema.to_string()), Ok(Vec::new()));
    }

    #[test]
    fn other_documents_are_never_fetched() {
        for schema in
            ["{", r#"{"$ref": "http://127.0.0.1:9/x.json"}"#, r#"{"$ref": "file:///etc/passwd"}"#, r#"{"type": 7}"#]
        {
            assert!(matches!(validate(&json!({}), schema), Err(Error::Schema { .. })), "{schema}");
        }
    }
}
