//! Reading plans.

use hypo_shared::{ErrorCode, PlanId, TenantId};
use hypo_store::plans as rows;

use super::StoredPlan;
use crate::{
    App, Ctx, Error, Result,
    permit::{Permit, may},
};

/// A plan of the caller's tenant.
///
/// # Errors
/// Those of the store.
pub async fn find(app: &App, ctx: &Ctx, _: Permit<may::Read>, id: PlanId) -> Result<Option<StoredPlan>> {
    let row = rows::find(app.store().read(), ctx.reach(), id).await?;
    // A row without a package is no plan of ours to show.
    row.filter(|row| row.package.is_some()).map(view).transpose()
}

/// A plan of a tenant.
pub(crate) async fn load(app: &App, tenant: TenantId, id: PlanId) -> Result<StoredPlan> {
    view(rows::get(app.store().read(), tenant, id).await?)
}

pub(super) fn view(row: rows::PlanRow) -> Result<StoredPlan> {
    Ok(StoredPlan {
        id: row.id,
        tenant: row.tenant,
        hash: row.hash,
        facts_digest: row.facts_digest,
        created_at: row.created_at,
        expires_at: row.expires_at,
        package: row.package.ok_or_else(|| Error::of(ErrorCode::PlanNotFound))?,
        order: row.order,
        asked: serde_json::from_value(row.request)?,
        plan: row.body,
    })
}
