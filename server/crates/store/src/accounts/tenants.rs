//! Tenants and peers.

use chrono::{DateTime, Utc};
use hypo_shared::{ErrorCode, Role, TenantId};
use serde::{Deserialize, Serialize};

use crate::{
    Error, Reader, Result, Scope, Tx, documents, mirror,
    sql::{Filter, args, table},
};

/// A party that owns things. Its TMF632 document has the same id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tenant {
    pub id: TenantId,
    /// Unique.
    pub name: String,
    /// What the party is here: roles its users may have.
    pub roles: Vec<Role>,
    pub created_at: DateTime<Utc>,
}

table!(Tenant, "tenants" { id, name, roles, created_at });

/// Stores a tenant with its document.
///
/// # Errors
/// [`Error::Duplicate`] for a taken name.
pub async fn create(tx: &mut Tx, tenant: &Tenant) -> Result<()> {
    if !tx.insert_new(tenant).await? {
        return Err(Error::Duplicate(format!("tenant {}", tenant.name)));
    }
    mirror::put(tx, mirror::tenant(tenant), tenant.created_at).await?;
    documents::open_to(tx, tenant.id.0, mirror::EVERYBODY).await
}

/// Replaces name and roles.
///
/// # Errors
/// `NotFound`, [`Error::Duplicate`].
pub async fn update(tx: &mut Tx, tenant: &Tenant, at: DateTime<Utc>) -> Result<()> {
    tx.identity = true;
    let sql = "UPDATE tenants SET name = $1, roles = $2 WHERE id = $3";
    let done = tx.execute(sql, args![tenant.name, tenant.roles, tenant.id]).await?;
    if done == 0 {
        return Err(not_found(tenant.id));
    }
    mirror::put(tx, mirror::tenant(tenant), at).await
}

/// The tenant; a tenant's scope sees only itself.
///
/// # Errors
/// `NotFound`.
pub async fn get(db: &Reader, scope: impl Into<Scope>, id: TenantId) -> Result<Tenant> {
    let found = db.row(&Filter::new().eq("id", id).scope("id", scope.into())).await?;
    found.ok_or_else(|| not_found(id))
}

/// The tenant, when it exists.
///
/// # Errors
/// Database failures only.
pub async fn find(db: &Reader, id: TenantId) -> Result<Option<Tenant>> {
    db.row(&Filter::new().eq("id", id)).await
}

/// Tenants by name; a tenant's scope sees only itself.
///
/// # Errors
/// Database failures only.
pub async fn list(db: &Reader, scope: impl Into<Scope>) -> Result<Vec<Tenant>> {
    db.rows(&Filter::new().scope("id", scope.into()).order("name")).await
}

/// Names of all tenants, which everybody may know: grants are given to them.
///
/// # Errors
/// Database failures only.
pub async fn names(db: &Reader) -> Result<Vec<(TenantId, String)>> {
    let tenants: Vec<Tenant> = db.rows(&Filter::new().order("name")).await?;
    Ok(tenants.into_iter().map(|tenant| (tenant.id, tenant.name)).collect())
}

fn not_found(id: TenantId) -> Error {
    Error::refused(ErrorCode::NotFound, format!("tenant {id}"))
}
