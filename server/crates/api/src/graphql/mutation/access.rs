//! Users, tokens and passwords.

use async_graphql::{Context, Object};
use hypo_app::{
    access::{sessions, tokens, users},
    permit::may,
};
use hypo_shared::{TokenId, UserId};
use uuid::Uuid;

use crate::graphql::{
    error::Result,
    gate::{Gate, root},
    input::{CreateTokenInput, CreateUserInput},
    types::{NewToken, Token, User},
};

#[derive(Default)]
pub struct Access;

#[Object(name = "AccessMutation")]
impl Access {
    /// Adds a user to the tenant.
    async fn create_user(&self, context: &Context<'_>, input: CreateUserInput) -> Result<User> {
        let Gate { app, ctx, permit } = root::<may::ManageUsers>(context).await?;
        Ok(users::create(&app, &ctx, permit, input.into()).await?.into())
    }

    /// Ends the user's sessions and tokens too.
    async fn disable_user(&self, context: &Context<'_>, id: Uuid) -> Result<User> {
        let Gate { app, ctx, permit } = root::<may::ManageUsers>(context).await?;
        Ok(users::disable(&app, &ctx, permit, UserId(id)).await?.into())
    }

    /// Makes a token of the caller's; its secret is shown once.
    async fn create_token(&self, context: &Context<'_>, input: CreateTokenInput) -> Result<NewToken> {
        let Gate { app, ctx, permit } = root::<may::ManageTokens>(context).await?;
        let (token, secret) = tokens::create(&app, &ctx, permit, input.into()).await?;
        Ok(NewToken { token: token.into(), secret: secret.reveal().to_owned() })
    }

    /// Ends a token of the caller's.
    async fn revoke_token(&self, context: &Context<'_>, id: Uuid) -> Result<Token> {
        let Gate { app, ctx, permit } = root::<may::ManageTokens>(context).await?;
        Ok(tokens::revoke(&app, &ctx, permit, TokenId(id)).await?.into())
    }

    /// Ends every session of the caller: sign in again afterwards.
    async fn change_password(&self, context: &Context<'_>, current: String, new: String) -> Result<bool> {
        let Gate { app, ctx, permit } = root::<may::ReadSelf>(context).await?;
        sessions::change_password(&app, &ctx, permit, &current, &new).await?;
        Ok(true)
    }
}
