//! The error body of every 4xx and 5xx (TMF630 part 1, 3.4): `code` and `reason` always, `status` a string.

use hypo_shared::ErrorCode;
use serde_json::{Value, json};

/// A refusal, before it is written as JSON.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Problem {
    /// HTTP status.
    pub status: u16,
    pub code: ErrorCode,
    /// What is wrong, in a sentence.
    pub reason: String,
    /// What the caller can do, where there is something to say.
    pub message: Option<String>,
}

impl Problem {
    /// A problem with a status of its own.
    pub fn new(status: u16, code: ErrorCode, reason: impl Into<String>) -> Self {
        Self { status, code, reason: reason.into(), message: None }
    }

    /// 400 with `HYP-6001`.
    pub fn invalid(reason: impl Into<String>) -> Self {
        Self::new(400, ErrorCode::InvalidInput, reason)
    }

    /// 404 with `HYP-6002`.
    pub fn not_found(reason: impl Into<String>) -> Self {
        Self::new(404, ErrorCode::NotFound, reason)
    }

    /// Adds what the caller can do.
    #[must_use]
    pub fn help(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into());
        self
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> Value {
        let mut body = json!({
            "@type": "Error",
            "code": self.code.code(),
            "reason": self.reason,
            "status": self.status.to_string(),
            "referenceError": format!("/help/errors/{}", self.code.code()),
        });
        if let Some(message) = &self.message {
            body["message"] = json!(message);
        }
        body
    }
}
