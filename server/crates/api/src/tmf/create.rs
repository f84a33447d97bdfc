//! Creating: 201 with the whole document and its `Location`.

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::Response,
};
use hypo_app::tmf;
use hypo_tmf::{Dialect, Method};

use super::{
    Asked, negotiate, read_body,
    reply::{self, Refusal},
};

/// Creates a document.
pub async fn create(asked: &Asked<'_>, body: Body) -> Result<Response, Refusal> {
    let proof = asked.permit(Method::Create).await?;
    reply::is_json(asked.headers)?;
    let query = asked.query()?;
    let document = tmf::parse(&read_body(body).await?)?;
    let document = asked.dialect.inward(asked.resource, document);
    let (app, key) = (asked.state.app(), negotiate::key(asked.headers));
    let made = tmf::create(app, &asked.ctx, proof, asked.resource, document, key).await?;
    // OpenSlice's clients take nothing but 200 for success.
    let status = if asked.dialect == Dialect::OpenSlice { StatusCode::OK } else { StatusCode::CREATED };
    let location = asked.resource.path(Some(&made.id.to_string()));
    let mut response = reply::document(asked, status, made, &query);
    if let Ok(location) = HeaderValue::from_str(&location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}
