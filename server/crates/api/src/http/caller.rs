//! Who sends a request: a session cookie or a bearer token.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::{Extensions, HeaderMap, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use hypo_app::{Ctx, access::sessions, access::tokens, ctx::Principal};
use hypo_shared::ErrorCode;

use super::{HttpConfig, answer::Failure, headers::Trace, origin};
use crate::ApiState;

/// An authenticated request.
#[derive(Clone)]
pub struct Caller {
    pub ctx: Arc<Ctx>,
    /// By cookie, so that a page could have sent it without its user's wish.
    pub by_cookie: bool,
}

/// Name of the session cookie.
pub const fn cookie_name(tls: bool) -> &'static str {
    if tls { "__Host-hypo" } else { "hypo" }
}

/// Lets signed-in callers pass and hands [`Caller`] to the handler.
pub async fn require(State(state): State<ApiState>, mut request: Request, next: Next) -> Response {
    match identify(&state, request.headers(), request.extensions()).await {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(failure) => failure.into_response(),
    }
}

/// Finds out who sends a request. Also for the TMF routes.
pub async fn identify(state: &ApiState, headers: &HeaderMap, extensions: &Extensions) -> Result<Caller, Failure> {
    let app = state.app();
    if let Some(token) = bearer(headers) {
        let who = tokens::authenticate(app, token).await?;
        return Ok(Caller { ctx: context(state, who, headers, extensions), by_cookie: false });
    }
    let secret = cookie(headers, state.config()).ok_or(ErrorCode::Unauthenticated)?;
    let who = sessions::authenticate(app, secret).await?;
    Ok(Caller { ctx: context(state, who, headers, extensions), by_cookie: true })
}

/// Refuses what another site's page may have sent with the user's cookie.
pub fn same_site(caller: &Caller, headers: &HeaderMap, config: &HttpConfig) -> Result<(), Failure> {
    if caller.by_cookie && !origin::is_ours(headers, config) { Err(ErrorCode::Forbidden.into()) } else { Ok(()) }
}

fn context(state: &ApiState, who: Principal, headers: &HeaderMap, extensions: &Extensions) -> Arc<Ctx> {
    let address = address(state.config(), headers, extensions);
    Arc::new(Ctx { who, trace: trace(extensions), why: "http".to_owned(), address })
}

/// The trace id of the request.
pub fn trace(extensions: &Extensions) -> String {
    extensions.get::<Trace>().map(|trace| trace.0.clone()).unwrap_or_default()
}

/// The secret in the session cookie.
pub fn cookie<'a>(headers: &'a HeaderMap, config: &HttpConfig) -> Option<&'a str> {
    let name = cookie_name(config.tls);
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| pair.trim().split_once('=').filter(|(key, _)| *key == name).map(|(_, value)| value))
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The caller's address: the peer, or what a trusted proxy says.
pub fn address(config: &HttpConfig, headers: &HeaderMap, extensions: &Extensions) -> Option<IpAddr> {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>()?.0.ip();
    if !config.trusted_proxies.contains(&peer) {
        return Some(peer);
    }
    let forwarded = headers.get("x-forwarded-for").and_then(|value| value.to_str().ok());
    forwarded.and_then(|list| list.rsplit(',').next()?.trim().parse().ok()).or(Some(peer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_found_by_its_whole_name() {
        let config = HttpConfig::default();
        let headers = HeaderMap::from_iter([(header::COOKIE, "a=1; nothypo=2; hypo=secret; hypo2=3".parse().unwrap())]);
        assert_eq!(cookie(&headers, &config), Some("secret"));
        assert_eq!(cookie(&headers, &HttpConfig { tls: true, ..config }), None);
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(SocketAddr::from(([10, 0, 0, 1], 1))));
        let headers = HeaderMap::from_iter([("x-forwarded-for".parse().unwrap(), "1.2.3.4, 5.6.7.8".parse().unwrap())]);
        let ip = |text: &str| Some(text.parse::<IpAddr>().unwrap());
        assert_eq!(address(&HttpConfig::default(), &headers, &extensions), ip("10.0.0.1"));
        let config = HttpConfig { trusted_proxies: vec![[10, 0, 0, 1].into()], ..HttpConfig::default() };
        assert_eq!(address(&config, &headers, &extensions), ip("5.6.7.8"));
    }
}
