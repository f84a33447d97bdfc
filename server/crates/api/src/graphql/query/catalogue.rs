//! Packages and plans.

use async_graphql::{Context, Object};
use hypo_app::{packages, page::Window, permit::may, plans};
use hypo_shared::{PackageId, PlanId};
use uuid::Uuid;

use crate::graphql::{
    error::Result,
    gate::{Gate, root},
    types::{Package, PackageConnection, Plan},
};

#[derive(Default)]
pub struct Catalogue;

#[Object(name = "CatalogueQuery")]
impl Catalogue {
    /// Packages of the tenant, newest first.
    async fn packages(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
    ) -> Result<PackageConnection> {
        let Gate { app, ctx, permit } = root::<may::Read>(context).await?;
        let window = Window::read("packages", first, after.as_deref())?;
        Ok(packages::list(&app, &ctx, permit, window).await?.into())
    }

    /// One package.
    async fn package(&self, context: &Context<'_>, id: Uuid) -> Result<Option<Package>> {
        let Gate { app, ctx, permit } = root::<may::Read>(context).await?;
        Ok(packages::find(&app, &ctx, permit, PackageId(id)).await?.map(Package::from))
    }

    /// One plan.
    async fn plan(&self, context: &Context<'_>, id: Uuid) -> Result<Option<Plan>> {
        let Gate { app, ctx, permit } = root::<may::Read>(context).await?;
        Ok(plans::find(&app, &ctx, permit, PlanId(id)).await?.map(Plan::from))
    }
}
