//! Posting events to listeners.

mod sign;

use std::time::Duration;

use async_trait::async_trait;
use futures::StreamExt;
use hypo_model::ports::callbacks::{Callbacks, Delivery, Error};
use hypo_shared::ErrorCode;
use reqwest::{Response, header};

use crate::guard::{Clients, Denied, Guard, words};
use sign::signature;

/// Bytes of an answer that are looked at, for the error shown to the owner.
const ANSWER: usize = 300;

/// Posts to callbacks over HTTP.
#[derive(Debug)]
pub struct HttpCallbacks {
    guard: Guard,
    clients: Clients,
    timeout: Duration,
}

impl HttpCallbacks {
    /// With what the operator allows, and the time one delivery may take.
    #[must_use]
    pub fn new(guard: Guard, timeout: Duration) -> Self {
        Self { guard, clients: Clients::new(timeout.min(Duration::from_secs(5))), timeout }
    }
}

#[async_trait]
impl Callbacks for HttpCallbacks {
    async fn check(&self, callback: &str) -> Result<(), Error> {
        match self.guard.resolve(callback).await {
            Ok(_) | Err(Denied::Unresolved(_)) => Ok(()),
            Err(denied) => Err(refusal(&denied)),
        }
    }

    async fn post(&self, delivery: &Delivery<'_>) -> Result<(), Error> {
        let pinned = self.guard.resolve(delivery.callback).await.map_err(|denied| refusal(&denied))?;
        let client = self.clients.of(&pinned).map_err(|error| failed(error.to_string()))?;
        let signature = signature(&delivery.secret.0, delivery.id, delivery.sent_at, delivery.body);
        let answer = client
            .post(pinned.url.clone())
            .timeout(self.timeout)
            .header(header::CONTENT_TYPE, delivery.content_type)
            .header("webhook-id", delivery.id)
            .header("webhook-timestamp", delivery.sent_at.to_string())
            .header("webhook-signature", signature)
            .body(delivery.body.to_vec())
            .send()
            .await
            .map_err(|error| failed(words("the receiver", &error)))?;
        let status = answer.status();
        if status.is_success() {
            return Ok(());
        }
        let mut error = failed(format!("the receiver answered {status}: {}", beginning(answer).await));
        // RFC 9110, 15.5.11: it is gone and will not be back.
        error.permanent = status == reqwest::StatusCode::GONE;
        Err(error)
    }
}

async fn beginning(answer: Response) -> String {
    let mut bytes = Vec::new();
    let mut stream = answer.bytes_stream();
    while let Some(Ok(chunk)) = stream.next().await {
        bytes.extend_from_slice(&chunk);
        if bytes.len() >= ANSWER {
            break;
        }
    }
    bytes.truncate(ANSWER);
    String::from_utf8_lossy(&bytes).chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn refusal(denied: &Denied) -> Error {
    Error {
        code: ErrorCode::CallbackRefused,
        message: denied.to_string(),
        permanent: matches!(denied, Denied::Refused(_)),
    }
}

fn failed(message: String) -> Error {
    Error { code: ErrorCode::CallbackRefused, message, permanent: false }
}
