//! Immutable plans, and which saga carries out which order. One plan, at most one order.

mod runs;

use chrono::{DateTime, Utc};
use hypo_shared::{ErrorCode, OrderId, PackageId, PlanId, ServiceId, TenantId, plan::Plan};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use runs::{OrderRun, create_run, find_run, runs_of_service};

use crate::{
    Error, Page, Reader, Result, Scope, Slice, Tx,
    sql::{Filter, args, get as get_cell, table},
};

/// A stored plan. Only `order` ever changes, once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PlanRow {
    pub id: PlanId,
    pub tenant: TenantId,
    /// `None` for plans without a package, such as a termination.
    pub package: Option<PackageId>,
    /// What was asked for.
    pub request: Value,
    pub body: Plan,
    /// SHA-256 of the canonical JSON, hex.
    pub hash: String,
    /// Digest of the facts it was made from.
    pub facts_digest: String,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    /// The order that has claimed it.
    pub order: Option<OrderId>,
}

table!(PlanRow, "plans" { id, tenant, package, request, body, hash, facts_digest, created_at, expires_at, order });

/// Stores a plan.
///
/// # Errors
/// [`Error::Duplicate`] for a taken id.
pub async fn create(tx: &mut Tx, plan: &PlanRow) -> Result<()> {
    if tx.insert_new(plan).await? { Ok(()) } else { Err(Error::Duplicate(format!("plan {}", plan.id))) }
}

/// Gives the plan to the order, exactly once, whoever else tries. The same order may claim again.
///
/// # Errors
/// `PlanNotFound`, `PlanHashMismatch`, `PlanExpired`, `PlanAlreadyOrdered`.
pub async fn claim_for_order(
    tx: &mut Tx,
    tenant: TenantId,
    id: PlanId,
    hash: &str,
    order: OrderId,
    now: DateTime<Utc>,
) -> Result<PlanRow> {
    let sql = "UPDATE plans SET \"order\" = $1 \
               WHERE id = $2 AND tenant = $3 AND hash = $4 AND expires_at > $5 AND \"order\" IS NULL";
    let claimed = tx.execute(sql, args![order, id, tenant, hash.to_owned(), now]).await? == 1;
    let plan = get(tx, tenant, id).await?;
    if claimed || plan.hash == hash && plan.order == Some(order) {
        return Ok(plan);
    }
    let code = if plan.hash != hash {
        ErrorCode::PlanHashMismatch
    } else if plan.order.is_some() {
        ErrorCode::PlanAlreadyOrdered
    } else {
        ErrorCode::PlanExpired
    };
    Err(Error::refused(code, format!("plan {id}")))
}

/// The plan, when the scope sees it.
///
/// # Errors
/// Database failures only.
pub async fn find(db: &Reader, scope: impl Into<Scope>, id: PlanId) -> Result<Option<PlanRow>> {
    db.row(&Filter::new().eq("id", id).scope("tenant", scope.into())).await
}

/// As [`find`].
///
/// # Errors
/// `PlanNotFound`.
pub async fn get(db: &Reader, scope: impl Into<Scope>, id: PlanId) -> Result<PlanRow> {
    find(db, scope, id).await?.ok_or_else(|| Error::refused(ErrorCode::PlanNotFound, format!("plan {id}")))
}

/// Plans the scope sees, newest first.
///
/// # Errors
/// Database failures only.
pub async fn list(db: &Reader, scope: impl Into<Scope>, slice: Slice) -> Result<Page<PlanRow>> {
    db.page(&Filter::new().scope("tenant", scope.into()).order("created_at DESC, id DESC").slice(slice)).await
}

/// A plan whose objects are still in the secret store and may be needed no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealedRow {
    pub id: PlanId,
    pub tenant: TenantId,
    pub order: Option<OrderId>,
    pub service: Option<ServiceId>,
}

/// Plans with sealed objects that were ordered, or expired before `before` unordered; oldest first.
///
/// # Errors
/// Database failures only.
pub async fn sealed(db: &Reader, before: DateTime<Utc>) -> Result<Vec<SealedRow>> {
    let sql = "SELECT p.id, p.tenant, p.\"order\", r.service FROM plans p \
               LEFT JOIN order_runs r ON r.\"order\" = p.\"order\" \
               WHERE p.unsealed_at IS NULL AND (p.\"order\" IS NOT NULL OR p.expires_at < $1) ORDER BY p.created_at, p.id";
    let rows = db.query(sql, args![before]).await?;
    let read = |row| {
        Ok(SealedRow {
            id: get_cell(row, "id")?,
            tenant: get_cell(row, "tenant")?,
            order: get_cell(row, "order")?,
            service: get_cell(row, "service")?,
        })
    };
    rows.iter().map(read).collect()
}

/// Notes that a plan's objects left the secret store.
///
/// # Errors
/// Database failures only.
pub async fn unsealed(tx: &mut Tx, id: PlanId, at: DateTime<Utc>) -> Result<()> {
    tx.execute("UPDATE plans SET unsealed_at = $1 WHERE id = $2", args![at, id]).await.map(drop)
}

/// Removes plans that expired before `before` and were never ordered. Counts.
///
/// # Errors
/// Database failures only.
pub async fn sweep(tx: &mut Tx, before: DateTime<Utc>) -> Result<u64> {
    tx.delete::<PlanRow>(&Filter::new().and("expires_at < {}", before).and_raw("\"order\" IS NULL")).await
}
