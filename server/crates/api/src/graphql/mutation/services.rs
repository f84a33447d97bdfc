//! Services and their volumes.

use async_graphql::{Context, Object};
use hypo_app::{permit::may, services};
use hypo_shared::{ClusterId, ServiceId, VolumeId, order::OnFailure, service::DriftPolicy};
use uuid::Uuid;

use crate::graphql::{
    error::Result,
    gate::{Gate, root},
    input::{DeleteVolumeInput, TerminateServiceInput, named},
    types::{Order, Service},
};

#[derive(Default)]
pub struct Services;

#[Object(name = "ServicesMutation")]
impl Services {
    /// Ends a service. Volumes that are not named are kept.
    async fn terminate_service(&self, context: &Context<'_>, input: TerminateServiceInput) -> Result<Order> {
        let Gate { app, ctx, permit } = root::<may::ControlService>(context).await?;
        Ok(services::terminate(&app, &ctx, permit, input.into()).await?.into())
    }

    /// Orders other replicas of a component on a cluster. Volumes of replicas that go are kept, unless they are named.
    #[expect(clippy::too_many_arguments, reason = "they are the arguments of the field")]
    async fn scale_component(
        &self,
        context: &Context<'_>,
        service_id: Uuid,
        component: String,
        cluster_id: Uuid,
        replicas: i32,
        delete_volumes: Option<Vec<DeleteVolumeInput>>,
        on_failure: Option<OnFailure>,
    ) -> Result<Order> {
        let Gate { app, ctx, permit } = root::<may::ControlService>(context).await?;
        let wish = services::Scale {
            service: ServiceId(service_id),
            component,
            cluster: ClusterId(cluster_id),
            replicas,
            delete_volumes: named(delete_volumes),
            on_failure: on_failure.unwrap_or_default(),
        };
        Ok(services::scale(&app, &ctx, permit, wish).await?.into())
    }

    /// Restarts the pods of a component one after the other.
    async fn restart_component(
        &self,
        context: &Context<'_>,
        service_id: Uuid,
        component: String,
        cluster_id: Uuid,
    ) -> Result<Service> {
        let Gate { app, ctx, permit } = root::<may::ControlService>(context).await?;
        let (service, cluster) = (ServiceId(service_id), ClusterId(cluster_id));
        Ok(services::restart(&app, &ctx, permit, service, &component, cluster).await?.into())
    }

    /// Applies the planned objects again.
    async fn redeploy_service(&self, context: &Context<'_>, id: Uuid) -> Result<Order> {
        let Gate { app, ctx, permit } = root::<may::ControlService>(context).await?;
        Ok(services::redeploy(&app, &ctx, permit, ServiceId(id)).await?.into())
    }

    /// Says what happens when somebody else changes an applied object.
    async fn set_drift_policy(&self, context: &Context<'_>, service_id: Uuid, policy: DriftPolicy) -> Result<Service> {
        let Gate { app, ctx, permit } = root::<may::ControlService>(context).await?;
        Ok(services::set_drift_policy(&app, &ctx, permit, ServiceId(service_id), policy).await?.into())
    }

    /// Puts planned values back where they drifted.
    async fn revert_drift(&self, context: &Context<'_>, service_id: Uuid) -> Result<Service> {
        let Gate { app, ctx, permit } = root::<may::ControlService>(context).await?;
        Ok(services::revert_drift(&app, &ctx, permit, ServiceId(service_id)).await?.into())
    }

    /// `name` is the claim's, typed by the one who deletes it.
    async fn delete_kept_volume(&self, context: &Context<'_>, id: Uuid, name: String) -> Result<bool> {
        let Gate { app, ctx, permit } = root::<may::ControlService>(context).await?;
        services::delete_kept(&app, &ctx, permit, VolumeId(id), &name).await?;
        Ok(true)
    }
}
