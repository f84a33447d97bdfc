//! The token endpoint of OpenSlice's and HypO's clients.

use axum::{
    Form, Json,
    extract::{FromRequest, Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use hypo_app::{
    Error,
    access::{
        clients::{self, Grant, Issued},
        sessions::Visitor,
    },
};
use hypo_shared::ErrorCode;
use serde::Deserialize;
use serde_json::json;

use super::{
    answer::status,
    caller::{address, trace},
};
use crate::ApiState;

/// What is sent (RFC 6749, 4.3.2 and 4.4.2).
#[derive(Deserialize)]
struct Wish {
    grant_type: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
    username: Option<String>,
    password: Option<String>,
}

/// `POST …/protocol/openid-connect/token`.
pub async fn issue(State(state): State<ApiState>, request: Request) -> Response {
    let (headers, extensions) = (request.headers().clone(), request.extensions().clone());
    let Ok(Form(wish)) = Form::<Wish>::from_request(request, &state).await else {
        return refusal(StatusCode::BAD_REQUEST, "invalid_request", "send application/x-www-form-urlencoded");
    };
    let visitor =
        Visitor { address: address(state.config(), &headers, &extensions), trace: trace(&extensions), replaces: None };
    let issued = ask(&state, &visitor, &headers, wish).await;
    state.metrics().sign_in(issued.is_ok());
    match issued {
        Ok(Issued { secret, expires_in }) => Json(json!({
            "access_token": secret.reveal(), "token_type": "Bearer", "expires_in": expires_in,
        }))
        .into_response(),
        Err(Refused::Grant) => {
            refusal(StatusCode::BAD_REQUEST, "unsupported_grant_type", "client_credentials or password")
        }
        Err(Refused::Request) => refusal(StatusCode::BAD_REQUEST, "invalid_request", "a member is missing"),
        Err(Refused::App(error)) => {
            crate::graphql::error::note(&error);
            let (code, name) = match error.code {
                ErrorCode::Unauthenticated => (StatusCode::UNAUTHORIZED, "invalid_client"),
                ErrorCode::BadCredentials => (StatusCode::BAD_REQUEST, "invalid_grant"),
                ErrorCode::Forbidden => (StatusCode::BAD_REQUEST, "unauthorized_client"),
                code => (status(code), "temporarily_unavailable"),
            };
            let mut response = refusal(code, name, &error.message);
            if let Some(wait) = error.retry_after {
                response.headers_mut().insert(header::RETRY_AFTER, wait.as_secs().max(1).into());
            }
            response
        }
    }
}

enum Refused {
    Grant,
    Request,
    App(Error),
}

async fn ask(state: &ApiState, visitor: &Visitor, headers: &HeaderMap, wish: Wish) -> Result<Issued, Refused> {
    let grant = match wish.grant_type.as_deref() {
        Some("client_credentials") => Grant::ClientCredentials,
        Some("password") => Grant::Password {
            name: wish.username.ok_or(Refused::Request)?,
            password: wish.password.ok_or(Refused::Request)?,
        },
        _ => return Err(Refused::Grant),
    };
    let (id, secret) = match basic(headers) {
        Some(pair) => pair,
        None => (wish.client_id.ok_or(Refused::Request)?, wish.client_secret.ok_or(Refused::Request)?),
    };
    clients::issue(state.app(), visitor, &id, &secret, grant).await.map_err(Refused::App)
}

/// `Authorization: Basic` (RFC 6749, 2.3.1).
fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, coded) = value.split_once(' ')?;
    let text = String::from_utf8(STANDARD.decode(coded.trim()).ok()?).ok()?;
    let (id, secret) = text.split_once(':')?;
    scheme.eq_ignore_ascii_case("basic").then(|| (id.to_owned(), secret.to_owned()))
}

/// RFC 6749, 5.2.
fn refusal(code: StatusCode, error: &str, description: &str) -> Response {
    (code, Json(json!({"error": error, "error_description": description}))).into_response()
}
