//! Passing requests on to peers: guarded address, our credentials, a circuit breaker per peer.

mod breaker;
#[cfg(test)]
mod tests;
mod token;
mod upload;

use std::time::Duration;

use async_trait::async_trait;
use futures::{StreamExt, TryStreamExt};
use hypo_model::ports::peers::{Credentials, Error, Peers, Request, Response, Target};
use hypo_shared::ErrorCode;
use reqwest::{
    Body, Method, RequestBuilder, StatusCode,
    header::{self, HeaderMap, HeaderName, HeaderValue},
};

use crate::guard::{Clients, Denied, Guard, Pinned};
use breaker::Breakers;
use token::Tokens;
use upload::Watch;

/// Peers over HTTP.
#[derive(Debug)]
pub struct HttpPeers {
    guard: Guard,
    clients: Clients,
    tokens: Tokens,
    breakers: Breakers,
}

impl HttpPeers {
    /// With what the operator allows.
    #[must_use]
    pub fn new(guard: Guard) -> Self {
        let clients = Clients::new(Duration::from_secs(5));
        Self { guard, clients, tokens: Tokens::default(), breakers: Breakers::default() }
    }

    async fn resolve(&self, address: &str) -> Result<Pinned, Error> {
        self.guard.resolve(address).await.map_err(|denied| refused(&denied))
    }

    /// Where the request goes. Dots in the path are resolved by the parser; what then leaves the base is refused.
    async fn place(&self, target: &Target, path: &str) -> Result<Pinned, Error> {
        let pinned = self.resolve(&format!("{}{path}", target.base_url)).await?;
        let base = self.guard.parse(&target.base_url).map_err(|denied| refused(&denied))?;
        let inside = format!("{}/tmf-api/", base.path().trim_end_matches('/'));
        if base.host() == pinned.url.host() && pinned.url.path().starts_with(&inside) {
            Ok(pinned)
        } else {
            Err(failed(ErrorCode::NotFound, "the path leaves the peer's API"))
        }
    }

    async fn authorize(&self, target: &Target, request: RequestBuilder) -> Result<RequestBuilder, Error> {
        let text = |secret: &hypo_model::ports::secrets::SecretValue| String::from_utf8_lossy(&secret.0).into_owned();
        Ok(match &target.credentials {
            Credentials::None => request,
            Credentials::Basic { user, password } => request.basic_auth(user, Some(text(password))),
            Credentials::Bearer { token } => request.bearer_auth(text(token)),
            Credentials::ClientCredentials { token_url, client_id, scope, secret } => {
                let token = match self.tokens.kept(&target.key) {
                    Some(token) => token,
                    None => {
                        let pinned = self.resolve(token_url).await?;
                        let client = self.clients.of(&pinned).map_err(|_| unreachable())?;
                        let asked =
                            token::ask(&client, &pinned.url, client_id, &text(secret), scope.as_deref()).await?;
                        self.tokens.keep(&target.key, asked)
                    }
                };
                request.bearer_auth(token)
            }
        })
    }
}

#[async_trait]
impl Peers for HttpPeers {
    async fn check(&self, base_url: &str) -> Result<(), Error> {
        match self.guard.resolve(base_url).await {
            Ok(_) | Err(Denied::Unresolved(_)) => Ok(()),
            Err(denied) => Err(refused(&denied)),
        }
    }

    async fn send(&self, target: &Target, request: Request) -> Result<Response, Error> {
        self.breakers.pass(&target.key)?;
        let pinned = self.place(target, &request.path).await?;
        let client = self.clients.of(&pinned).map_err(|_| unreachable())?;
        let method = Method::from_bytes(request.method.as_bytes())
            .map_err(|_| failed(ErrorCode::MethodNotAllowed, "the method is none"))?;
        let mut outgoing = client.request(method.clone(), pinned.url.clone()).headers(headers(&request.headers));
        let upload = Watch::default();
        let body = upload.over(request.body);
        let body = match method {
            Method::GET | Method::HEAD => None,
            Method::DELETE => {
                tokio::time::timeout(request.timeout, upload::begun(body)).await.map_err(|_| broken_off())?
            }
            _ => Some(body),
        };
        if let Some(body) = body {
            outgoing = outgoing.body(Body::wrap_stream(body));
        }
        let outgoing = match self.authorize(target, outgoing).await {
            Ok(outgoing) => outgoing,
            Err(error) => {
                self.breakers.note(&target.key, error.code != ErrorCode::PeerUnreachable);
                return Err(error);
            }
        };
        let answer = match tokio::time::timeout(request.timeout, outgoing.send()).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) | Err(_) if upload.waits_for_caller() => return Err(broken_off()),
            Ok(Err(_)) | Err(_) => {
                self.breakers.note(&target.key, false);
                return Err(unreachable());
            }
        };
        let status = answer.status();
        let away = [StatusCode::BAD_GATEWAY, StatusCode::SERVICE_UNAVAILABLE, StatusCode::GATEWAY_TIMEOUT];
        let away = away.contains(&status);
        // A gateway before the peer may have waited for the caller in vain.
        if !(away && upload.waits_for_caller()) {
            self.breakers.note(&target.key, !away);
        }
        if status == StatusCode::UNAUTHORIZED {
            // Our credentials, not the caller's: the caller must not take it for an answer about itself.
            self.tokens.forget(&target.key);
            return Err(failed(ErrorCode::PeerRefused, ErrorCode::PeerRefused.title()));
        }
        let headers =
            answer.headers().iter().map(|(name, value)| (name.as_str().to_owned(), value.as_bytes().to_vec()));
        Ok(Response {
            status: status.as_u16(),
            headers: headers.collect(),
            body: answer.bytes_stream().map_err(std::io::Error::other).boxed(),
        })
    }
}

fn headers(given: &[(String, Vec<u8>)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in given {
        let name = HeaderName::from_bytes(name.as_bytes()).ok().filter(|name| *name != header::AUTHORIZATION);
        if let (Some(name), Ok(value)) = (name, HeaderValue::from_bytes(value)) {
            headers.append(name, value);
        }
    }
    headers
}

fn refused(denied: &Denied) -> Error {
    let code = match denied {
        Denied::Refused(_) => ErrorCode::CallbackRefused,
        Denied::Unresolved(_) => ErrorCode::PeerUnreachable,
    };
    failed(code, &format!("The peer's address: {denied}."))
}

fn unreachable() -> Error {
    failed(ErrorCode::PeerUnreachable, ErrorCode::PeerUnreachable.title())
}

fn broken_off() -> Error {
    failed(ErrorCode::InvalidInput, "The body of the request broke off, or did not come in time.")
}

fn failed(code: ErrorCode, message: &str) -> Error {
    Error { code, message: message.to_owned(), retry_after: None }
}
