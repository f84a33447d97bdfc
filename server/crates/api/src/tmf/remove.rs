//! Removing: 204 without a body.

use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use hypo_app::tmf;
use hypo_tmf::Method;

use super::{
    Asked, negotiate,
    reply::{self, Refusal},
};

/// Removes a document.
pub async fn remove(asked: &Asked<'_>, id: &str) -> Result<Response, Refusal> {
    let proof = asked.permit(Method::Delete).await?;
    let parsed = id.parse().map_err(|_| reply::missing(asked.resource, id))?;
    let revisions = negotiate::revisions(asked.headers);
    tmf::remove(asked.state.app(), &asked.ctx, proof, asked.resource, parsed, revisions.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
