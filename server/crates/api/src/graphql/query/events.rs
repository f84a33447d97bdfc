//! The history of events, and listeners.

use async_graphql::{Context, Object};
use hypo_app::{events, hubs, permit::may};
use uuid::Uuid;

use crate::graphql::{
    error::Result,
    gate::{Gate, root},
    types::{Cursor, DeadLetter, EventFilter, EventSlice, Hub},
};

#[derive(Default)]
pub struct Events;

#[Object(name = "EventQuery")]
impl Events {
    /// TMF events, oldest first: behind `since`, or from the oldest that is kept. The same rows feed listeners and
    /// `eventStream`.
    async fn events(
        &self,
        context: &Context<'_>,
        since: Option<Cursor>,
        first: Option<i32>,
        filter: Option<EventFilter>,
    ) -> Result<EventSlice> {
        let Gate { app, ctx, permit } = root::<may::Read>(context).await?;
        let since = since.map(|cursor| cursor.0);
        let wish = filter.unwrap_or_default().try_into()?;
        Ok(events::since(&app, &ctx, permit, since.as_deref(), &wish, first).await?.into())
    }

    /// Listeners of the caller's tenant, with what waits and what failed.
    async fn hubs(&self, context: &Context<'_>) -> Result<Vec<Hub>> {
        let Gate { app, ctx, permit } = root::<may::ManageHubs>(context).await?;
        Ok(hubs::list(&app, &ctx, permit, None, None).await?.into_iter().map(Hub::from).collect())
    }

    /// Events that were given up for a listener, oldest first, at most 1000.
    async fn dead_letters(&self, context: &Context<'_>, hub_id: Uuid) -> Result<Vec<DeadLetter>> {
        let Gate { app, ctx, permit } = root::<may::ManageHubs>(context).await?;
        let letters = hubs::dead_letters(&app, &ctx, permit, hub_id).await?;
        Ok(letters.into_iter().map(DeadLetter::from).collect())
    }
}
