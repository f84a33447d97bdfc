//! `/nbi`: every interface this server has, and a page to try the TMF ones. What is listed is what is mounted.

use axum::{
    Json,
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use hypo_tmf::registry::FAMILIES;
use serde_json::{Value, json};

use crate::{ApiState, graphql::schema_sdl, http};

/// The page's policy: its own script and style, no other place.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// `GET /nbi`: the list for programs, the page for browsers.
pub async fn index(State(_): State<ApiState>, headers: axum::http::HeaderMap) -> Response {
    if http::wants_page(&headers) { explorer().await } else { Json(interfaces()).into_response() }
}

/// `GET /nbi/interfaces`: the list, whoever asks.
pub async fn list() -> Json<Value> {
    Json(interfaces())
}

/// `GET /nbi/explorer`: pick a family and a resource, ask with the session.
pub async fn explorer() -> Response {
    let mut response = file("text/html; charset=utf-8", include_str!("explorer.html"));
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}

/// `GET /nbi/explorer.js`.
pub async fn script() -> Response {
    file("text/javascript; charset=utf-8", include_str!("explorer.js"))
}

/// `GET /nbi/explorer.css`.
pub async fn style() -> Response {
    file("text/css; charset=utf-8", include_str!("explorer.css"))
}

/// `GET /nbi/schema.graphql`: the GraphQL schema, for who is signed in.
pub async fn schema() -> Response {
    file("text/plain; charset=utf-8", schema_sdl())
}

fn file(media: &'static str, text: impl Into<axum::body::Body>) -> Response {
    ([(header::CONTENT_TYPE, media), (header::CACHE_CONTROL, "no-cache")], Response::new(text.into())).into_response()
}

fn interfaces() -> Value {
    let families: Vec<Value> = FAMILIES
        .iter()
        .map(|(family, resources)| {
            let resources: Vec<Value> = resources
                .iter()
                .map(|resource| {
                    json!({
                        "collection": resource.collection, "type": resource.type_name, "path": resource.path(None),
                        "description": resource.doc, "collectionMethods": resource.allow(false),
                        "documentMethods": resource.allow(true), "events": resource.events,
                        "state": resource.state,
                        "machine": resource.state.and_then(|member| resource.machine(member)).map(|machine| machine.name),
                    })
                })
                .collect();
            json!({
                "api": family.number, "name": family.name, "version": family.spec, "base": family.base,
                "aliases": family.aliases, "openapi": format!("{}/openapi.json", family.base),
                "hub": format!("{}/hub", family.base), "resources": resources,
            })
        })
        .collect();
    json!({
        "tmf": families,
        "graphql": {
            "endpoint": "/graphql", "subscriptions": "/graphql/ws", "protocol": "graphql-transport-ws",
            "schema": "/nbi/schema.graphql",
            "description": "Queries and changes by POST of JSON, subscriptions over WebSocket. Send a token: a session runs the portal's own documents only.",
        },
        "session": {"signIn": "/session", "description": "POST name and password; the answer sets a cookie."},
        "health": {"alive": "/healthz", "ready": "/readyz", "metrics": "/metrics"},
        "errors": {"index": "/help/errors", "page": "/help/errors/{code}"},
        "explorer": "/nbi/explorer",
    })
}
