//! Lists and single documents.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use hypo_app::{permit::may, tmf};
use hypo_tmf::{Dialect, Paging, Query, query::Fields, shape};
use serde_json::Value;

use super::{
    Asked, negotiate,
    reply::{self, Refusal},
};

/// A list: a JSON array, with the counts and links of TMF630 in the headers.
pub async fn list(asked: &Asked<'_>) -> Result<Response, Refusal> {
    let query = asked.query()?;
    let app = asked.state.app();
    let permit = app.permit::<may::Read>(&asked.ctx).await?;
    let found = tmf::list_text(app, &asked.ctx, permit, asked.resource, &query).await?;
    let count = found.documents.len() as u64;
    let room = found.documents.iter().map(|kept| kept.doc.len() + 1).sum::<usize>() + 2;
    // A document in which nothing is to be changed is sent as it is stored.
    let whole = query.fields == Fields::All && asked.dialect == Dialect::Official;
    let mut body = String::with_capacity(room);
    for kept in found.documents {
        body.push(if body.is_empty() { '[' } else { ',' });
        if whole && shape::is_outward(asked.resource, &kept.id.to_string(), &kept.doc) {
            body.push_str(&kept.doc);
        } else {
            body.push_str(&reply::outward(asked, tmf::read(kept)?, &query).to_string());
        }
    }
    body.push_str(if body.is_empty() { "[]" } else { "]" });
    Ok(page(&query, &asked.resource.path(None), asked.raw, (found.total, count), body))
}

/// `body` is a JSON array with `count` of `total` documents.
pub fn page(query: &Query, path: &str, raw: &str, (total, count): (u64, u64), body: String) -> Response {
    let page = Paging::of(query, path, raw, total, count);
    let status = StatusCode::from_u16(page.status).unwrap_or(StatusCode::OK);
    let mut response = (status, [(header::CONTENT_TYPE, "application/json")], body).into_response();
    let headers = response.headers_mut();
    headers.insert("x-total-count", HeaderValue::from(page.total));
    headers.insert("x-result-count", HeaderValue::from(page.count));
    if let Some(link) = HeaderValue::from_str(&page.link).ok().filter(|link| !link.is_empty()) {
        headers.insert(header::LINK, link);
    }
    response
}

/// One document, with its revision as a strong ETag.
pub async fn one(asked: &Asked<'_>, id: &str) -> Result<Response, Refusal> {
    let query = asked.query()?;
    let missing = || reply::missing(asked.resource, id);
    let parsed = id.parse().map_err(|_| missing())?;
    let app = asked.state.app();
    let permit = app.permit::<may::Read>(&asked.ctx).await?;
    let shown = tmf::find(app, &asked.ctx, permit, asked.resource, parsed).await?.ok_or_else(missing)?;
    if negotiate::is_known(asked.headers, shown.rev) {
        return Ok(reply::tagged(StatusCode::NOT_MODIFIED.into_response(), shown.rev));
    }
    Ok(reply::document(asked, StatusCode::OK, shown, &query))
}

/// The elements of a document, with everything a list can.
pub async fn children(asked: &Asked<'_>, owner: &str) -> Result<Response, Refusal> {
    let query = asked.query()?;
    let missing = || reply::missing(asked.resource, owner);
    let parsed = owner.parse().map_err(|_| missing())?;
    let app = asked.state.app();
    let permit = app.permit::<may::Read>(&asked.ctx).await?;
    let all = tmf::children(app, &asked.ctx, permit, asked.resource, parsed).await?.ok_or_else(missing)?;
    let numbered: Vec<(usize, Value)> = all.into_iter().enumerate().collect();
    let (found, total) = query.apply(numbered, |(_, element)| element, |(position, _)| *position);
    let shown: Vec<Value> = found.into_iter().map(|(_, element)| query.fields.select(element)).collect();
    let counts = (total, shown.len() as u64);
    Ok(page(&query, &asked.resource.path_below(owner, None), asked.raw, counts, Value::from(shown).to_string()))
}

/// One element of a document.
pub async fn child(asked: &Asked<'_>, owner: &str, id: &str) -> Result<Response, Refusal> {
    let query = asked.query()?;
    let missing = || reply::missing(asked.resource, id);
    let parsed = owner.parse().map_err(|_| missing())?;
    let app = asked.state.app();
    let permit = app.permit::<may::Read>(&asked.ctx).await?;
    let found = tmf::child(app, &asked.ctx, permit, asked.resource, parsed, id).await?.ok_or_else(missing)?;
    Ok(Json(query.fields.select(found)).into_response())
}
