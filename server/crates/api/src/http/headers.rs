//! What every response gets: a trace id, security headers, a line in the log and a count.

use std::time::Instant;

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use tracing::Instrument;
use uuid::Uuid;

use crate::ApiState;

/// The header that carries the trace id, both ways out.
const TRACE: HeaderName = HeaderName::from_static("x-request-id");

/// Of responses that are not pages.
const CLOSED: &str = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

/// The correlation id of a request. Made here, never taken from outside: it goes into the log.
#[derive(Clone, Debug)]
pub struct Trace(pub String);

/// Gives the request its trace id and log span.
pub async fn trace(mut request: Request, next: Next) -> Response {
    let id = Uuid::now_v7().simple().to_string();
    request.extensions_mut().insert(Trace(id.clone()));
    let span = tracing::info_span!("request", request.id = %id, http.method = %request.method());
    let mut response = next.run(request).instrument(span).await;
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(TRACE, value);
    }
    response
}

/// Adds what is missing to a response and counts it.
pub async fn dress(State(state): State<ApiState>, request: Request, next: Next) -> Response {
    let start = Instant::now();
    let path = request.uri().path().to_owned();
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut add = |name: HeaderName, value: &'static str| {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    };
    add(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    add(header::REFERRER_POLICY, "no-referrer");
    add(header::CONTENT_SECURITY_POLICY, CLOSED);
    add(header::X_FRAME_OPTIONS, "DENY");
    add(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    add(HeaderName::from_static("cross-origin-resource-policy"), "same-origin");
    add(HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()");
    add(header::CACHE_CONTROL, "no-store");
    if state.config().tls {
        add(header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    let took = start.elapsed();
    state.metrics().response(response.status().as_u16(), took);
    // A one-time sign-in stands in the path.
    let path = if path.starts_with("/setup/") { "/setup/…" } else { &path };
    tracing::debug!(
        http.path = path,
        http.status = response.status().as_u16(),
        http.micros = took.as_micros(),
        "a request was answered"
    );
    response
}
