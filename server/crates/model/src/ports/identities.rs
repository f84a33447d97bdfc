//! Certificates for links: an authority per order, a leaf per site.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A certificate and its key, PEM.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    pub certificate: String,
    pub key: String,
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity(…)")
    }
}

/// The certificate could not be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a certificate could not be made: {0}")]
pub struct Error(pub String);

/// Makes certificates.
pub trait Identities: Send + Sync {
    /// A new authority that may sign leaves and nothing below them.
    fn authority(&self, name: &str) -> Result<Identity, Error>;

    /// A new leaf for client and server use with one SPIFFE name (`spiffe://…`) and this life in hours.
    fn leaf(&self, authority: &Identity, spiffe: &str, hours: u32) -> Result<Identity, Error>;
}
