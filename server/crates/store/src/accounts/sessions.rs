//! Browser sessions. The cookie's value is known to the browser only.

use chrono::{DateTime, Utc};
use hypo_shared::{SessionId, TenantId, UserId};
use serde::{Deserialize, Serialize};

use crate::{
    Reader, Result, Tx,
    accounts::User,
    sql::{Filter, args, table},
};

/// A signed-in browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    pub id: SessionId,
    /// [`super::secret_hash`] of the cookie.
    pub hash: String,
    pub user: UserId,
    pub tenant: TenantId,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub last_seen: DateTime<Utc>,
}

table!(Session, "sessions" { id, hash, user, tenant, created_at, expires_at, last_seen });

/// Stores a session.
///
/// # Errors
/// `StateConflict` for an unknown user.
pub async fn create(tx: &mut Tx, session: &Session) -> Result<()> {
    tx.insert(session).await
}

/// The session of a cookie and its user; `None` when there is none, it has expired, or the user is disabled.
///
/// # Errors
/// Database failures only.
pub async fn authenticate(db: &Reader, hash: &str, now: DateTime<Utc>) -> Result<Option<(Session, User)>> {
    let live = Filter::new().eq("hash", hash.to_owned()).and("expires_at > {}", now);
    let Some(session) = db.row::<Session>(&live).await? else { return Ok(None) };
    let user = db.row::<User>(&Filter::new().eq("id", session.user).eq("disabled", false)).await?;
    Ok(user.map(|user| (session, user)))
}

/// Notes that a session was used and, when asked, moves its end.
///
/// # Errors
/// Database failures only.
pub async fn touch(tx: &mut Tx, id: SessionId, now: DateTime<Utc>, expires_at: Option<DateTime<Utc>>) -> Result<()> {
    let sql = "UPDATE sessions SET last_seen = $1, expires_at = coalesce($2, expires_at) WHERE id = $3";
    tx.execute(sql, args![now, expires_at, id]).await.map(drop)
}

/// Ends one session of a user. Harmless when it has ended.
///
/// # Errors
/// Database failures only.
pub async fn delete(tx: &mut Tx, user: UserId, id: SessionId) -> Result<()> {
    tx.delete::<Session>(&Filter::new().eq("id", id).eq("user", user)).await.map(drop)
}

/// Ends all sessions of a user.
///
/// # Errors
/// Database failures only.
pub async fn delete_of(tx: &mut Tx, user: UserId) -> Result<()> {
    tx.delete::<Session>(&Filter::new().eq("user", user)).await.map(drop)
}

/// Removes what has expired. Counts.
///
/// # Errors
/// Database failures only.
pub async fn sweep(tx: &mut Tx, now: DateTime<Utc>) -> Result<u64> {
    tx.delete::<Session>(&Filter::new().and("expires_at <= {}", now)).await
}

/// A user's sessions that have not expired, newest first.
///
/// # Errors
/// Database failures only.
pub async fn list(db: &Reader, user: UserId, now: DateTime<Utc>) -> Result<Vec<Session>> {
    db.rows(&Filter::new().eq("user", user).and("expires_at > {}", now).order("last_seen DESC")).await
}
