//! Creating: 201 with the whole document and its `Location`.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use hypo_app::{Ctx, permit::may, tmf};
use hypo_tmf::{Problem, Resource, shape, validate};
use serde_json::Value;

use super::reply::Refusal;
use crate::ApiState;

/// Places a service order. Orders are the only documents that clients create so far.
pub async fn create(
    state: &ApiState,
    ctx: &Ctx,
    resource: &'static Resource,
    body: &[u8],
) -> Result<Response, Refusal> {
    let document: Value =
        serde_json::from_slice(body).map_err(|error| Problem::invalid(format!("the body is not JSON: {error}")))?;
    validate::create(resource, &document)?;
    let id = tmf::create_order(state.app(), ctx, &shape::inward(resource, document)).await?;
    let permit = state.app().permit::<may::Read>(ctx).await?;
    let shown = tmf::find(state.app(), ctx, permit, resource, id.0).await?;
    let shown = shown.ok_or_else(|| Refusal::of(hypo_shared::ErrorCode::OrderNotFound))?;
    let id = id.to_string();
    let mut response = (StatusCode::CREATED, Json(shape::outward(resource, &id, shown.document))).into_response();
    if let Ok(location) = HeaderValue::from_str(&resource.path(Some(&id))) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}
