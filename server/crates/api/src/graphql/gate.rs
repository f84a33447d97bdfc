//! The gate every resolver passes: who asks, may they, and the proof of it.

use std::sync::Arc;

use async_graphql::Context;
use hypo_app::{
    App, Ctx, Error,
    permit::{Acts, Permit},
};

use crate::{graphql::error::Result, policy};

/// What a resolver needs to call the application.
pub struct Gate<A: Acts> {
    pub app: App,
    pub ctx: Arc<Ctx>,
    pub permit: Permit<A>,
}

/// Passes the gate at a root field. The field's row in the policy table must name the same action: a field without
/// a row, or with another one, is refused whatever the role.
pub async fn root<A: Acts>(context: &Context<'_>) -> Result<Gate<A>> {
    let field = context.field().name();
    if policy::field(field) != Some(A::ACTION) {
        return Err(Error::internal(format!("the policy table has no fitting row for the field {field}")).into());
    }
    nested(context).await
}

/// Passes the gate inside an object that a root field gave.
pub async fn nested<A: Acts>(context: &Context<'_>) -> Result<Gate<A>> {
    let app = app(context).clone();
    let ctx = caller(context)?;
    let permit = app.permit(&ctx).await?;
    Ok(Gate { app, ctx, permit })
}

/// The application.
pub fn app<'a>(context: &Context<'a>) -> &'a App {
    context.data_unchecked::<App>()
}

/// The caller.
pub fn caller(context: &Context<'_>) -> Result<Arc<Ctx>> {
    let missing = || Error::of(hypo_shared::ErrorCode::Unauthenticated);
    Ok(context.data_opt::<Arc<Ctx>>().cloned().ok_or_else(missing)?)
}
