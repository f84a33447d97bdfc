//! Changes of a document: JSON merge patch (RFC 7396), mandatory in TMF630, and JSON Patch (RFC 6902), all or nothing.

use hypo_shared::ErrorCode;
use serde_json::Value;

use crate::{Problem, shape};

/// How a change is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `application/merge-patch+json`, and plain `application/json`, which means the same (TMF630 part 1, 5.3).
    Merge,
    /// `application/json-patch+json`.
    Json,
}

/// The media types of changes, for refusals and OpenAPI.
pub const MEDIA_TYPES: [&str; 3] = ["application/merge-patch+json", "application/json", "application/json-patch+json"];

impl Format {
    /// The format of a media type without parameters.
    #[must_use]
    pub fn of(media_type: &str) -> Option<Self> {
        let is = |known: &str| media_type.eq_ignore_ascii_case(known);
        match () {
            () if is(MEDIA_TYPES[0]) || is(MEDIA_TYPES[1]) => Some(Self::Merge),
            () if is(MEDIA_TYPES[2]) => Some(Self::Json),
            () => None,
        }
    }

    /// The document after the change. Null members do not stay.
    ///
    /// # Errors
    /// 400 for a change that is malformed or does not fit the document; a failed `test` of a JSON Patch is 409.
    pub fn apply(self, document: &Value, change: &Value) -> Result<Value, Problem> {
        let mut after = document.clone();
        match self {
            Self::Merge => {
                if !change.is_object() {
                    return Err(Problem::invalid("a merge patch must be a JSON object"));
                }
                json_patch::merge(&mut after, change);
            }
            Self::Json => {
                let operations: json_patch::Patch = serde_json::from_value(change.clone())
                    .map_err(|error| Problem::invalid(format!("this is no JSON Patch: {error}")))?;
                json_patch::patch(&mut after, &operations).map_err(|error| refused(&error))?;
            }
        }
        if !after.is_object() {
            return Err(Problem::invalid("the change leaves no object"));
        }
        shape::without_nulls(&mut after);
        Ok(after)
    }
}

fn refused(error: &json_patch::PatchError) -> Problem {
    let reason = format!("operation {} at {:?}: {}", error.operation, error.path.to_string(), error.kind);
    match error.kind {
        json_patch::PatchErrorKind::TestFailed => Problem::new(409, ErrorCode::StateConflict, reason),
        _ => Problem::invalid(reason),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn media_types() {
        assert_eq!(Format::of("Application/JSON"), Some(Format::Merge));
        assert_eq!(Format::of("application/merge-patch+json"), Some(Format::Merge));
        assert_eq!(Format::of("application/json-patch+json"), Some(Format::Json));
        assert_eq!(Format::of("application/json-patch-query+json"), None);
        assert_eq!(Format::of(""), None);
    }

    #[test]
    fn a_merge_replaces_lists_and_removes_nulls() {
        let before = json!({"a": 1, "list": [1, 2], "o": {"x": 1, "y": 2}});
        let after = Format::Merge.apply(&before, &json!({"a": null, "list": [3], "o": {"y": null, "z": 3}})).unwrap();
        assert_eq!(after, json!({"list": [3], "o": {"x": 1, "z": 3}}));
        assert_eq!(Format::Merge.apply(&before, &json!([])).unwrap_err().status, 400);
    }

    #[test]
    fn a_json_patch_is_all_or_nothing() {
        let before = json!({"name": "a", "note": [{"text": "x"}]});
        let change = json!([
            {"op": "test", "path": "/name", "value": "a"},
            {"op": "replace", "path": "/name", "value": "b"},
            {"op": "add", "path": "/note/-", "value": {"text": "y"}},
            {"op": "copy", "from": "/name", "path": "/description"},
        ]);
        let after = Format::Json.apply(&before, &change).unwrap();
        assert_eq!(after, json!({"name": "b", "note": [{"text": "x"}, {"text": "y"}], "description": "b"}));
        let half = json!([{"op": "remove", "path": "/name"}, {"op": "test", "path": "/note/0/text", "value": "z"}]);
        assert_eq!(Format::Json.apply(&before, &half).unwrap_err().status, 409);
        for wrong in [json!({}), json!([{"op": "burn", "path": "/a"}]), json!([{"op": "remove", "path": "/none"}])] {
            assert_eq!(Format::Json.apply(&before, &wrong).unwrap_err().status, 400, "{wrong}");
        }
        assert_eq!(
            Format::Json.apply(&before, &json!([{"op": "replace", "path": "", "value": 1}])).unwrap_err().status,
            400
        );
    }
}
