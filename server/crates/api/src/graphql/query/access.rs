//! Session, users, tenants, grants, tokens, audit.

use async_graphql::{Context, Object};
use hypo_app::{access, page::Window, permit::may};

use crate::graphql::{
    error::Result,
    gate::{Gate, root},
    types::{AuditConnection, Grant, Session, Tenant, Token, User},
};

#[derive(Default)]
pub struct Access;

#[Object(name = "AccessQuery")]
impl Access {
    /// Who is signed in, with what rights.
    async fn session(&self, context: &Context<'_>) -> Result<Session> {
        let Gate { app, ctx, permit } = root::<may::ReadSelf>(context).await?;
        Ok(access::sessions::current(&app, &ctx, permit).await?.into())
    }

    /// Users of the tenant.
    async fn users(&self, context: &Context<'_>) -> Result<Vec<User>> {
        let Gate { app, ctx, permit } = root::<may::ManageUsers>(context).await?;
        Ok(access::users::list(&app, &ctx, permit).await?.into_iter().map(User::from).collect())
    }

    /// Tenants the caller may see.
    async fn tenants(&self, context: &Context<'_>) -> Result<Vec<Tenant>> {
        let Gate { app, ctx, permit } = root::<may::ReadClusters>(context).await?;
        Ok(access::tenants::list(&app, &ctx, permit).await?.into_iter().map(Tenant::from).collect())
    }

    /// Given and received ones.
    async fn grants(&self, context: &Context<'_>) -> Result<Vec<Grant>> {
        let Gate { app, ctx, permit } = root::<may::ReadClusters>(context).await?;
        Ok(access::grants::list(&app, &ctx, permit).await?.into_iter().map(Grant::from).collect())
    }

    /// The caller's own.
    async fn tokens(&self, context: &Context<'_>) -> Result<Vec<Token>> {
        let Gate { app, ctx, permit } = root::<may::ManageTokens>(context).await?;
        Ok(access::tokens::list(&app, &ctx, permit).await?.into_iter().map(Token::from).collect())
    }

    /// Rows of the audit trail, newest first.
    async fn audit(&self, context: &Context<'_>, first: Option<i32>, after: Option<String>) -> Result<AuditConnection> {
        let Gate { app, ctx, permit } = root::<may::ReadAudit>(context).await?;
        let window = Window::read("audit", first, after.as_deref())?;
        Ok(access::audit::list(&app, &ctx, permit, window).await?.into())
    }
}
