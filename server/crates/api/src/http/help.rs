//! Pages about error codes: Markdown for programs, the portal for browsers.

use axum::{
    Json,
    extract::{Path, Request, State},
    http::{header, request::Parts},
    response::{IntoResponse, Response},
};
use hypo_shared::ErrorCode;
use serde_json::Value;

use super::{answer::Failure, portal};
use crate::{ApiState, help};

/// `GET /help/errors`: all codes and titles.
pub async fn index(State(state): State<ApiState>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    match page_of_the_portal(&state, &parts).await {
        Some(page) => page,
        None => Json::<Value>(help::index()).into_response(),
    }
}

/// `GET /help/errors/HYP-NNNN` or `…/HYP-NNNN.md`.
pub async fn page(
    State(state): State<ApiState>,
    Path(code): Path<String>,
    request: Request,
) -> Result<Response, Failure> {
    let (parts, _) = request.into_parts();
    let name = code.strip_suffix(".md").unwrap_or(&code);
    if name == code
        && let Some(page) = page_of_the_portal(&state, &parts).await
    {
        return Ok(page);
    }
    let code: ErrorCode = name.parse().map_err(|_| ErrorCode::NotFound)?;
    Ok(([(header::CONTENT_TYPE, "text/markdown; charset=utf-8")], help::page(code)).into_response())
}

/// The portal's page, for a browser that opens the address.
async fn page_of_the_portal(state: &ApiState, parts: &Parts) -> Option<Response> {
    if portal::wants_page(&parts.headers) { portal::index(state, &parts.headers).await } else { None }
}
