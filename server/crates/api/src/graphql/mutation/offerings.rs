//! Offerings, and the provider's word on orders of them.

use async_graphql::{Context, Object};
use hypo_app::{offerings, ordering, permit::may};
use hypo_shared::OrderId;
use uuid::Uuid;

use crate::graphql::{
    error::Result,
    gate::{Gate, root},
    types::{Offering, Order, PublishOfferingInput},
};

#[derive(Default)]
pub struct Offerings;

#[Object(name = "OfferingsMutation")]
impl Offerings {
    /// Publishes a package as an offering. A version that is launched supersedes the one before it.
    async fn publish_offering(&self, context: &Context<'_>, input: PublishOfferingInput) -> Result<Offering> {
        let Gate { app, ctx, permit } = root::<may::WriteCatalogue>(context).await?;
        Ok(offerings::publish(&app, &ctx, permit, input.try_into()?).await?.into())
    }

    /// Lets everybody see and order an offering that was in design.
    async fn launch_offering(&self, context: &Context<'_>, id: Uuid) -> Result<Offering> {
        let Gate { app, ctx, permit } = root::<may::WriteCatalogue>(context).await?;
        Ok(offerings::launch(&app, &ctx, permit, id).await?.into())
    }

    /// Nobody can order it any more; what was ordered stays.
    async fn retire_offering(&self, context: &Context<'_>, id: Uuid) -> Result<Offering> {
        let Gate { app, ctx, permit } = root::<may::WriteCatalogue>(context).await?;
        Ok(offerings::retire(&app, &ctx, permit, id).await?.into())
    }

    /// Lets an order of one's own offering go on.
    async fn approve_order(&self, context: &Context<'_>, id: Uuid, reason: Option<String>) -> Result<Order> {
        let Gate { app, ctx, permit } = root::<may::ControlService>(context).await?;
        Ok(ordering::approve(&app, &ctx, permit, OrderId(id), reason).await?.into())
    }

    /// Rejects an order of one's own offering. The customer reads the reason.
    async fn reject_order(&self, context: &Context<'_>, id: Uuid, reason: String) -> Result<Order> {
        let Gate { app, ctx, permit } = root::<may::ControlService>(context).await?;
        Ok(ordering::reject(&app, &ctx, permit, OrderId(id), reason).await?.into())
    }
}
