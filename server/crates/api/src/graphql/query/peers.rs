//! Peers, and clients of the token endpoint.

use async_graphql::{Context, Object};
use hypo_app::{access::clients, peers, permit::may};

use crate::graphql::{
    error::Result,
    gate::{Gate, root},
    types::{Client, Peer},
};

#[derive(Default)]
pub struct Peers;

#[Object(name = "PeerQuery")]
impl Peers {
    /// Other operators this tenant is registered with, by name.
    async fn peers(&self, context: &Context<'_>) -> Result<Vec<Peer>> {
        let Gate { app, ctx, permit } = root::<may::ReadPeers>(context).await?;
        Ok(peers::list(&app, &ctx, permit).await?.into_iter().map(Peer::from).collect())
    }

    /// The caller's clients of the token endpoint, newest first.
    async fn clients(&self, context: &Context<'_>) -> Result<Vec<Client>> {
        let Gate { app, ctx, permit } = root::<may::ManageTokens>(context).await?;
        Ok(clients::list(&app, &ctx, permit).await?.into_iter().map(Client::from).collect())
    }
}
