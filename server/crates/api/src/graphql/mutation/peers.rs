//! Peers, and clients of the token endpoint.

use async_graphql::{Context, Object};
use hypo_app::{access::clients, peers, permit::may};
use uuid::Uuid;

use crate::graphql::{
    error::Result,
    gate::{Gate, root},
    types::{CreateClientInput, NewClient, Peer, RegisterPeerInput},
};

#[derive(Default)]
pub struct Peers;

#[Object(name = "PeerMutation")]
impl Peers {
    /// Registers another operator. The secret goes into the secret store.
    async fn register_peer(&self, context: &Context<'_>, input: RegisterPeerInput) -> Result<Peer> {
        let Gate { app, ctx, permit } = root::<may::ManagePeers>(context).await?;
        Ok(peers::register(&app, &ctx, permit, input.into()).await?.into())
    }

    /// Removes a peer and its secret.
    async fn remove_peer(&self, context: &Context<'_>, id: Uuid) -> Result<bool> {
        let Gate { app, ctx, permit } = root::<may::ManagePeers>(context).await?;
        peers::remove(&app, &ctx, permit, id).await?;
        Ok(true)
    }

    /// Makes a client of the token endpoint that acts in the caller's name. The secret is shown once.
    async fn create_client(&self, context: &Context<'_>, input: CreateClientInput) -> Result<NewClient> {
        let Gate { app, ctx, permit } = root::<may::ManageTokens>(context).await?;
        let (client, secret) = clients::create(&app, &ctx, permit, input.into()).await?;
        Ok(NewClient { client: client.into(), secret: secret.reveal().to_owned() })
    }

    /// Removes a client; its tokens end at once.
    async fn remove_client(&self, context: &Context<'_>, id: Uuid) -> Result<bool> {
        let Gate { app, ctx, permit } = root::<may::ManageTokens>(context).await?;
        clients::remove(&app, &ctx, permit, id).await?;
        Ok(true)
    }
}
