//! Programs that exchange an id and a secret for short-lived tokens.

use chrono::{DateTime, Utc};
use hypo_shared::{ErrorCode, Role, TenantId, TokenId, UserId};
use uuid::Uuid;

use crate::{
    Error, Reader, Result, Tx,
    accounts::{Token, User, tokens},
    sql::{Filter, args, table},
};

/// A client of the token endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    pub id: Uuid,
    /// Who made it, and in whose name it acts.
    pub user: UserId,
    pub tenant: TenantId,
    pub name: String,
    pub role: Role,
    /// [`super::secret_hash`] of the secret.
    pub hash: String,
    pub openslice: bool,
    pub created_at: DateTime<Utc>,
}

table!(Client, "clients" { id, user, tenant, name, role, hash, openslice, created_at });

/// Stores a client.
///
/// # Errors
/// `StateConflict` for an unknown user.
pub async fn create(tx: &mut Tx, client: &Client) -> Result<()> {
    tx.insert(client).await
}

/// The client with a secret and its user, when both may still be used. A client goes by its id; one of OpenSlice's
/// also by its name, for some of those programs have theirs written in them.
///
/// # Errors
/// Database failures only.
pub async fn find(db: &Reader, called: &str, hash: &str) -> Result<Option<(Client, User)>> {
    let with_secret: Vec<Client> = db.rows(&Filter::new().eq("hash", hash.to_owned())).await?;
    let is_called = |client: &Client| client.id.to_string() == called || client.openslice && client.name == called;
    let Some(client) = with_secret.into_iter().find(is_called) else { return Ok(None) };
    let user = db.row::<User>(&Filter::new().eq("id", client.user).eq("disabled", false)).await?;
    Ok(user.map(|user| (client, user)))
}

/// Clients of a user, newest first.
///
/// # Errors
/// Database failures only.
pub async fn list(db: &Reader, user: UserId) -> Result<Vec<Client>> {
    db.rows(&Filter::new().eq("user", user).order("created_at DESC, id DESC")).await
}

/// Stores a token of a client, and removes those of its tokens that have expired.
///
/// # Errors
/// `StateConflict` when the client or the user is gone.
pub async fn issue(tx: &mut Tx, client: Uuid, token: &Token) -> Result<()> {
    let sql = "DELETE FROM tokens WHERE expires_at < $1 AND id IN (SELECT token FROM client_tokens WHERE client = $2)";
    tx.execute(sql, args![token.created_at, client]).await?;
    tokens::create(tx, token).await?;
    tx.execute("INSERT INTO client_tokens (token, client) VALUES ($1, $2)", args![token.id, client]).await.map(drop)
}

/// Whether a token is a client's.
///
/// # Errors
/// Database failures only.
pub async fn has_issued(db: &Reader, token: TokenId) -> Result<bool> {
    let sql = "SELECT 1 AS n FROM client_tokens WHERE token = $1";
    Ok(!db.query(sql, args![token]).await?.is_empty())
}

/// Removes a user's client and its tokens; gives what it was.
///
/// # Errors
/// `TokenNotFound`.
pub async fn delete(tx: &mut Tx, user: UserId, id: Uuid) -> Result<Client> {
    tx.identity = true;
    let filter = Filter::new().eq("user", user).eq("id", id);
    let found: Option<Client> = tx.row(&filter).await?;
    let client = found.ok_or_else(|| Error::refused(ErrorCode::TokenNotFound, format!("client {id}")))?;
    let sql = "DELETE FROM tokens WHERE id IN (SELECT token FROM client_tokens WHERE client = $1)";
    tx.execute(sql, args![id]).await?;
    tx.delete::<Client>(&filter).await?;
    Ok(client)
}
