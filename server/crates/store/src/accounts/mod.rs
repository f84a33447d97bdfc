//! Tenants, the people and programs that sign in, and what slows guessing down. Only hashes are kept.

pub mod attempts;
pub mod clients;
pub mod sessions;
pub mod setup;
pub mod tenants;
pub mod tokens;
pub mod users;

pub use sessions::Session;
pub use tenants::Tenant;
pub use tokens::Token;
pub use users::User;

use sha2::{Digest, Sha256};

/// What is kept of a session's or token's secret: its SHA-256, hex. The secret must hold 128 random bits or more.
#[must_use]
pub fn secret_hash(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}
