//! HTTP clients, one per judged address, so that connections are used again and cannot lead elsewhere.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use futures::StreamExt;
use reqwest::{Client, Response, redirect::Policy};

use super::Pinned;

/// Clients kept; beyond this all are forgotten and made anew.
const KEPT: usize = 256;

/// Clients by host and address.
#[derive(Debug, Default)]
pub struct Clients {
    kept: Mutex<HashMap<(String, SocketAddr), Client>>,
    /// Until the connection stands.
    connect: Option<Duration>,
}

impl Clients {
    /// With a time for connecting.
    #[must_use]
    pub fn new(connect: Duration) -> Self {
        Self { kept: Mutex::default(), connect: Some(connect) }
    }

    /// The client for an address: pinned to it, without redirects and without a proxy of the environment.
    ///
    /// # Errors
    /// When the TLS library cannot be set up.
    pub fn of(&self, pinned: &Pinned) -> Result<Client, reqwest::Error> {
        let host = pinned.url.host_str().unwrap_or_default().to_owned();
        let key = (host, pinned.address);
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = kept.get(&key) {
            return Ok(client.clone());
        }
        let client = Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .connect_timeout(self.connect.unwrap_or(Duration::from_secs(5)))
            .pool_idle_timeout(Duration::from_secs(60))
            .user_agent(concat!("hypo/", env!("CARGO_PKG_VERSION")))
            .resolve(&key.0, pinned.address)
            .build()?;
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(key, client.clone());
        Ok(client)
    }
}

/// The body of an answer; `None` when it is larger than `limit` bytes.
///
/// # Errors
/// When the other end breaks off.
pub async fn content(answer: Response, limit: usize) -> Result<Option<Vec<u8>>, reqwest::Error> {
    let (mut content, mut stream) = (Vec::new(), answer.bytes_stream());
    while let Some(chunk) = stream.next().await {
        let chunk = chunk?;
        if content.len() + chunk.len() > limit {
            return Ok(None);
        }
        content.extend_from_slice(&chunk);
    }
    Ok(Some(content))
}

/// What went wrong at the other end, without the address: it may hold a token.
#[must_use]
pub fn words(who: &str, error: &reqwest::Error) -> String {
    let what = if error.is_timeout() {
        "did not answer in time"
    } else if error.is_connect() {
        "could not be connected to"
    } else {
        "broke off"
    };
    format!("{who} {what}")
}
