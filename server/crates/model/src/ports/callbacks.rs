//! Telling a listener of an event. The address was chosen by somebody else, and is trusted with nothing.

use async_trait::async_trait;
use hypo_shared::ErrorCode;

use super::secrets::SecretValue;

/// One delivery.
#[derive(Clone, Debug)]
pub struct Delivery<'a> {
    pub callback: &'a str,
    /// The event's id; the same when the delivery is repeated.
    pub id: &'a str,
    /// Seconds since the Unix epoch, of this attempt.
    pub sent_at: i64,
    pub content_type: &'a str,
    pub body: &'a [u8],
    /// Signs body, id and time.
    pub secret: &'a SecretValue,
}

/// Why a delivery was not accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    pub code: ErrorCode,
    /// Says nothing about addresses inside.
    pub message: String,
    /// Trying again will not help.
    pub permanent: bool,
}

/// Sends events to callbacks.
#[async_trait]
pub trait Callbacks: Send + Sync {
    /// Checks an address before it is registered: scheme, credentials, where it leads. A host that cannot be
    /// resolved now passes; it is looked at again with every delivery.
    async fn check(&self, callback: &str) -> Result<(), Error>;

    /// Posts one event. Any 2xx is acceptance.
    async fn post(&self, delivery: &Delivery<'_>) -> Result<(), Error>;
}

/// Sends nothing: for programs without a network.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoCallbacks;

#[async_trait]
impl Callbacks for NoCallbacks {
    async fn check(&self, _: &str) -> Result<(), Error> {
        Err(refused())
    }

    async fn post(&self, _: &Delivery<'_>) -> Result<(), Error> {
        Err(refused())
    }
}

fn refused() -> Error {
    Error { code: ErrorCode::CallbackRefused, message: "nothing is sent from here".into(), permanent: true }
}
