//! `POST /graphql`: JSON in, JSON out, one operation a request.

use axum::{
    Extension, Json,
    body::Bytes,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use hypo_app::Error;
use hypo_shared::ErrorCode;

use super::{
    answer::Failure,
    caller::{Caller, same_site},
};
use crate::ApiState;

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
    Ok(Json(state.guard().run(request, caller.ctx).await).into_response())
}

/// Pages of other sites can only send other media types without asking first.
pub fn is_json(headers: &HeaderMap) -> Result<(), Failure> {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("application/json") { Ok(()) } else { Err(ErrorCode::UnsupportedMediaType.into()) }
}
