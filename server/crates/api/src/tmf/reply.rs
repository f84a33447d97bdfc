//! Answers and refusals as TMF630 wants them.

use axum::{
    Json,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use hypo_app::tmf::Shown;
use hypo_shared::ErrorCode;
use hypo_tmf::{Problem, Query, Resource, shape};
use serde_json::Value;

use super::{Asked, negotiate};

/// A refusal on its way out.
#[derive(Debug)]
pub struct Refusal {
    problem: Problem,
    headers: Vec<(HeaderName, String)>,
}

impl Refusal {
    /// A code with its own title.
    pub fn of(code: ErrorCode) -> Self {
        hypo_app::Error::of(code).into()
    }

    fn with(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self { problem, headers: Vec::new() }
    }
}

impl From<hypo_app::Error> for Refusal {
    fn from(error: hypo_app::Error) -> Self {
        crate::graphql::error::note(&error);
        let status = crate::http::status(error.code).as_u16();
        let mut reason = error.message.clone();
        for violation in error.violations.iter().filter(|violation| violation.text != error.message) {
            reason.push_str(&format!(" {}: {}", violation.path, violation.text));
        }
        let refusal = Self::from(Problem::new(status, error.code, reason));
        match error.retry_after {
            Some(wait) => refusal.with(header::RETRY_AFTER, wait.as_secs().max(1).to_string()),
            None if status == 401 => refusal.with(header::WWW_AUTHENTICATE, "Bearer"),
            None => refusal,
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self.problem.body())).into_response();
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

/// 405 with what is allowed instead.
pub fn not_allowed(allow: &str) -> Refusal {
    let problem = Problem::new(405, ErrorCode::MethodNotAllowed, format!("allowed here: {allow}"));
    Refusal::from(problem).with(header::ALLOW, allow)
}

/// 404 for a document.
pub fn missing(resource: &Resource, id: &str) -> Refusal {
    Problem::not_found(format!("there is no {} {id}", resource.collection)).into()
}

/// 415 with what is understood instead, in a header too where there is one for it.
pub fn unsupported(accepted: &str, header: Option<&'static str>) -> Refusal {
    let refusal = Refusal::from(Problem::new(415, ErrorCode::UnsupportedMediaType, format!("send {accepted}")));
    match header {
        Some(name) => refusal.with(HeaderName::from_static(name), accepted),
        None => refusal,
    }
}

/// A body must be sent as it is: nothing here unpacks one.
pub fn is_plain(headers: &HeaderMap) -> Result<(), Refusal> {
    match negotiate::packed(headers) {
        None => Ok(()),
        Some(coding) => {
            let reason = format!("send the body as it is, without Content-Encoding {coding}");
            let refusal = Refusal::from(Problem::new(415, ErrorCode::UnsupportedMediaType, reason));
            // RFC 9110, 12.5.3: what would have been understood.
            Err(refusal.with(header::ACCEPT_ENCODING, "identity"))
        }
    }
}

/// A body must say that it is JSON, and be sent as it is.
pub fn is_json(headers: &HeaderMap) -> Result<(), Refusal> {
    is_plain(headers)?;
    if negotiate::media_type(headers).eq_ignore_ascii_case("application/json") {
        return Ok(());
    }
    Err(unsupported("application/json", None))
}

/// A document as this client sees it.
pub fn outward(asked: &Asked<'_>, shown: Shown, query: &Query) -> Value {
    let spoken = asked.dialect.outward(asked.resource, shown.document);
    query.fields.select(shape::outward(asked.resource, &shown.id.to_string(), spoken))
}

/// An answer with a document and its revision.
pub fn document(asked: &Asked<'_>, status: StatusCode, shown: Shown, query: &Query) -> Response {
    let rev = shown.rev;
    tagged((status, Json(outward(asked, shown, query))).into_response(), rev)
}

/// The answer with the revision as its ETag.
pub fn tagged(mut response: Response, rev: i64) -> Response {
    if let Ok(tag) = HeaderValue::from_str(&negotiate::tag(rev)) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}
