//! Planning a running service anew where it is, and ordering that plan: redeploying and scaling.

use hypo_shared::{ErrorCode, ServiceId, order::OnFailure, placement::PlacementRequest};
use hypo_store::documents::Document;
use serde_json::json;

use super::{DeleteVolume, document, own};
use crate::{
    App, Ctx, Error, Result,
    orders::{self, Operation, Order, PlaceOrder},
    permit::{Permit, may},
    plans::{self, NewPlan},
};

/// Plans the service where it is, from the package it was made of, and orders that plan.
///
/// # Errors
/// `HYP-3003`, `HYP-3004`; what planning and ordering refuse.
pub async fn redeploy(app: &App, ctx: &Ctx, _: Permit<may::ControlService>, id: ServiceId) -> Result<Order> {
    let service = active(app, ctx, id).await?;
    // What stands is not torn down because applying it again failed.
    let operation = ("redeployService", json!({"service": id}));
    let change = Change { operation, delete_volumes: Vec::new(), on_failure: OnFailure::Hold };
    replan(app, ctx, &service, change, |_| {}).await
}

/// How a running service is changed.
pub(super) struct Change {
    pub operation: Operation<'static>,
    pub delete_volumes: Vec<DeleteVolume>,
    pub on_failure: OnFailure,
}

/// The service, when it is the caller's and runs.
pub(super) async fn active(app: &App, ctx: &Ctx, id: ServiceId) -> Result<Document> {
    let service = own(app, ctx, id).await?;
    if service.state == "active" { Ok(service) } else { Err(Error::of(ErrorCode::ServiceStateConflict)) }
}

/// Orders the service as it was planned, but for what `edit` changes. Every component stays where it is, whatever the
/// planner would choose today.
pub(super) async fn replan(
    app: &App,
    ctx: &Ctx,
    service: &Document,
    change: Change,
    edit: impl FnOnce(&mut PlacementRequest) + Send,
) -> Result<Order> {
    let missing = || Error::internal(format!("service {} names no plan", service.id));
    let before = plans::load(app, service.tenant, document::plan(&service.doc).ok_or_else(missing)?).await?;
    let mut request = before.asked.request;
    request.pins = before.plan.placement.assignments;
    edit(&mut request);
    let new = NewPlan {
        package: before.package,
        name: before.asked.identity.name,
        request,
        service: Some(ServiceId(service.id)),
        attach_volumes: Vec::new(),
        delete_volumes: change.delete_volumes,
    };
    // An administrator acts for the tenant that owns the service.
    let mut ctx = ctx.because(change.operation.0);
    ctx.who.tenant = service.tenant;
    let plan = plans::make(app, &ctx, new).await?;
    let (hash, on_failure) = (plan.hash.clone(), change.on_failure);
    let wish = PlaceOrder { plan: plan.id, hash, on_failure, external_id: None, asked: None };
    orders::order_plan(app, &ctx, &plan, &wish, Some(change.operation)).await
}
