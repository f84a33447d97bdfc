//! Package revisions and the content-addressed bytes they are made of.

pub mod blobs;

use std::fmt;

use chrono::{DateTime, Utc};
use hypo_shared::{ErrorCode, PackageId, TenantId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    Error, Page, Reader, Result, Scope, Slice, Tx,
    documents::kind,
    events::{self, NewEvent},
    mirror,
    sql::{Filter, args, table},
};

/// The topic of package events.
pub const TOPIC: &str = "package";

/// One revision of a package.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Package {
    pub id: PackageId,
    pub tenant: TenantId,
    pub name: String,
    /// As the package says; empty where it does not.
    pub version: String,
    /// `manifests` or `helm`.
    pub kind: String,
    /// SHA-256 of what was dropped in, hex.
    pub digest: String,
    /// SHA-256 of the stored bytes, see [`blobs`].
    pub blob: String,
    /// Values over the package's defaults.
    pub values: Value,
    /// Counts from 1 per tenant and name.
    pub revision: i64,
    pub created_at: DateTime<Utc>,
    /// SHA-256 of the sealed render, once there is one.
    pub render: Option<String>,
    /// `hypo.analysis/1`; null until analysed.
    pub analysis: Value,
    /// Values that differ between two renders and are kept across upgrades.
    pub generated: Value,
}

table!(Package, "packages" {
    id, tenant, name, version, kind, digest, blob, values, revision, created_at, render, analysis, generated
});

/// Stores a package at the next revision of its name (whatever `revision` says) and emits `created`. Its blobs must
/// be there.
///
/// # Errors
/// [`Error::Duplicate`] for a taken id, `StateConflict` when a blob is missing.
pub async fn create(tx: &mut Tx, package: &Package) -> Result<Package> {
    // Two imports of the same name at once: the second meets the unique revision and is tried again.
    let sql = "SELECT coalesce(max(revision), 0) AS n FROM packages WHERE tenant = $1 AND name = $2";
    let last: i64 = tx.scalar(sql, args![package.tenant, package.name]).await?.unwrap_or(0);
    let package = Package { revision: last + 1, ..package.clone() };
    if !tx.insert_new(&package).await? {
        let taken = find(tx, Scope::Platform, package.id).await?.is_some();
        let what = format!("package {} {}", package.name, package.id);
        return Err(if taken { Error::Duplicate(what) } else { Error::Busy(what) });
    }
    changed(tx, &package, "created", package.created_at);
    show(tx, &package, package.created_at).await?;
    Ok(package)
}

/// Records the sealed render and what was found in it; emits `rendered`.
///
/// # Errors
/// `PackageNotFound`, `StateConflict` when the blob is missing.
pub async fn set_render(
    tx: &mut Tx,
    tenant: TenantId,
    id: PackageId,
    render: &str,
    analysis: &Value,
    generated: &Value,
    at: DateTime<Utc>,
) -> Result<Package> {
    let sql = "UPDATE packages SET render = $1, analysis = $2, \"generated\" = $3 WHERE id = $4 AND tenant = $5";
    tx.execute(sql, args![render.to_owned(), *analysis, *generated, id, tenant]).await?;
    let package = get(tx, tenant, id).await?;
    changed(tx, &package, "rendered", at);
    show(tx, &package, at).await?;
    Ok(package)
}

/// Removes a package; its blobs stay until [`blobs::sweep`]. Emits `deleted`.
///
/// # Errors
/// `PackageNotFound`.
pub async fn delete(tx: &mut Tx, tenant: TenantId, id: PackageId, at: DateTime<Utc>) -> Result<()> {
    let package = get(tx, tenant, id).await?;
    tx.delete::<Package>(&Filter::new().eq("id", id).eq("tenant", tenant)).await?;
    changed(tx, &package, "deleted", at);
    mirror::remove(tx, tenant, kind::SERVICE_SPECIFICATION, id.0, at).await
}

/// The package, when the scope sees it.
///
/// # Errors
/// Database failures only.
pub async fn find(db: &Reader, scope: impl Into<Scope>, id: PackageId) -> Result<Option<Package>> {
    db.row(&Filter::new().eq("id", id).scope("tenant", scope.into())).await
}

/// Packages of these ids that the scope sees, in one statement.
///
/// # Errors
/// Database failures only.
pub async fn by_ids(db: &Reader, scope: impl Into<Scope>, ids: &[PackageId]) -> Result<Vec<Package>> {
    db.rows(&Filter::new().any_of("id", ids).scope("tenant", scope.into())).await
}

/// As [`find`].
///
/// # Errors
/// `PackageNotFound`.
pub async fn get(db: &Reader, scope: impl Into<Scope>, id: PackageId) -> Result<Package> {
    find(db, scope, id).await?.ok_or_else(|| not_found(id))
}

/// The newest revision of a name.
///
/// # Errors
/// Database failures only.
pub async fn latest(db: &Reader, tenant: TenantId, name: &str) -> Result<Option<Package>> {
    let filter = Filter::new().eq("tenant", tenant).eq("name", name.to_owned()).order("revision DESC");
    db.row(&filter.slice(Slice { offset: 0, limit: 1 })).await
}

/// The same bytes, imported before by this tenant; the newest.
///
/// # Errors
/// Database failures only.
pub async fn by_digest(db: &Reader, tenant: TenantId, digest: &str) -> Result<Option<Package>> {
    let filter = Filter::new().eq("tenant", tenant).eq("digest", digest.to_owned()).order("created_at DESC, id DESC");
    db.row(&filter.slice(Slice { offset: 0, limit: 1 })).await
}

/// Packages the scope sees, newest first; of one name when it is given.
///
/// # Errors
/// Database failures only.
pub async fn list(db: &Reader, scope: impl Into<Scope>, name: Option<&str>, slice: Slice) -> Result<Page<Package>> {
    let mut filter = Filter::new().scope("tenant", scope.into());
    if let Some(name) = name {
        filter = filter.eq("name", name.to_owned());
    }
    db.page(&filter.order("created_at DESC, id DESC").slice(slice)).await
}

async fn show(tx: &mut Tx, package: &Package, at: DateTime<Utc>) -> Result<()> {
    let document = mirror::package(tx, package).await?;
    mirror::put(tx, document, at).await
}

fn not_found(id: impl fmt::Display) -> Error {
    Error::refused(ErrorCode::PackageNotFound, format!("package {id}"))
}

fn changed(tx: &mut Tx, package: &Package, what: &str, at: DateTime<Utc>) {
    events::append(
        tx,
        NewEvent {
            topic: TOPIC.to_owned(),
            tenant: package.tenant,
            subject: package.id.0,
            kind: what.to_owned(),
            payload: json!({"name": package.name, "version": package.version, "revision": package.revision}),
            at,
        },
    );
}
