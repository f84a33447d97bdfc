//! Packages and plans.

use async_graphql::{Context, Object};
use hypo_app::{packages, permit::may, plans};

use crate::graphql::{
    error::Result,
    gate::{Gate, root},
    input::{CreatePlanInput, ImportPackageInput},
    types::{Package, Plan},
};

#[derive(Default)]
pub struct Packages;

#[Object(name = "PackagesMutation")]
impl Packages {
    /// Imports a package, renders it twice and analyses it.
    async fn import_package(&self, context: &Context<'_>, input: ImportPackageInput) -> Result<Package> {
        let Gate { app, ctx, permit } = root::<may::ImportPackage>(context).await?;
        Ok(packages::import(&app, &ctx, permit, input.try_into()?).await?.into())
    }

    /// Finds a placement for what is not pinned and stores the exact plan for 24 hours.
    async fn create_plan(&self, context: &Context<'_>, input: CreatePlanInput) -> Result<Plan> {
        let Gate { app, ctx, permit } = root::<may::CreatePlan>(context).await?;
        Ok(plans::create(&app, &ctx, permit, input.try_into()?).await?.into())
    }
}
