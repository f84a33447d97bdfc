//! Digests of secret data. They are keyed: whoever reads a plan row, a log or a backup of the store cannot try weak
//! passwords against them. The key lives in the secret store, one per tenant.

use std::fmt;

use hmac::{Hmac, Mac};
use sha2::Sha256;

/// How a digest begins where it stands in place of a value.
const MARK: &str = "hmac-sha256:";

/// Key of a tenant's digests. `Debug` never shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct DigestKey([u8; 32]);

impl DigestKey {
    /// The key of these bytes, which ought to be random.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A key that was kept; `None` when it has another length.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// HMAC-SHA-256 (RFC 2104), lower-case hex.
    #[must_use]
    pub fn digest(&self, bytes: &[u8]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("a key of any length is accepted");
        mac.update(bytes);
        hex::encode(mac.finalize().into_bytes())
    }

    /// The digest as it stands in place of a value: `hmac-sha256:…`.
    #[must_use]
    pub fn mark(&self, bytes: &[u8]) -> String {
        format!("{MARK}{}", self.digest(bytes))
    }
}

impl fmt::Debug for DigestKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DigestKey(…)")
    }
}

/// Whether a text stands in place of a value.
#[must_use]
pub fn is_mark(text: &str) -> bool {
    text.strip_prefix(MARK).is_some_and(|hex| hex.len() == 64 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_test_vector_of_rfc_4231_with_a_key_of_32_bytes() {
        // Test case 2 has a shorter key, which RFC 2104 pads with zeros: the same key of 32 bytes.
        let mut key = [0; 32];
        key[..4].copy_from_slice(b"Jefe");
        let digest = DigestKey::new(key).digest(b"what do ya want for nothing?");
        assert_eq!(digest, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    #[test]
    fn keys_give_different_marks_and_stay_hidden() {
        let (a, b) = (DigestKey::new([1; 32]), DigestKey::new([2; 32]));
        assert_ne!(a.mark(b"password"), b.mark(b"password"));
        assert!(is_mark(&a.mark(b"password")) && !is_mark("hmac-sha256:short") && !is_mark("password"));
        assert_eq!(format!("{a:?}"), "DigestKey(…)");
        assert!(DigestKey::read(&[0; 31]).is_none());
    }
}
