//! Lists and single documents.

use axum::{
    Json,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use hypo_app::{Ctx, permit::may, tmf};
use hypo_tmf::{Paging, Problem, Query, Resource, shape};
use serde_json::Value;

use super::reply::Refusal;
use crate::ApiState;

/// A list: a JSON array, with the counts and links of TMF630 in the headers.
pub async fn list(state: &ApiState, ctx: &Ctx, resource: &'static Resource, raw: &str) -> Result<Response, Refusal> {
    let query = Query::parse(raw)?;
    let permit = state.app().permit::<may::Read>(ctx).await?;
    let found = tmf::list(state.app(), ctx, permit, resource, &query).await?;
    let page = Paging::of(&query, &resource.path(None), raw, found.total, found.documents.len() as u64);
    let documents: Vec<Value> = found
        .documents
        .into_iter()
        .map(|shown| query.fields.select(shape::outward(resource, &shown.id.to_string(), shown.document)))
        .collect();
    let status = StatusCode::from_u16(page.status).unwrap_or(StatusCode::OK);
    let mut response = (status, Json(documents)).into_response();
    let headers = response.headers_mut();
    headers.insert("x-total-count", HeaderValue::from(page.total));
    headers.insert("x-result-count", HeaderValue::from(page.count));
    if let Some(link) = HeaderValue::from_str(&page.link).ok().filter(|link| !link.is_empty()) {
        headers.insert(header::LINK, link);
    }
    Ok(response)
}

/// One document, with its revision as a strong ETag.
pub async fn one(
    state: &ApiState,
    ctx: &Ctx,
    resource: &'static Resource,
    id: &str,
    raw: &str,
    headers: &HeaderMap,
) -> Result<Response, Refusal> {
    let query = Query::parse(raw)?;
    let missing = || Refusal::from(Problem::not_found(format!("there is no {} {id}", resource.collection)));
    let parsed = id.parse().map_err(|_| missing())?;
    let permit = state.app().permit::<may::Read>(ctx).await?;
    let shown = tmf::find(state.app(), ctx, permit, resource, parsed).await?.ok_or_else(missing)?;
    let tag = format!("\"{}\"", shown.rev);
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let same =
        known.is_some_and(|known| known.split(',').any(|one| matches!(one.trim(), one if one == tag || one == "*")));
    let mut response = if same {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Json(query.fields.select(shape::outward(resource, id, shown.document))).into_response()
    };
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    Ok(response)
}
