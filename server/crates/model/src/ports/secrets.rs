//! A secret lives in the secret store under its tenant's path; everything else holds references (rule 7).

use std::fmt;

use async_trait::async_trait;
use hypo_shared::{ErrorCode, TenantId};
use serde::{Deserialize, Serialize};

/// Where a secret lies: `tenant/kind/name`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SecretRef {
    pub tenant: TenantId,
    /// `kubeconfig`, `package-secret`, `link-identity`, `digest-key`.
    pub kind: String,
    pub name: String,
}

/// Secret bytes. `Debug` never shows them.
#[derive(Clone, PartialEq, Eq)]
pub struct SecretValue(pub Vec<u8>);

impl fmt::Debug for SecretValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretValue(…)")
    }
}

/// Why the secret store did not answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{message}")]
pub struct Error {
    pub code: ErrorCode,
    pub message: String,
    /// Sealed or away: wait, do not fail.
    pub transient: bool,
}

/// The secret store.
#[async_trait]
pub trait Secrets: Send + Sync {
    async fn put(&self, at: &SecretRef, value: &SecretValue) -> Result<(), Error>;
    /// Puts the value unless there is one, and gives what is there: whoever comes second gets the first one's.
    async fn put_new(&self, at: &SecretRef, value: &SecretValue) -> Result<SecretValue, Error>;
    /// `None` when there is none.
    async fn get(&self, at: &SecretRef) -> Result<Option<SecretValue>, Error>;
    /// Deleting what is not there is no error.
    async fn delete(&self, at: &SecretRef) -> Result<(), Error>;
}
