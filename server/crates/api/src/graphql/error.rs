//! Failures as GraphQL errors: message for people, `extensions.code`, `extensions.hypo` (the page about it).

use async_graphql::{ErrorExtensionValues, ServerError, Value};
use hypo_app::Error;
use hypo_shared::ErrorCode;

/// What a resolver answers when it fails. It has no `Display`, so that it can only become a GraphQL error here.
#[derive(Clone, Debug)]
pub struct Refusal(pub Error);

/// Result of a resolver.
pub type Result<T, E = Refusal> = std::result::Result<T, E>;

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl From<Refusal> for async_graphql::Error {
    fn from(Refusal(error): Refusal) -> Self {
        note(&error);
        let mut extensions = ErrorExtensionValues::default();
        fill(&mut extensions, error.code);
        if !error.violations.is_empty() {
            let violations = error.violations.iter().map(violation).collect();
            extensions.set("violations", Value::List(violations));
        }
        if let Some(wait) = error.retry_after {
            extensions.set("retryAfterMs", u64::try_from(wait.as_millis()).unwrap_or(u64::MAX));
        }
        Self { extensions: Some(extensions), ..Self::new(error.message) }
    }
}

/// A failure before or beside the resolvers.
pub fn server(error: Error) -> ServerError {
    let error = async_graphql::Error::from(Refusal(error));
    ServerError { extensions: error.extensions, ..ServerError::new(error.message, None) }
}

/// Writes what a caller must not see into the log. The span of the request carries the trace id.
pub fn note(error: &Error) {
    if let Some(detail) = &error.detail {
        tracing::error!(error.code = error.code.code(), error.detail = %detail, "a request failed on our side");
    }
}

/// The members every error has.
pub fn fill(extensions: &mut ErrorExtensionValues, code: ErrorCode) {
    extensions.set("code", code.code());
    extensions.set("title", code.title());
    extensions.set("hypo", page(code));
}

/// Address of the page about a code, served by this server.
pub fn page(code: ErrorCode) -> String {
    format!("/help/errors/{code}")
}

fn violation(violation: &hypo_shared::validate::Violation) -> Value {
    let text = |text: &str| Value::String(text.to_owned());
    Value::Object(
        [("path", &violation.path), ("code", &violation.code), ("text", &violation.text)]
            .into_iter()
            .map(|(key, value)| (async_graphql::Name::new(key), text(value)))
            .collect(),
    )
}
