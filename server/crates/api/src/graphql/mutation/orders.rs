//! Orders.

use async_graphql::{Context, Object};
use hypo_app::{orders, permit::may};
use hypo_shared::OrderId;
use uuid::Uuid;

use crate::graphql::{
    error::Result,
    gate::{Gate, root},
    input::PlaceOrderInput,
    types::Order,
};

#[derive(Default)]
pub struct Orders;

#[Object(name = "OrdersMutation")]
impl Orders {
    /// Orders what was planned. One plan, at most one order: a repeated call gives the same order.
    async fn place_order(&self, context: &Context<'_>, input: PlaceOrderInput) -> Result<Order> {
        let Gate { app, ctx, permit } = root::<may::PlaceOrder>(context).await?;
        Ok(orders::place(&app, &ctx, permit, input.into()).await?.into())
    }

    /// Stops an order and undoes what it has done.
    async fn cancel_order(&self, context: &Context<'_>, id: Uuid) -> Result<Order> {
        let Gate { app, ctx, permit } = root::<may::ControlOrder>(context).await?;
        Ok(orders::cancel(&app, &ctx, permit, OrderId(id)).await?.into())
    }

    /// Goes on with a held order.
    async fn retry_order(&self, context: &Context<'_>, id: Uuid) -> Result<Order> {
        let Gate { app, ctx, permit } = root::<may::ControlOrder>(context).await?;
        Ok(orders::retry(&app, &ctx, permit, OrderId(id)).await?.into())
    }
}
