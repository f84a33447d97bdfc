//! API tokens: named, of one tenant and role, expiring, revocable.

use chrono::{DateTime, Utc};
use hypo_shared::{ErrorCode, Role, TenantId, TokenId, UserId};
use serde::{Deserialize, Serialize};

use crate::{
    Error, Reader, Result, Scope, Tx,
    accounts::User,
    sql::{Filter, args, table},
};

/// An API token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    pub id: TokenId,
    /// Who made it, and in whose name it acts.
    pub user: UserId,
    pub tenant: TenantId,
    pub name: String,
    /// At most the user's role.
    pub role: Role,
    /// [`super::secret_hash`] of the token.
    pub hash: String,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub revoked_at: Option<DateTime<Utc>>,
    pub last_used_at: Option<DateTime<Utc>>,
    /// It was issued to a client that speaks as OpenSlice does.
    #[serde(default)]
    pub openslice: bool,
}

table!(Token, "tokens" {
    id, user, tenant, name, role, hash, created_at, expires_at, revoked_at, last_used_at, openslice
});

/// Stores a token.
///
/// # Errors
/// `StateConflict` for an unknown user.
pub async fn create(tx: &mut Tx, token: &Token) -> Result<()> {
    tx.insert(token).await
}

/// The token and its user; `None` when there is no such token.
///
/// # Errors
/// `TokenExpired` when it has expired, was revoked, or its user is disabled.
pub async fn authenticate(db: &Reader, hash: &str, now: DateTime<Utc>) -> Result<Option<(Token, User)>> {
    let Some(token) = db.row::<Token>(&Filter::new().eq("hash", hash.to_owned())).await? else { return Ok(None) };
    let user = db.row::<User>(&Filter::new().eq("id", token.user).eq("disabled", false)).await?;
    match user {
        Some(user) if token.revoked_at.is_none() && token.expires_at > now => Ok(Some((token, user))),
        _ => Err(Error::refused(ErrorCode::TokenExpired, format!("token {}", token.id))),
    }
}

/// Notes that a token was used.
///
/// # Errors
/// Database failures only.
pub async fn touch(tx: &mut Tx, id: TokenId, now: DateTime<Utc>) -> Result<()> {
    tx.execute("UPDATE tokens SET last_used_at = $1 WHERE id = $2", args![now, id]).await.map(drop)
}

/// Revokes a token of the scope; of one user when it is given. Harmless when it was revoked before.
///
/// # Errors
/// `TokenNotFound`.
pub async fn revoke(
    tx: &mut Tx,
    scope: impl Into<Scope>,
    user: Option<UserId>,
    id: TokenId,
    at: DateTime<Utc>,
) -> Result<Token> {
    tx.identity = true;
    let mut filter = Filter::new().eq("id", id).scope("tenant", scope.into());
    if let Some(user) = user {
        filter = filter.eq("user", user);
    }
    let token: Option<Token> = tx.row(&filter).await?;
    let token = token.ok_or_else(|| Error::refused(ErrorCode::TokenNotFound, format!("token {id}")))?;
    tx.execute("UPDATE tokens SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL", args![at, id]).await?;
    Ok(Token { revoked_at: token.revoked_at.or(Some(at)), ..token })
}

/// Revokes all tokens of a user.
///
/// # Errors
/// Database failures only.
pub async fn revoke_of(tx: &mut Tx, user: UserId, at: DateTime<Utc>) -> Result<()> {
    tx.identity = true;
    let sql = "UPDATE tokens SET revoked_at = $1 WHERE \"user\" = $2 AND revoked_at IS NULL";
    tx.execute(sql, args![at, user]).await.map(drop)
}

/// Tokens of the scope, newest first; of one user when it is given.
///
/// # Errors
/// Database failures only.
pub async fn list(db: &Reader, scope: impl Into<Scope>, user: Option<UserId>) -> Result<Vec<Token>> {
    let mut filter = Filter::new().scope("tenant", scope.into()).order("created_at DESC, id DESC");
    if let Some(user) = user {
        filter = filter.eq("user", user);
    }
    db.rows(&filter).await
}
