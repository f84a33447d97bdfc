//! Signing in and out.

use axum::{
    Extension, Json,
    body::Bytes,
    extract::{Path, Request, State},
    http::{Extensions, HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use hypo_app::{
    Error,
    access::sessions::{self, SignedIn, Visitor},
    auth::secret::Secret,
    permit::may,
};
use hypo_shared::ErrorCode;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    answer::Failure,
    caller::{Caller, address, cookie, cookie_name, same_site, trace},
    graphql::is_json,
    origin,
};
use crate::ApiState;

/// What is typed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Credentials {
    name: String,
    password: String,
}

/// `POST /session`: name and password for a cookie.
pub async fn sign_in(State(state): State<ApiState>, request: Request) -> Result<Response, Failure> {
    let (parts, body) = request.into_parts();
    let (headers, config) = (&parts.headers, state.config());
    if origin::is_foreign(headers, config) {
        return Err(ErrorCode::Forbidden.into());
    }
    is_json(headers)?;
    let body = axum::body::to_bytes(body, super::BODY).await.map_err(|_| ErrorCode::PayloadTooLarge)?;
    let given = credentials(&body)?;
    let visitor = visitor(&state, headers, &parts.extensions);
    let signed_in = sessions::sign_in(state.app(), &visitor, &given.name, &given.password).await;
    state.metrics().sign_in(signed_in.is_ok());
    let signed_in = signed_in?;
    let current = current(&signed_in.current);
    Ok(with_cookie(&state, &signed_in, Json(current).into_response()))
}

fn credentials(body: &Bytes) -> Result<Credentials, Failure> {
    let error = |_| Error::new(ErrorCode::InvalidInput, "Send a JSON object with name and password.");
    Ok(serde_json::from_slice(body).map_err(error)?)
}

/// `GET /setup/{token}`: a one-time sign-in, as `hypo serve` prints it.
pub async fn set_up(
    State(state): State<ApiState>,
    Path(token): Path<String>,
    request: Request,
) -> Result<Response, Failure> {
    let (parts, _) = request.into_parts();
    let visitor = visitor(&state, &parts.headers, &parts.extensions);
    let signed_in = sessions::redeem(state.app(), &visitor, &token).await;
    state.metrics().sign_in(signed_in.is_ok());
    Ok(with_cookie(&state, &signed_in?, Redirect::to("/").into_response()))
}

/// `GET /session`: who is signed in.
pub async fn read(State(state): State<ApiState>, Extension(caller): Extension<Caller>) -> Result<Json<Value>, Failure> {
    let permit = state.app().permit::<may::ReadSelf>(&caller.ctx).await?;
    Ok(Json(current(&sessions::current(state.app(), &caller.ctx, permit).await?)))
}

/// `DELETE /session`: ends the session and its sockets.
pub async fn sign_out(
    State(state): State<ApiState>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    same_site(&caller, &headers, state.config())?;
    let permit = state.app().permit::<may::ReadSelf>(&caller.ctx).await?;
    sessions::sign_out(state.app(), &caller.ctx, permit).await?;
    state.sockets().end(caller.ctx.who.credential);
    let mut response = StatusCode::NO_CONTENT.into_response();
    set_cookie(&state, &mut response, "", 0);
    Ok(response)
}

fn visitor(state: &ApiState, headers: &HeaderMap, extensions: &Extensions) -> Visitor {
    Visitor {
        address: address(state.config(), headers, extensions),
        trace: trace(extensions),
        // The session before this one ends, so that none outlives a sign-in on the same browser.
        replaces: cookie(headers, state.config()).map(str::to_owned),
    }
}

fn with_cookie(state: &ApiState, signed_in: &SignedIn, mut response: Response) -> Response {
    let secret: &Secret = &signed_in.secret;
    set_cookie(state, &mut response, secret.reveal(), signed_in.seconds);
    response
}

fn set_cookie(state: &ApiState, response: &mut Response, value: &str, seconds: i64) {
    let tls = state.config().tls;
    let secure = if tls { "; Secure" } else { "" };
    let text = format!("{}={value}; Path=/; HttpOnly; SameSite=Strict; Max-Age={seconds}{secure}", cookie_name(tls));
    if let Ok(mut header_value) = HeaderValue::from_str(&text) {
        header_value.set_sensitive(true);
        response.headers_mut().append(header::SET_COOKIE, header_value);
    }
}

/// The same shape as the GraphQL object `Session`.
fn current(current: &sessions::Current) -> Value {
    let tenant = |tenant: &hypo_app::access::Tenant| json!({"id": tenant.id, "name": tenant.name});
    let user = &current.user;
    json!({
        "user": {
            "id": user.id, "name": user.name, "displayName": user.display_name, "role": user.role,
            "tenant": tenant(&user.tenant), "disabled": user.disabled, "createdAt": user.created_at,
        },
        "tenant": tenant(&current.tenant), "role": current.role, "actions": current.actions,
        "version": current.version, "demo": current.demo,
    })
}
