//! What a provider publishes: a package and its terms, behind four catalogue documents that say nothing of them.

use chrono::{DateTime, Utc};
use hypo_shared::{PackageId, TenantId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    Error, Reader, Result, Scope, Slice, Tx,
    sql::{Filter, table},
};

/// One version of an offering. It never changes; its lifecycle is in its documents.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OfferingRow {
    /// Also the id of its TMF633 service specification.
    pub id: Uuid,
    /// The provider.
    pub tenant: TenantId,
    pub name: String,
    pub version: String,
    pub package: PackageId,
    /// `automatic` or `provider`.
    pub approval: String,
    /// Placement policy and form, for the provider's eyes.
    pub terms: Value,
    /// TMF633 service candidate.
    pub candidate: Uuid,
    /// TMF620 product specification.
    pub product_specification: Uuid,
    /// TMF620 product offering.
    pub product_offering: Uuid,
    pub created_at: DateTime<Utc>,
}

table!(OfferingRow, "offerings" {
    id, tenant, name, version, package, approval, terms, candidate, product_specification, product_offering, created_at
});

/// Stores an offering.
///
/// # Errors
/// [`Error::Duplicate`] when the provider has this name in this version.
pub async fn create(tx: &mut Tx, offering: &OfferingRow) -> Result<()> {
    let what = || Error::Duplicate(format!("offering {} {}", offering.name, offering.version));
    if tx.insert_new(offering).await? { Ok(()) } else { Err(what()) }
}

/// The offering, by its service specification. Whether its documents may be seen is the caller's to ask.
///
/// # Errors
/// Database failures only.
pub async fn find(db: &Reader, scope: impl Into<Scope>, id: Uuid) -> Result<Option<OfferingRow>> {
    db.row(&Filter::new().eq("id", id).scope("tenant", scope.into())).await
}

/// The offering, by its product offering.
///
/// # Errors
/// Database failures only.
pub async fn by_product_offering(db: &Reader, scope: impl Into<Scope>, id: Uuid) -> Result<Option<OfferingRow>> {
    db.row(&Filter::new().eq("product_offering", id).scope("tenant", scope.into())).await
}

/// The offering that a service or product specification is of.
///
/// # Errors
/// Database failures only.
pub async fn by_specification(db: &Reader, tenant: TenantId, id: Uuid) -> Result<Option<OfferingRow>> {
    let filter = Filter::new().eq("tenant", tenant);
    match db.row(&filter.clone().eq("id", id)).await? {
        Some(found) => Ok(Some(found)),
        None => db.row(&filter.eq("product_specification", id)).await,
    }
}

/// Versions of a name, newest first.
///
/// # Errors
/// Database failures only.
pub async fn versions(db: &Reader, tenant: TenantId, name: &str) -> Result<Vec<OfferingRow>> {
    let filter = Filter::new().eq("tenant", tenant).eq("name", name.to_owned());
    db.rows(&filter.order("created_at DESC, id DESC")).await
}

/// Offerings, newest first.
///
/// # Errors
/// Database failures only.
pub async fn list(db: &Reader, scope: impl Into<Scope>, slice: Slice) -> Result<Vec<OfferingRow>> {
    db.rows(&Filter::new().scope("tenant", scope.into()).order("created_at DESC, id DESC").slice(slice)).await
}
