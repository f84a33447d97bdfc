//! Applying the planned objects again, as an order like any other.

use hypo_shared::{ErrorCode, ServiceId, order::OnFailure};

use super::{document, own};
use crate::{
    App, Ctx, Error, Result,
    orders::{self, Order, PlaceOrder},
    permit::{Permit, may},
    plans::{self, NewPlan},
};

/// Plans the service where it is, from the package it was made of, and orders that plan.
///
/// # Errors
/// `HYP-3003`, `HYP-3004`; what planning and ordering refuse.
pub async fn redeploy(app: &App, ctx: &Ctx, _: Permit<may::ControlService>, id: ServiceId) -> Result<Order> {
    let service = own(app, ctx, id).await?;
    if service.state != "active" {
        return Err(Error::of(ErrorCode::ServiceStateConflict));
    }
    let missing = || Error::internal(format!("service {id} names no plan"));
    let before = plans::load(app, service.tenant, document::plan(&service.doc).ok_or_else(missing)?).await?;
    // Every component stays where it is, whatever the planner would choose today.
    let mut request = before.asked.request.clone();
    request.pins = before.plan.placement.assignments.clone();
    let new = NewPlan {
        package: before.package,
        name: before.asked.identity.name.clone(),
        request,
        service: Some(id),
        attach_volumes: Vec::new(),
    };
    // An administrator acts for the tenant that owns the service.
    let mut ctx = ctx.because("redeployService");
    ctx.who.tenant = service.tenant;
    let plan = plans::make(app, &ctx, new).await?;
    // What stands is not torn down because applying it again failed.
    let (hash, on_failure) = (plan.hash.clone(), OnFailure::Hold);
    let wish = PlaceOrder { plan: plan.id, hash, on_failure, external_id: None, asked: None };
    orders::order_plan(app, &ctx, &plan, &wish).await
}
