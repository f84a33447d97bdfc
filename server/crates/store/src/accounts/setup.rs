//! One-time sign-ins, as `make run` prints them.

use chrono::{DateTime, Utc};
use hypo_shared::{ErrorCode, UserId};

use crate::{
    Error, Result, Tx,
    sql::{args, get},
};

/// Stores a one-time sign-in; earlier unused ones of the user end.
///
/// # Errors
/// `StateConflict` for an unknown user.
pub async fn create(
    tx: &mut Tx,
    hash: &str,
    user: UserId,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Result<()> {
    tx.execute("DELETE FROM setup_tokens WHERE \"user\" = $1 AND used_at IS NULL", args![user]).await?;
    let sql = "INSERT INTO setup_tokens (hash, \"user\", created_at, expires_at) VALUES ($1, $2, $3, $4)";
    tx.execute(sql, args![hash.to_owned(), user, created_at, expires_at]).await.map(drop)
}

/// Uses it: works once, before it expires, and gives its user.
///
/// # Errors
/// `SetupTokenUsed`.
pub async fn redeem(tx: &mut Tx, hash: &str, now: DateTime<Utc>) -> Result<UserId> {
    let sql = "UPDATE setup_tokens SET used_at = $1 WHERE hash = $2 AND used_at IS NULL AND expires_at > $1 \
               RETURNING \"user\"";
    let rows = tx.query(sql, args![now, hash.to_owned()]).await?;
    let row = rows.first().ok_or_else(|| Error::refused(ErrorCode::SetupTokenUsed, "one-time sign-in"))?;
    get(row, "user")
}
