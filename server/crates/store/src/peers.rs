//! Peers: other operators' TMF APIs. The secret of one lies in the secret store under its id.

use chrono::{DateTime, Utc};
use hypo_shared::{ErrorCode, TenantId};
use uuid::Uuid;

use crate::{
    Error, Reader, Result, Scope, Tx,
    sql::{Filter, table},
};

/// A registered peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    pub id: Uuid,
    pub tenant: TenantId,
    /// Unique in the tenant; a part of paths.
    pub name: String,
    /// Without a trailing slash.
    pub base_url: String,
    /// `none`, `basic`, `bearer` or `clientCredentials`.
    pub auth: String,
    /// User name or client id.
    pub account: Option<String>,
    pub token_url: Option<String>,
    pub scope: Option<String>,
    /// `official` or `openslice`.
    pub dialect: String,
    pub created_by: String,
    pub created_at: DateTime<Utc>,
}

table!(Peer, "peers" {
    id, tenant, name, base_url, auth, account, token_url, scope, dialect, created_by, created_at
});

/// Stores a peer.
///
/// # Errors
/// [`Error::Duplicate`] for a name that is taken in the tenant.
pub async fn create(tx: &mut Tx, peer: &Peer) -> Result<()> {
    if tx.insert_new(peer).await? { Ok(()) } else { Err(Error::Duplicate(format!("peer {}", peer.name))) }
}

/// Peers of the scope by name.
///
/// # Errors
/// Database failures only.
pub async fn list(db: &Reader, scope: impl Into<Scope>) -> Result<Vec<Peer>> {
    db.rows(&Filter::new().scope("tenant", scope.into()).order("name, id")).await
}

/// The tenant's peer of a name.
///
/// # Errors
/// `PeerNotFound`.
pub async fn named(db: &Reader, tenant: TenantId, name: &str) -> Result<Peer> {
    let found = db.row(&Filter::new().eq("tenant", tenant).eq("name", name.to_owned())).await?;
    found.ok_or_else(|| Error::refused(ErrorCode::PeerNotFound, format!("peer {name}")))
}

/// Removes the tenant's peer and gives what it was.
///
/// # Errors
/// `PeerNotFound`.
pub async fn delete(tx: &mut Tx, tenant: TenantId, id: Uuid) -> Result<Peer> {
    let filter = Filter::new().eq("tenant", tenant).eq("id", id);
    let found: Option<Peer> = tx.row(&filter).await?;
    let peer = found.ok_or_else(|| Error::refused(ErrorCode::PeerNotFound, format!("peer {id}")))?;
    tx.delete::<Peer>(&filter).await?;
    Ok(peer)
}
