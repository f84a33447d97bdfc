//! Offerings, and orders that wait for an approval.

use async_graphql::{Context, Object};
use hypo_app::{offerings, ordering, permit::may};
use uuid::Uuid;

use crate::graphql::{
    error::Result,
    gate::{Gate, root},
    types::{Offering, Order},
};

#[derive(Default)]
pub struct Offerings;

#[Object(name = "OfferingsQuery")]
impl Offerings {
    /// One's own offerings and those others have launched, newest first.
    async fn offerings(&self, context: &Context<'_>) -> Result<Vec<Offering>> {
        let Gate { app, ctx, permit } = root::<may::Read>(context).await?;
        Ok(offerings::list(&app, &ctx, permit).await?.into_iter().map(Offering::from).collect())
    }

    /// One of them.
    async fn offering(&self, context: &Context<'_>, id: Uuid) -> Result<Option<Offering>> {
        let Gate { app, ctx, permit } = root::<may::Read>(context).await?;
        Ok(offerings::find(&app, &ctx, permit, id).await?.map(Offering::from))
    }

    /// Orders of one's own offerings that wait for a yes or no, oldest first.
    async fn orders_to_approve(&self, context: &Context<'_>) -> Result<Vec<Order>> {
        let Gate { app, ctx, permit } = root::<may::Read>(context).await?;
        Ok(ordering::to_approve(&app, &ctx, permit).await?.into_iter().map(Order::from).collect())
    }
}
