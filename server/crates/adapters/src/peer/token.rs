//! Tokens by OAuth 2.0 client credentials (RFC 6749, 4.4), kept until shortly before they expire.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use hypo_model::ports::peers::Error;
use hypo_shared::ErrorCode;
use reqwest::{Client, header};
use serde::Deserialize;
use url::{Url, form_urlencoded};

use crate::guard::content;

/// A token that ends sooner is asked for anew.
const MARGIN: Duration = Duration::from_secs(20);
/// Bytes of an answer.
const LIMIT: usize = 64 << 10;
/// Until the whole answer is there.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Tokens by peer.
#[derive(Default)]
pub struct Tokens(Mutex<HashMap<String, (String, Instant)>>);

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tokens(…)")
    }
}

/// What a token endpoint answers.
#[derive(Deserialize)]
pub struct Answer {
    access_token: String,
    /// Seconds.
    #[serde(default)]
    expires_in: u64,
}

impl Tokens {
    pub fn kept(&self, key: &str) -> Option<String> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(key).filter(|(_, end)| *end > Instant::now() + MARGIN).map(|(token, _)| token.clone())
    }

    pub fn keep(&self, key: &str, answer: Answer) -> String {
        let end = Instant::now() + Duration::from_secs(answer.expires_in.min(86_400));
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(key.to_owned(), (answer.access_token.clone(), end));
        answer.access_token
    }

    pub fn forget(&self, key: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }
}

/// Asks for a token; the client's secret goes into the `Authorization` header (RFC 6749, 2.3.1).
pub async fn ask(client: &Client, url: &Url, id: &str, secret: &str, scope: Option<&str>) -> Result<Answer, Error> {
    let sent = client
        .post(url.clone())
        .timeout(TIMEOUT)
        .basic_auth(id, Some(secret))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(header::ACCEPT, "application/json")
        .body(form(scope))
        .send();
    let away = |_| failed(ErrorCode::PeerUnreachable, "The peer's token endpoint does not answer.");
    let answer = sent.await.map_err(away)?;
    let status = answer.status();
    if status.is_server_error() {
        return Err(failed(ErrorCode::PeerUnreachable, "The peer's token endpoint is out of order."));
    }
    if !status.is_success() {
        return Err(failed(ErrorCode::PeerRefused, ErrorCode::PeerRefused.title()));
    }
    let too_much = || failed(ErrorCode::PeerRefused, "The peer's token endpoint answers too much.");
    let bytes = content(answer, LIMIT).await.map_err(away)?.ok_or_else(too_much)?;
    serde_json::from_slice(&bytes)
        .map_err(|_| failed(ErrorCode::PeerRefused, "The peer's token endpoint gave no token."))
}

fn form(scope: Option<&str>) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("grant_type", "client_credentials");
    if let Some(scope) = scope {
        form.append_pair("scope", scope);
    }
    form.finish()
}

fn failed(code: ErrorCode, message: &str) -> Error {
    Error { code, message: message.to_owned(), retry_after: None }
}
