//! Idempotency keys: a request that is sent twice is done once and answered the same.

use chrono::{DateTime, Utc};
use hypo_shared::{ErrorCode, TenantId};
use serde_json::Value;

use crate::{
    Error, Reader, Result, Tx,
    sql::{args, get},
};

/// What a key has been used for.
#[derive(Clone, Debug, PartialEq)]
pub enum Claim {
    /// Never: it is the caller's now. Finish with [`complete`] in the same write as the effect.
    New,
    /// The same request is under way.
    Pending,
    /// The same request was answered so.
    Done(Value),
}

/// Takes a key for a request.
///
/// # Errors
/// `IdempotencyConflict` when the key was used with other content.
pub async fn claim(tx: &mut Tx, tenant: TenantId, key: &str, digest: &str, at: DateTime<Utc>) -> Result<Claim> {
    let sql = "INSERT INTO idempotency_keys (tenant, \"key\", digest, created_at) VALUES ($1, $2, $3, $4) \
               ON CONFLICT DO NOTHING";
    if tx.execute(sql, args![tenant, key.to_owned(), digest.to_owned(), at]).await? == 1 {
        return Ok(Claim::New);
    }
    match find(tx, tenant, key).await? {
        Some((given, response)) if given == digest => Ok(response.map_or(Claim::Pending, Claim::Done)),
        Some(_) => Err(Error::refused(ErrorCode::IdempotencyConflict, format!("key {key}"))),
        None => Err(Error::Busy(format!("idempotency key {key}"))),
    }
}

/// Records the answer of a claimed key.
///
/// # Errors
/// `NotFound` for a key nobody has claimed.
pub async fn complete(tx: &mut Tx, tenant: TenantId, key: &str, response: &Value) -> Result<()> {
    let sql = "UPDATE idempotency_keys SET response = $1 WHERE tenant = $2 AND \"key\" = $3";
    let done = tx.execute(sql, args![*response, tenant, key.to_owned()]).await?;
    if done == 1 { Ok(()) } else { Err(Error::refused(ErrorCode::NotFound, format!("idempotency key {key}"))) }
}

/// Digest and answer of a key.
///
/// # Errors
/// Database failures only.
pub async fn find(db: &Reader, tenant: TenantId, key: &str) -> Result<Option<(String, Option<Value>)>> {
    let sql = "SELECT digest, response FROM idempotency_keys WHERE tenant = $1 AND \"key\" = $2";
    let rows = db.query(sql, args![tenant, key.to_owned()]).await?;
    rows.first().map(|row| Ok((get(row, "digest")?, get(row, "response")?))).transpose()
}

/// Forgets keys older than `before`. Counts.
///
/// # Errors
/// Database failures only.
pub async fn sweep(tx: &mut Tx, before: DateTime<Utc>) -> Result<u64> {
    tx.execute("DELETE FROM idempotency_keys WHERE created_at < $1", args![before]).await
}
