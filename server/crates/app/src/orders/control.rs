//! Cancelling and retrying.

use hypo_engine::Wish;
use hypo_shared::{
    ErrorCode, OrderId,
    order::{OrderAction, OrderState},
};
use serde_json::json;

use super::{Order, read::visible};
use crate::{
    App, Ctx, Error, Result,
    access::audit,
    ordering,
    permit::{Permit, may},
};

/// Cancels an order: what was done is undone.
///
/// # Errors
/// `HYP-3001`; `HYP-3002` when its state does not allow it.
pub async fn cancel(app: &App, ctx: &Ctx, _: Permit<may::ControlOrder>, id: OrderId) -> Result<Order> {
    wish(app, ctx, id, OrderAction::Cancel, Wish::Cancel, "cancelOrder").await
}

/// Goes on with a held order.
///
/// # Errors
/// `HYP-3001`; `HYP-3002` when its state does not allow it.
pub async fn retry(app: &App, ctx: &Ctx, _: Permit<may::ControlOrder>, id: OrderId) -> Result<Order> {
    wish(app, ctx, id, OrderAction::Retry, Wish::Retry, "retryOrder").await
}

async fn wish(app: &App, ctx: &Ctx, id: OrderId, action: OrderAction, wish: Wish, name: &str) -> Result<Order> {
    let missing = || Error::of(ErrorCode::OrderNotFound);
    let order = visible(app, ctx, id).await?.ok_or_else(missing)?;
    if !ctx.reach().covers(order.tenant) {
        // An order that is only shown to a provider is the customer's to cancel.
        return Err(missing());
    }
    if !order.state.can(action) {
        let state: OrderState = order.state;
        let text = format!("The order is {}, which does not allow this.", state.as_str());
        return Err(Error::new(ErrorCode::OrderStateConflict, text));
    }
    // Written first: a wish without its row would be a hole in the trail, a row without its wish is a refusal.
    hypo_store::write!(app.store(), |tx| {
        audit::done_for(tx, app, ctx, order.tenant, name, format!("serviceOrder/{id}"), json!({"state": order.state}));
        Ok(())
    })?;
    if action == OrderAction::Cancel && ordering::cancel::has_items(app, id.0).await? {
        ordering::cancel::now(app, order.tenant, id.0).await?;
    } else {
        app.orchestrator().wish(id, wish).await?;
    }
    visible(app, ctx, id).await?.ok_or_else(missing)
}
