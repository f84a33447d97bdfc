//! Answers and refusals as TMF630 wants them.

use axum::{
    Json,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use hypo_shared::ErrorCode;
use hypo_tmf::Problem;

/// A refusal on its way out.
#[derive(Debug)]
pub struct Refusal {
    problem: Problem,
    allow: Option<String>,
}

impl Refusal {
    /// A code with its own title.
    pub fn of(code: ErrorCode) -> Self {
        hypo_app::Error::of(code).into()
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self { problem, allow: None }
    }
}

impl From<hypo_app::Error> for Refusal {
    fn from(error: hypo_app::Error) -> Self {
        let status = crate::http::status(error.code).as_u16();
        let mut reason = error.to_string();
        for violation in &error.violations {
            reason.push_str(&format!(" {}: {}", violation.path, violation.text));
        }
        Problem::new(status, error.code, reason).into()
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self.problem.body())).into_response();
        if let Some(allow) = self.allow.and_then(|allow| HeaderValue::from_str(&allow).ok()) {
            response.headers_mut().insert(header::ALLOW, allow);
        }
        response
    }
}

/// 405 with what is allowed instead.
pub fn not_allowed(allow: &str) -> Refusal {
    let problem = Problem::new(405, ErrorCode::MethodNotAllowed, format!("allowed here: {allow}"));
    Refusal { problem, allow: Some(allow.to_owned()) }
}

/// A body must say that it is JSON.
pub fn is_json(headers: &HeaderMap) -> Result<(), Refusal> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(Problem::new(415, ErrorCode::UnsupportedMediaType, "send application/json").into())
}
