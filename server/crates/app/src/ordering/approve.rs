//! The provider's word on an order of its offering.

use hypo_shared::{ErrorCode, OrderId, TenantId};
use hypo_store::{
    documents::{self, kind},
    ordering::{self, OrderItem, step},
};
use serde_json::json;

use super::{instant, note, rollup};
use crate::{
    App, Ctx, Error, Result,
    access::{audit, tenants},
    orders::{self, Order},
    permit::{Permit, may},
};

/// Orders that wait for the caller's word, oldest first.
///
/// # Errors
/// Those of the store.
pub async fn to_approve(app: &App, ctx: &Ctx, permit: Permit<may::Read>) -> Result<Vec<Order>> {
    let items = ordering::to_approve(app.store().read(), ctx.who.tenant, 1000).await?;
    let mut ids: Vec<OrderId> = items.iter().map(|item| OrderId(item.order)).collect();
    ids.dedup();
    let mut found = orders::by_ids(app, ctx, permit, &ids).await?;
    let names = tenants::names(app).await?;
    let mut waiting: Vec<Order> = ids.iter().filter_map(|id| found.remove(id)).collect();
    // Who decides has to know whose order it is, whether or not it names a requester.
    for order in waiting.iter_mut().filter(|order| order.created_by.is_empty()) {
        order.created_by = names.name(order.tenant).to_owned();
    }
    Ok(waiting)
}

/// Lets an order of the caller's offering go on.
///
/// # Errors
/// `HYP-3001`; `HYP-3002` when it does not wait for the caller.
pub async fn approve(
    app: &App,
    ctx: &Ctx,
    permit: Permit<may::ControlService>,
    order: OrderId,
    reason: Option<String>,
) -> Result<Order> {
    decide(app, ctx, permit, order, reason, true).await
}

/// Rejects an order of the caller's offering; the customer reads the reason.
///
/// # Errors
/// As [`approve`]; `HYP-6001` without a reason.
pub async fn reject(
    app: &App,
    ctx: &Ctx,
    permit: Permit<may::ControlService>,
    order: OrderId,
    reason: String,
) -> Result<Order> {
    if reason.trim().is_empty() {
        return Err(Error::field("reason", "required", "Say why."));
    }
    decide(app, ctx, permit, order, Some(reason), false).await
}

async fn decide(
    app: &App,
    ctx: &Ctx,
    _: Permit<may::ControlService>,
    order: OrderId,
    reason: Option<String>,
    yes: bool,
) -> Result<Order> {
    if reason.as_ref().is_some_and(|reason| reason.chars().count() > 1000) {
        return Err(Error::field("reason", "tooLong", "Use at most 1000 characters."));
    }
    let provider = ctx.who.tenant;
    let missing = || Error::of(ErrorCode::OrderNotFound);
    let read = app.store().read();
    let all = ordering::of(read, order.0).await?;
    let mine: Vec<&OrderItem> = all.iter().filter(|item| item.provider == Some(provider)).collect();
    let customer = mine.first().map(|item| item.tenant).ok_or_else(missing)?;
    let waiting: Vec<&OrderItem> = mine.into_iter().filter(|item| item.step == step::APPROVAL).collect();
    if waiting.is_empty() {
        return Err(Error::new(ErrorCode::OrderStateConflict, "The order does not wait for an approval."));
    }
    write(app, ctx, customer, order, &waiting, reason.as_deref(), yes).await?;
    let found = orders::find(app, ctx, app.permit(ctx).await?, order).await?;
    found.ok_or_else(missing)
}

async fn write(
    app: &App,
    ctx: &Ctx,
    customer: TenantId,
    order: OrderId,
    waiting: &[&OrderItem],
    reason: Option<&str>,
    yes: bool,
) -> Result<()> {
    let now = app.now();
    let to = if yes { step::WAITING } else { step::DONE };
    let said = if yes { "The provider has approved the order." } else { "The provider has rejected the order." };
    let text = reason.map_or_else(|| said.to_owned(), |reason| format!("{said} {reason}"));
    let decided = hypo_store::write!(app.store(), |tx| {
        let mut document = documents::get(tx, customer, kind::SERVICE_ORDER, order.0).await?;
        let mut any = false;
        for item in waiting {
            let next = OrderItem { step: to.to_owned(), reason: text.clone(), ..(*item).clone() };
            if !ordering::advance(tx, &next, step::APPROVAL).await? {
                continue;
            }
            any = true;
            if !yes {
                let code = ErrorCode::ApprovalRefused.code();
                let why = json!({"code": code, "reason": text, "timestamp": instant(now)});
                document = rollup::with(&document, item, "rejected", vec![why], now);
            }
        }
        if !any {
            return Ok(false);
        }
        note(&mut document.doc, &text, now);
        document.updated_at = now;
        documents::update(tx, &document).await?;
        let action = if yes { "approveOrder" } else { "rejectOrder" };
        for tenant in [customer, ctx.who.tenant] {
            audit::done_for(tx, app, ctx, tenant, action, format!("serviceOrder/{order}"), json!({"reason": reason}));
        }
        Ok(true)
    })?;
    if decided { Ok(()) } else { Err(Error::new(ErrorCode::OrderStateConflict, "Somebody else has decided.")) }
}
