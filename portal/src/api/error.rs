//! What can go wrong between portal and server. Views show all three: sentence, code, page.

use serde_json::Value;

/// A failure as views show it.
#[derive(Clone, Debug, PartialEq)]
pub struct ApiError {
    /// `HYP-NNNN`, or empty where the server was not reached.
    pub code: String,
    pub message: String,
    /// Fields the server found fault with: path and sentence.
    pub fields: Vec<(String, String)>,
}

impl ApiError {
    /// The server did not answer.
    #[must_use]
    pub fn network(detail: &str) -> Self {
        Self { code: String::new(), message: format!("The server does not answer. {detail}"), fields: Vec::new() }
    }

    /// The answer is not what the schema promises.
    #[must_use]
    pub fn shape(of: &str) -> Self {
        Self {
            code: "HYP-9001".into(),
            message: format!("The answer to {of} does not have the expected shape. Reload the portal."),
            fields: Vec::new(),
        }
    }

    /// A failure the portal finds itself, before asking.
    #[must_use]
    pub fn local(message: impl Into<String>) -> Self {
        Self { code: String::new(), message: message.into(), fields: Vec::new() }
    }

    /// From one entry of GraphQL's `errors`, or a JSON error body of the session routes.
    #[must_use]
    pub fn read(value: &Value) -> Self {
        let inside = value.get("extensions").unwrap_or(value);
        let text = |names: &[&str]| {
            names.iter().find_map(|name| value.get(name).or_else(|| inside.get(name))?.as_str()).map(str::to_owned)
        };
        let fields = inside
            .get("violations")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(|row| Some((row.get("path")?.as_str()?.to_owned(), row.get("text")?.as_str()?.to_owned())));
        Self {
            code: text(&["code"]).unwrap_or_default(),
            message: text(&["reason", "message", "detail", "title", "error"])
                .unwrap_or_else(|| "The server refused the request.".into()),
            fields: fields.collect(),
        }
    }

    /// Whether signing in again would help.
    #[must_use]
    pub fn is_unauthenticated(&self) -> bool {
        self.code == "HYP-5001"
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reads_graphql_errors_with_fields() {
        let error = ApiError::read(&json!({
            "message": "The input is not valid.",
            "extensions": {"code": "HYP-6001", "violations": [{"path": "name", "code": "required", "text": "Give a name."}]}
        }));
        assert_eq!(error.code, "HYP-6001");
        assert_eq!(error.fields, [("name".to_owned(), "Give a name.".to_owned())]);
        assert!(!error.is_unauthenticated());
        assert!(ApiError::read(&json!({"code": "HYP-5001", "title": "Sign in first."})).is_unauthenticated());
    }
}
