//! `POST /graphql`: JSON in, JSON out, one operation a request.

use axum::{
    Extension, Json,
    body::Bytes,
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use hypo_app::Error;
use hypo_shared::ErrorCode;

use super::{
    answer::Failure,
    caller::{Caller, same_site},
};
use crate::{ApiState, tmf::packed};

/// Runs a query or mutation.
pub async fn run(
    State(state): State<ApiState>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    body: Result<Bytes, axum::extract::rejection::BytesRejection>,
) -> Result<Response, Failure> {
    same_site(&caller, &headers, state.config())?;
    is_json(&headers)?;
    let body = body.map_err(|_| ErrorCode::PayloadTooLarge)?;
    // A batch is an array and no request.
    let request: async_graphql::Request = serde_json::from_slice(&body)
        .map_err(|error| Error::new(ErrorCode::InvalidInput, format!("This is no GraphQL request: {error}.")))?;
    let answer = state.guard().run(request, caller.ctx).await;
    let wait = retry_after(&answer);
    let mut response = Json(answer).into_response();
    if let Some(seconds) = wait {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    Ok(response)
}

/// Seconds until the budget suffices for an operation that was refused, rounded up.
fn retry_after(answer: &async_graphql::Response) -> Option<u64> {
    let wait = |error: &async_graphql::ServerError| match error.extensions.as_ref()?.get("retryAfterMs")? {
        async_graphql::Value::Number(millis) => Some(millis.as_u64()?.div_ceil(1000).max(1)),
        _ => None,
    };
    answer.errors.iter().find_map(wait)
}

/// Pages of other sites can only send other media types without asking first. Nothing here unpacks a body.
pub fn is_json(headers: &HeaderMap) -> Result<(), Failure> {
    if let Some(coding) = packed(headers) {
        let text = format!("Send the body as it is, without Content-Encoding {coding}.");
        return Err(Error::new(ErrorCode::UnsupportedMediaType, text).into());
    }
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/json") { Ok(()) } else { Err(ErrorCode::UnsupportedMediaType.into()) }
}
