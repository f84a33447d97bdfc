//! Secrets that a client holds: session cookies, API tokens, one-time sign-ins. The store only sees their digest.

use std::fmt;

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use sha2::{Digest, Sha256};

/// What every API token begins with, so that scanners for leaked secrets can find one.
pub const TOKEN_PREFIX: &str = "hypo_";

/// 256 random bits in base64url. `Debug` never shows them.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// A new secret with a prefix (which may be empty).
    #[must_use]
    pub fn new(prefix: &str) -> Self {
        Self(format!("{prefix}{}", URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>())))
    }

    /// A new key for signatures, in the form of Standard Webhooks: `whsec_` and 32 random bytes in base64.
    #[must_use]
    pub fn for_signing() -> Self {
        Self(format!("whsec_{}", STANDARD.encode(rand::random::<[u8; 32]>())))
    }

    /// The text to hand to the client, once.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What the store keeps.
    #[must_use]
    pub fn digest(&self) -> String {
        digest(&self.0)
    }
}

/// SHA-256 in lower-case hex. The secrets have 256 bits of their own, so no salt and no slow hash is needed.
#[must_use]
pub fn digest(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_ones_differ_and_do_not_show() {
        let (a, b) = (Secret::new(TOKEN_PREFIX), Secret::new(TOKEN_PREFIX));
        assert_ne!(a, b);
        assert_eq!(a.reveal().len(), 5 + 43);
        assert_eq!(a.digest(), digest(a.reveal()));
        assert!(!format!("{a:?}").contains(a.reveal()));
    }
}
