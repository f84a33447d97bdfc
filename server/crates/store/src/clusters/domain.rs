//! Domains.

use chrono::{DateTime, Utc};
use hypo_shared::{DomainId, ErrorCode, TenantId};

use crate::{
    Error, Page, Reader, Result, Scope, Slice, Tx,
    clusters::DomainRow,
    documents::kind,
    mirror,
    sql::{Filter, args},
};

/// Stores a domain with its document, which emits `created`.
///
/// # Errors
/// [`Error::Duplicate`] when the owner has one of that name.
pub async fn create_domain(tx: &mut Tx, domain: &DomainRow) -> Result<()> {
    if !tx.insert_new(domain).await? {
        return Err(Error::Duplicate(format!("domain {}", domain.name)));
    }
    show(tx, domain, domain.created_at).await
}

/// Replaces what the owner may change: name, country, place, description. Its document emits `changed`.
///
/// # Errors
/// `DomainNotFound`, [`Error::Duplicate`].
pub async fn update_domain(tx: &mut Tx, domain: &DomainRow, at: DateTime<Utc>) -> Result<()> {
    let sql = "UPDATE domains SET name = $1, country = $2, lat = $3, lon = $4, description = $5 \
               WHERE id = $6 AND tenant = $7";
    let DomainRow { id, tenant, name, country, lat, lon, description, .. } = domain;
    if tx.execute(sql, args![*name, *country, *lat, *lon, *description, *id, *tenant]).await? == 0 {
        return Err(not_found(*id));
    }
    let stored = get_domain(tx, domain.tenant, domain.id).await?;
    show(tx, &stored, at).await
}

/// Removes a domain without clusters, and its document, which emits `deleted`.
///
/// # Errors
/// `DomainNotFound`, `StateConflict` while it has clusters.
pub async fn delete_domain(tx: &mut Tx, tenant: TenantId, id: DomainId, at: DateTime<Utc>) -> Result<()> {
    get_domain(tx, tenant, id).await?;
    tx.delete::<DomainRow>(&Filter::new().eq("id", id).eq("tenant", tenant)).await?;
    mirror::remove(tx, tenant, kind::RESOURCE, id.0, at).await
}

/// The domain, when the scope sees it.
///
/// # Errors
/// Database failures only.
pub async fn find_domain(db: &Reader, scope: impl Into<Scope>, id: DomainId) -> Result<Option<DomainRow>> {
    db.row(&Filter::new().eq("id", id).scope("tenant", scope.into())).await
}

/// As [`find_domain`].
///
/// # Errors
/// `DomainNotFound`.
pub async fn get_domain(db: &Reader, scope: impl Into<Scope>, id: DomainId) -> Result<DomainRow> {
    find_domain(db, scope, id).await?.ok_or_else(|| not_found(id))
}

/// Domains the scope sees, by name.
///
/// # Errors
/// Database failures only.
pub async fn list_domains(db: &Reader, scope: impl Into<Scope>, slice: Slice) -> Result<Page<DomainRow>> {
    db.page(&Filter::new().scope("tenant", scope.into()).order("name, id").slice(slice)).await
}

fn not_found(id: DomainId) -> Error {
    Error::refused(ErrorCode::DomainNotFound, format!("domain {id}"))
}

async fn show(tx: &mut Tx, row: &DomainRow, at: DateTime<Utc>) -> Result<()> {
    let document = mirror::domain(tx, row).await?;
    mirror::put(tx, document, at).await
}
