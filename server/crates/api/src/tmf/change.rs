//! Changing: merge patch or JSON Patch, 200 with the whole document.

use axum::{body::Body, http::StatusCode, response::Response};
use hypo_app::tmf;
use hypo_shared::ErrorCode;
use hypo_tmf::{
    Method,
    patch::{Format, MEDIA_TYPES},
    shape,
};

use super::{
    Asked, negotiate, read_body,
    reply::{self, Refusal},
};

/// Changes a document.
pub async fn change(asked: &Asked<'_>, id: &str, body: Body) -> Result<Response, Refusal> {
    let proof = asked.permit(Method::Patch).await?;
    reply::is_plain(asked.headers)?;
    let accepted = MEDIA_TYPES.join(", ");
    let format = Format::of(negotiate::media_type(asked.headers))
        .ok_or_else(|| reply::unsupported(&accepted, Some("accept-patch")))?;
    let query = asked.query()?;
    let parsed = id.parse().map_err(|_| reply::missing(asked.resource, id))?;
    let body = tmf::parse(&read_body(body).await?)?;
    let mut body = asked.dialect.inward(asked.resource, body);
    if let Some(members) = body.as_object_mut() {
        members.shift_remove(shape::DIALECT);
    }
    let wanted = tmf::Change { format, body, revisions: negotiate::revisions(asked.headers) };
    let changed = tmf::change(asked.state.app(), &asked.ctx, proof, asked.resource, parsed, &wanted).await;
    let changed = changed.map_err(|error| match error.code {
        ErrorCode::NotFound | ErrorCode::OrderNotFound | ErrorCode::ServiceNotFound => {
            reply::missing(asked.resource, id)
        }
        _ => error.into(),
    })?;
    Ok(reply::document(asked, StatusCode::OK, changed, &query))
}
