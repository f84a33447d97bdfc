//! Orders, services, kept volumes, the overview.

use async_graphql::{Context, Object};
use hypo_app::{orders, overview, page::Window, permit::may, services};
use hypo_shared::{OrderId, ServiceId, order::OrderState, service::ServiceState};
use uuid::Uuid;

use crate::graphql::{
    error::Result,
    gate::{Gate, root},
    types::{KeptVolume, Order, OrderConnection, Overview, Service, ServiceConnection, TerminationPlan},
};

#[derive(Default)]
pub struct Inventory;

#[Object(name = "InventoryQuery")]
impl Inventory {
    /// Orders of the tenant, newest first.
    async fn orders(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        state: Option<OrderState>,
    ) -> Result<OrderConnection> {
        let Gate { app, ctx, permit } = root::<may::Read>(context).await?;
        let window = Window::read(format!("orders {state:?}"), first, after.as_deref())?;
        Ok(orders::list(&app, &ctx, permit, window, state).await?.into())
    }

    /// One order.
    async fn order(&self, context: &Context<'_>, id: Uuid) -> Result<Option<Order>> {
        let Gate { app, ctx, permit } = root::<may::Read>(context).await?;
        Ok(orders::find(&app, &ctx, permit, OrderId(id)).await?.map(Order::from))
    }

    /// Services of the tenant, newest first.
    async fn services(
        &self,
        context: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        state: Option<ServiceState>,
    ) -> Result<ServiceConnection> {
        let Gate { app, ctx, permit } = root::<may::Read>(context).await?;
        let window = Window::read(format!("services {state:?}"), first, after.as_deref())?;
        Ok(services::list(&app, &ctx, permit, window, state).await?.into())
    }

    /// One service.
    async fn service(&self, context: &Context<'_>, id: Uuid) -> Result<Option<Service>> {
        let Gate { app, ctx, permit } = root::<may::Read>(context).await?;
        Ok(services::find(&app, &ctx, permit, ServiceId(id)).await?.map(Service::from))
    }

    /// Volumes whose services have ended.
    async fn kept_volumes(&self, context: &Context<'_>) -> Result<Vec<KeptVolume>> {
        let Gate { app, ctx, permit } = root::<may::Read>(context).await?;
        Ok(services::kept(&app, &ctx, permit).await?.into_iter().map(KeptVolume::from).collect())
    }

    /// What ending the service would delete and keep.
    async fn termination_plan(&self, context: &Context<'_>, service_id: Uuid) -> Result<TerminationPlan> {
        let Gate { app, ctx, permit } = root::<may::ControlService>(context).await?;
        Ok(services::termination_plan(&app, &ctx, permit, ServiceId(service_id)).await?.into())
    }

    /// Counts for the overview.
    async fn overview(&self, context: &Context<'_>) -> Result<Overview> {
        let Gate { app, ctx, permit } = root::<may::Read>(context).await?;
        Ok(overview::read(&app, &ctx, permit).await?.into())
    }
}
