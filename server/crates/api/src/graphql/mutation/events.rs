//! Listeners.

use async_graphql::{Context, Object};
use hypo_app::{hubs, permit::may};
use uuid::Uuid;

use crate::graphql::{
    error::Result,
    gate::{Gate, root},
    types::{Hub, HubWithSecret, RegisterHubInput},
};

#[derive(Default)]
pub struct Events;

#[Object(name = "EventMutation")]
impl Events {
    /// Registers a listener. It is told of what happens from now on. Deliveries are signed with the secret.
    async fn register_hub(&self, context: &Context<'_>, input: RegisterHubInput) -> Result<HubWithSecret> {
        let Gate { app, ctx, permit } = root::<may::ManageHubs>(context).await?;
        let (hub, secret) = hubs::register(&app, &ctx, permit, input.into()).await?;
        Ok(HubWithSecret { hub: hub.into(), secret: secret.reveal().to_owned() })
    }

    /// Removes a listener and what it was not told yet.
    async fn remove_hub(&self, context: &Context<'_>, id: Uuid) -> Result<bool> {
        let Gate { app, ctx, permit } = root::<may::ManageHubs>(context).await?;
        hubs::remove(&app, &ctx, permit, id).await?;
        Ok(true)
    }

    /// Sends nothing until `resumeHub`; nothing is lost.
    async fn pause_hub(&self, context: &Context<'_>, id: Uuid) -> Result<Hub> {
        let Gate { app, ctx, permit } = root::<may::ManageHubs>(context).await?;
        Ok(hubs::pause(&app, &ctx, permit, id).await?.into())
    }

    /// Goes on where it was paused.
    async fn resume_hub(&self, context: &Context<'_>, id: Uuid) -> Result<Hub> {
        let Gate { app, ctx, permit } = root::<may::ManageHubs>(context).await?;
        Ok(hubs::resume(&app, &ctx, permit, id).await?.into())
    }

    /// Sends given-up events again, before those that wait: one by its letter's id, or all. Says how many.
    async fn replay_hub(&self, context: &Context<'_>, id: Uuid, letter_id: Option<String>) -> Result<i32> {
        let Gate { app, ctx, permit } = root::<may::ManageHubs>(context).await?;
        let count = hubs::replay(&app, &ctx, permit, id, letter_id.as_deref()).await?;
        Ok(i32::try_from(count).unwrap_or(i32::MAX))
    }

    /// A new secret for the signatures, shown once. The one before ends at once.
    async fn rotate_hub_secret(&self, context: &Context<'_>, id: Uuid) -> Result<HubWithSecret> {
        let Gate { app, ctx, permit } = root::<may::ManageHubs>(context).await?;
        let (hub, secret) = hubs::rotate_secret(&app, &ctx, permit, id).await?;
        Ok(HubWithSecret { hub: hub.into(), secret: secret.reveal().to_owned() })
    }
}
