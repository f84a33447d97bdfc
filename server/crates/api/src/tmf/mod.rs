//! The TMF Open APIs: one set of handlers over the registry of `hypo-tmf`. Adding an API is adding rows there.

mod create;
mod hub;
mod passthrough;
mod read;
mod reply;

use axum::{
    Router,
    extract::{OriginalUri, State},
    http::{HeaderMap, Method, Request},
    response::{IntoResponse, Response},
    routing::any,
};
use hypo_app::Ctx;
use hypo_shared::ErrorCode;
use hypo_tmf::{Problem, Resource, registry::resources};
use std::sync::Arc;

use crate::{ApiState, http::caller};
use reply::Refusal;

/// Bytes of a document.
const BODY: usize = 1 << 20;

/// What a path names.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Target {
    Collection(&'static Resource),
    Document(&'static Resource, String),
}

/// Routes below `/tmf-api`. Every answer has the TMF630 shape, refusals of the router included.
pub fn router(_: ApiState) -> Router<ApiState> {
    Router::new()
        .route("/tmf-api/{*rest}", any(handle))
        .route("/peers/{peer}/tmf-api/{*rest}", any(passthrough::handle))
}

async fn handle(
    State(state): State<ApiState>,
    OriginalUri(uri): OriginalUri,
    request: Request<axum::body::Body>,
) -> Response {
    let (parts, body) = request.into_parts();
    let caller = match caller::identify(&state, &parts.headers, &parts.extensions).await {
        Ok(caller) => caller,
        Err(failure) => return Refusal::from(failure.0).into_response(),
    };
    if caller::same_site(&caller, &parts.headers, state.config()).is_err() {
        return Refusal::of(ErrorCode::Forbidden).into_response();
    }
    let ctx = Arc::new(caller.ctx.because("tmf"));
    let raw = uri.query().unwrap_or_default();
    if let Some(place) = hub::place(uri.path()) {
        let answer = hub::serve(&state, &ctx, &place, &parts.method, &parts.headers, raw, body).await;
        return answer.unwrap_or_else(IntoResponse::into_response);
    }
    let answer = match (target(uri.path()), parts.method.clone()) {
        (None, _) => Err(Problem::not_found(format!("nothing is served at {}", uri.path())).into()),
        (Some(Target::Collection(resource)), Method::GET | Method::HEAD) => {
            read::list(&state, &ctx, resource, raw).await
        }
        (Some(Target::Document(resource, id)), Method::GET | Method::HEAD) => {
            read::one(&state, &ctx, resource, &id, raw, &parts.headers).await
        }
        (Some(Target::Collection(resource)), Method::POST) if resource.kind == "serviceOrder" => {
            posted(&state, &ctx, resource, &parts.headers, body).await
        }
        (Some(target), _) => Err(reply::not_allowed(&target.allow())),
    };
    answer.unwrap_or_else(IntoResponse::into_response)
}

async fn posted(
    state: &ApiState,
    ctx: &Ctx,
    resource: &'static Resource,
    headers: &HeaderMap,
    body: axum::body::Body,
) -> Result<Response, Refusal> {
    reply::is_json(headers)?;
    let bytes = axum::body::to_bytes(body, BODY)
        .await
        .map_err(|_| Problem::new(413, ErrorCode::PayloadTooLarge, format!("the body is larger than {BODY} bytes")))?;
    create::create(state, ctx, resource, &bytes).await
}

/// Finds the resource of a path. Trailing slashes and unknown depths name nothing.
fn target(path: &str) -> Option<Target> {
    // The first documents; the engine that serves every row takes this list away.
    let served = ["serviceOrder", "service", "resource", "serviceSpecification", "organization"];
    resources().filter(|resource| resource.is_home() && served.contains(&resource.kind)).find_map(|resource| {
        let rest = path.strip_prefix(resource.family.base)?.strip_prefix('/')?;
        match rest.strip_prefix(resource.collection)? {
            "" => Some(Target::Collection(resource)),
            rest => {
                let id = rest.strip_prefix('/')?;
                (!id.is_empty() && !id.contains('/')).then(|| Target::Document(resource, id.to_owned()))
            }
        }
    })
}

impl Target {
    fn allow(&self) -> String {
        match self {
            Target::Collection(resource) => resource.allow(false),
            Target::Document(resource, _) => resource.allow(true),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_name_resources() {
        let name = |path: &str| match target(path) {
            Some(Target::Collection(resource)) => resource.collection.to_owned(),
            Some(Target::Document(resource, id)) => format!("{}:{id}", resource.collection),
            None => "-".to_owned(),
        };
        assert_eq!(name("/tmf-api/serviceOrdering/v4/serviceOrder"), "serviceOrder");
        assert_eq!(name("/tmf-api/serviceInventory/v4/service/7"), "service:7");
        for path in [
            "/tmf-api/serviceInventory/v4/service/",
            "/tmf-api/serviceInventory/v4/service/7/8",
            "/tmf-api/serviceInventory/v5/service",
            "/tmf-api/serviceInventory/v4/serviceX",
            "/tmf-api",
        ] {
            assert_eq!(name(path), "-", "{path}");
        }
    }
}
