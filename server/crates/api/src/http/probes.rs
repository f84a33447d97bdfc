//! Health and metrics.

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::ApiState;

/// `GET /healthz`: the process answers.
pub async fn alive() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: the store answers too.
pub async fn ready(State(state): State<ApiState>) -> Response {
    match state.app().ready().await {
        Ok(()) => "ready\n".into_response(),
        Err(error) => {
            crate::graphql::error::note(&error);
            (StatusCode::SERVICE_UNAVAILABLE, format!("{}\n", error.message)).into_response()
        }
    }
}

/// `GET /metrics`: our own counters.
pub async fn metrics(State(state): State<ApiState>) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], state.metrics().text()).into_response()
}
