//! Which saga carries out which order.

use chrono::{DateTime, Utc};
use hypo_shared::{ErrorCode, OrderId, PlanId, SagaId, ServiceId, TenantId, order::OnFailure};
use serde::{Deserialize, Serialize};

use crate::{
    Error, Reader, Result, Scope, Tx,
    sql::{Filter, table},
};

/// The run of an order. The order itself is a document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderRun {
    pub order: OrderId,
    pub tenant: TenantId,
    pub saga: SagaId,
    pub on_failure: OnFailure,
    pub plan: Option<PlanId>,
    /// The service it makes, changes or ends.
    pub service: Option<ServiceId>,
    pub created_at: DateTime<Utc>,
}

table!(OrderRun, "order_runs" { order, tenant, saga, on_failure, plan, service, created_at });

/// Stores the run of an order.
///
/// # Errors
/// [`Error::Duplicate`] when the order or the saga has one.
pub async fn create_run(tx: &mut Tx, run: &OrderRun) -> Result<()> {
    if tx.insert_new(run).await? { Ok(()) } else { Err(Error::Duplicate(format!("run of order {}", run.order))) }
}

/// The run of an order, when the scope sees it.
///
/// # Errors
/// `OrderNotFound`.
pub async fn find_run(db: &Reader, scope: impl Into<Scope>, order: OrderId) -> Result<OrderRun> {
    let found = db.row(&Filter::new().eq("order", order).scope("tenant", scope.into())).await?;
    found.ok_or_else(|| Error::refused(ErrorCode::OrderNotFound, format!("run of order {order}")))
}

/// Runs that made, changed or ended a service, oldest first.
///
/// # Errors
/// Database failures only.
pub async fn runs_of_service(db: &Reader, scope: impl Into<Scope>, service: ServiceId) -> Result<Vec<OrderRun>> {
    let filter = Filter::new().eq("service", service).scope("tenant", scope.into());
    db.rows(&filter.order("created_at, \"order\"")).await
}
