//! Failed sign-ins per key (a name, an address), in windows. The caller decides what is too many.

use chrono::{DateTime, Utc};

use crate::{
    Reader, Result, Tx,
    sql::{args, get},
};

/// Notes a failure and gives the number of failures in the window. A window that began before `window_start` is over
/// and counting starts anew at `now`.
///
/// # Errors
/// Database failures only.
pub async fn record_failure(tx: &mut Tx, key: &str, window_start: DateTime<Utc>, now: DateTime<Utc>) -> Result<u64> {
    let sql = "INSERT INTO login_attempts (\"key\", failures, window_start) VALUES ($1, 1, $2) \
               ON CONFLICT (\"key\") DO UPDATE SET \
               failures = CASE WHEN login_attempts.window_start < $3 THEN 1 ELSE login_attempts.failures + 1 END, \
               window_start = CASE WHEN login_attempts.window_start < $3 THEN $2 ELSE login_attempts.window_start END \
               RETURNING failures";
    let rows = tx.query(sql, args![key.to_owned(), now, window_start]).await?;
    rows.first().map_or(Ok(0), |row| get(row, "failures"))
}

/// Failures of a window that began at `window_start` or later.
///
/// # Errors
/// Database failures only.
pub async fn failures(db: &Reader, key: &str, window_start: DateTime<Utc>) -> Result<u64> {
    let sql = "SELECT failures AS n FROM login_attempts WHERE \"key\" = $1 AND window_start >= $2";
    Ok(db.scalar(sql, args![key.to_owned(), window_start]).await?.unwrap_or(0))
}

/// Forgets a key after a success.
///
/// # Errors
/// Database failures only.
pub async fn clear(tx: &mut Tx, key: &str) -> Result<()> {
    tx.execute("DELETE FROM login_attempts WHERE \"key\" = $1", args![key.to_owned()]).await.map(drop)
}
