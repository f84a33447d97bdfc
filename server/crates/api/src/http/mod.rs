//! HTTP: the router and what every response gets.

mod answer;
pub(crate) mod caller;
mod config;
mod graphql;
mod headers;
mod help;
mod origin;
mod portal;
mod probes;
mod session;
mod sockets;
mod token;
mod ws;

use std::time::Duration;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    handler::Handler,
    http::StatusCode,
    middleware::{from_fn, from_fn_with_state},
    routing::{MethodRouter, delete, get, post},
};
use hypo_app::App;
use tower_http::{catch_panic::CatchPanicLayer, timeout::TimeoutLayer};

pub use config::{HttpConfig, Portal};
pub use sockets::Sockets;

pub(crate) use answer::status;
pub(crate) use portal::wants_page;

use crate::{
    ApiState, nbi, openapi,
    policy::{self, Access},
    tmf,
};

/// Bytes of a GraphQL request: a package of 16 MiB in base64, and its query.
const GRAPHQL_BODY: usize = 24 << 20;
/// Bytes of any other request of ours.
const BODY: usize = 64 << 10;
/// How long any request may take; GraphQL has shorter limits of its own.
const DEADLINE: Duration = Duration::from_secs(75);

/// The token endpoint, at the paths that OpenSlice's and HypO's clients have.
const TOKENS: [&str; 2] =
    ["/auth/realms/openslice/protocol/openid-connect/token", "/realms/tmf/protocol/openid-connect/token"];

/// The HTTP service of an application. Serve it with connection info of `SocketAddr`, inside a tokio runtime.
pub fn router(app: App, config: HttpConfig) -> Router {
    let state = ApiState::new(app, config);
    sockets::warden(&state);
    let mut router = Router::new();
    for (method, path, handler) in handlers() {
        // A route without a row in the policy table does not exist.
        let Some(access) = policy::route(method, path) else { continue };
        let handler = match access {
            Access::SignedIn => handler.layer(from_fn_with_state(state.clone(), caller::require)),
            Access::SignIn | Access::Public => handler,
        };
        router = router.route(path, handler);
    }
    router
        .merge(openapi::router())
        .merge(tmf::router(state.clone()))
        .fallback(portal::serve)
        .layer(TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, DEADLINE))
        .layer(CatchPanicLayer::custom(answer::panicked))
        .layer(from_fn_with_state(state.clone(), headers::dress))
        .layer(from_fn(headers::trace))
        .with_state(state)
}

/// Every route of ours with its handler. The rows of [`policy::ROUTES`] are the same set.
fn handlers() -> Vec<(&'static str, &'static str, MethodRouter<ApiState>)> {
    let small = || DefaultBodyLimit::max(BODY);
    vec![
        ("POST", "/graphql", post(graphql::run.layer(DefaultBodyLimit::max(GRAPHQL_BODY)))),
        ("GET", "/graphql/ws", get(ws::upgrade)),
        ("GET", "/session", get(session::read)),
        ("POST", "/session", post(session::sign_in.layer(small()))),
        ("DELETE", "/session", delete(session::sign_out)),
        ("GET", "/setup/{token}", get(session::set_up)),
        ("POST", TOKENS[0], post(token::issue.layer(small()))),
        ("POST", TOKENS[1], post(token::issue.layer(small()))),
        ("GET", "/healthz", get(probes::alive)),
        ("GET", "/readyz", get(probes::ready)),
        ("GET", "/metrics", get(probes::metrics)),
        ("GET", "/help/errors", get(help::index)),
        ("GET", "/help/errors/{code}", get(help::page)),
        ("GET", "/nbi", get(nbi::index)),
        ("GET", "/nbi/interfaces", get(nbi::list)),
        ("GET", "/nbi/schema.graphql", get(nbi::schema)),
        ("GET", "/nbi/explorer", get(nbi::explorer)),
        ("GET", "/nbi/explorer.js", get(nbi::script)),
        ("GET", "/nbi/explorer.css", get(nbi::style)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_has_a_row_and_every_row_a_route() {
        let routes: Vec<_> = handlers().into_iter().map(|(method, path, _)| (method, path)).collect();
        let rows: Vec<_> = policy::ROUTES.iter().map(|row| (row.0, row.1)).collect();
        assert_eq!(routes, rows);
    }
}
