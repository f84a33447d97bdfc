//! Speaking to another operator's TMF API with the credentials it gave us.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use hypo_shared::ErrorCode;

use super::secrets::SecretValue;

/// How a peer knows us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credentials {
    None,
    Basic {
        user: String,
        password: SecretValue,
    },
    /// A token that was handed over.
    Bearer {
        token: SecretValue,
    },
    /// OAuth 2.0 client credentials (RFC 6749, 4.4).
    ClientCredentials {
        token_url: String,
        client_id: String,
        scope: Option<String>,
        secret: SecretValue,
    },
}

/// A peer to speak to.
#[derive(Clone, Debug)]
pub struct Target {
    /// Stable name of the peer: circuit breaker and cached tokens are kept by it.
    pub key: String,
    /// Without a trailing slash, for example `https://oss.example`.
    pub base_url: String,
    pub credentials: Credentials,
}

/// Bytes on their way.
pub type Body = BoxStream<'static, Result<Bytes, std::io::Error>>;

/// A request to pass on. Headers are those that may pass; the adapter adds credentials.
pub struct Request {
    pub method: String,
    /// Path and query below the base, beginning with `/`.
    pub path: String,
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: Body,
    /// Until the first byte of the answer.
    pub timeout: Duration,
}

/// What the peer answered.
pub struct Response {
    pub status: u16,
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: Body,
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    pub code: ErrorCode,
    /// Says nothing about addresses inside, and never a secret.
    pub message: String,
    /// When asking again may help.
    pub retry_after: Option<Duration>,
}

/// Passes requests on.
#[async_trait]
pub trait Peers: Send + Sync {
    /// Checks an address before it is registered.
    async fn check(&self, base_url: &str) -> Result<(), Error>;

    /// Sends a request and gives the answer as it streams in. An answer with any status is an answer.
    async fn send(&self, target: &Target, request: Request) -> Result<Response, Error>;
}

/// Knows no peers: for programs without a network.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoPeers;

#[async_trait]
impl Peers for NoPeers {
    async fn check(&self, _: &str) -> Result<(), Error> {
        Err(unreachable())
    }

    async fn send(&self, _: &Target, _: Request) -> Result<Response, Error> {
        Err(unreachable())
    }
}

fn unreachable() -> Error {
    Error { code: ErrorCode::PeerUnreachable, message: "nothing is sent from here".into(), retry_after: None }
}
