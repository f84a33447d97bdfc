//! Grants: an owner opens a cluster to another tenant. Nothing else crosses tenants.

use chrono::{DateTime, Utc};
use hypo_shared::{ClusterId, ErrorCode, GrantId, TenantId};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    Error, Page, Reader, Result, Scope, Slice, Tx, clusters, documents,
    events::{self, NewEvent},
    sql::{Filter, args, table},
};

/// The topic of grant events.
pub const TOPIC: &str = "grant";

/// A permission to place on a cluster.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Grant {
    pub id: GrantId,
    pub owner: TenantId,
    pub grantee: TenantId,
    pub cluster: ClusterId,
    pub created_at: DateTime<Utc>,
    pub revoked_at: Option<DateTime<Utc>>,
}

table!(Grant, "grants" { id, owner, grantee, cluster, created_at, revoked_at });

/// Gives a grant on a cluster of the owner; emits `granted` to both sides.
///
/// # Errors
/// `ClusterNotFound` when the cluster is not the owner's, `InvalidInput` for a grant to oneself,
/// [`Error::Duplicate`] when the grantee has an open grant on it.
pub async fn create(tx: &mut Tx, grant: &Grant) -> Result<()> {
    if grant.owner == grant.grantee {
        return Err(Error::refused(ErrorCode::InvalidInput, "an owner needs no grant"));
    }
    clusters::get(tx, grant.owner, grant.cluster).await?;
    if !tx.insert_new(grant).await? {
        return Err(Error::Duplicate(format!("grant on cluster {}", grant.cluster)));
    }
    emit(tx, grant, "granted", grant.created_at);
    documents::open_to(tx, grant.cluster.0, grant.grantee).await
}

/// Takes a grant back; emits `revoked` to both sides. Harmless when it was revoked before.
///
/// # Errors
/// `GrantNotFound` when the owner has given none of that id.
pub async fn revoke(tx: &mut Tx, owner: TenantId, id: GrantId, at: DateTime<Utc>) -> Result<Grant> {
    let filter = Filter::new().eq("id", id).eq("owner", owner);
    let grant: Option<Grant> = tx.row(&filter).await?;
    let grant = grant.ok_or_else(|| Error::refused(ErrorCode::GrantNotFound, format!("grant {id}")))?;
    if grant.revoked_at.is_some() {
        return Ok(grant);
    }
    tx.execute("UPDATE grants SET revoked_at = $1 WHERE id = $2 AND owner = $3", args![at, id, owner]).await?;
    let grant = Grant { revoked_at: Some(at), ..grant };
    emit(tx, &grant, "revoked", at);
    documents::close_to(tx, grant.cluster.0, grant.grantee).await?;
    Ok(grant)
}

/// The grant, when the scope is its owner or its grantee.
///
/// # Errors
/// `GrantNotFound`.
pub async fn get(db: &Reader, scope: impl Into<Scope>, id: GrantId) -> Result<Grant> {
    let found = db.row(&either_side(Filter::new().eq("id", id), scope.into())).await?;
    found.ok_or_else(|| Error::refused(ErrorCode::GrantNotFound, format!("grant {id}")))
}

/// Grants given or received, revoked ones included, newest first.
///
/// # Errors
/// Database failures only.
pub async fn list(db: &Reader, scope: impl Into<Scope>, slice: Slice) -> Result<Page<Grant>> {
    db.page(&either_side(Filter::new(), scope.into()).order("created_at DESC, id DESC").slice(slice)).await
}

/// Open grants a tenant has received.
///
/// # Errors
/// Database failures only.
pub async fn open_for(db: &Reader, grantee: TenantId) -> Result<Vec<Grant>> {
    db.rows(&Filter::new().eq("grantee", grantee).and_raw("revoked_at IS NULL").order("id")).await
}

/// Open grants on a cluster.
///
/// # Errors
/// Database failures only.
pub async fn open_on(db: &Reader, cluster: ClusterId) -> Result<Vec<Grant>> {
    db.rows(&Filter::new().eq("cluster", cluster).and_raw("revoked_at IS NULL").order("id")).await
}

fn either_side(filter: Filter, scope: Scope) -> Filter {
    match scope {
        Scope::Platform => filter,
        Scope::Tenant(tenant) => filter.and("(owner = {} OR grantee = {})", tenant),
    }
}

fn emit(tx: &mut Tx, grant: &Grant, what: &str, at: DateTime<Utc>) {
    for tenant in [grant.owner, grant.grantee] {
        let payload = json!({"cluster": grant.cluster, "owner": grant.owner, "grantee": grant.grantee});
        let (topic, kind) = (TOPIC.to_owned(), what.to_owned());
        events::append(tx, NewEvent { topic, tenant, subject: grant.id.0, kind, payload, at });
    }
}
