//! Services (TMF638), kept volumes and what ending a service would do.

use async_graphql::{ComplexObject, Context, SimpleObject};
use chrono::{DateTime, Utc};
use hypo_app::{permit::may, services};
use hypo_shared::{
    ClusterId, PackageId, ServiceId,
    plan::ChangeKind,
    service::{DriftPolicy, Health, ServiceState},
};
use uuid::Uuid;

use super::{
    AppliedObject, Cluster, ClusterEvent, Drift, EntryPoint, Note, Order, Package, ServiceComponent, ServiceLink,
    ServiceVolume, float, plan::notes,
};
use crate::graphql::{
    error::Result,
    gate::{Gate, nested},
    loaders,
};

/// An application.
#[derive(Clone, SimpleObject)]
#[graphql(complex)]
pub struct Service {
    /// Identifier.
    id: Uuid,
    /// Name for people.
    name: String,
    /// Where it is in its life (TMF638).
    state: ServiceState,
    /// When it was ordered.
    created_at: DateTime<Utc>,
    /// When it became active.
    started_at: Option<DateTime<Utc>>,
    /// When it ended.
    ended_at: Option<DateTime<Utc>>,
    /// What happens when somebody else changes an applied object.
    drift_policy: DriftPolicy,
    /// Remarks of the server.
    notes: Vec<Note>,
    #[graphql(skip)]
    made_of: PackageId,
}

#[ComplexObject]
impl Service {
    /// Observed, the second axis beside the state.
    async fn health(&self, context: &Context<'_>) -> Result<Health> {
        Ok(loaders::live(context, ServiceId(self.id)).await?.health)
    }

    /// Why it is not healthy.
    async fn health_message(&self, context: &Context<'_>) -> Result<String> {
        Ok(loaders::live(context, ServiceId(self.id)).await?.message)
    }

    /// Package it was made from.
    async fn package(&self, context: &Context<'_>) -> Result<Package> {
        loaders::package(context, self.made_of).await
    }

    /// Newest first.
    async fn orders(&self, context: &Context<'_>) -> Result<Vec<Order>> {
        loaders::orders_of_service(context, ServiceId(self.id)).await
    }

    /// Its parts, with their health.
    async fn components(&self, context: &Context<'_>) -> Result<Vec<ServiceComponent>> {
        Ok(of(loaders::live(context, ServiceId(self.id)).await?.components))
    }

    /// Connections between its clusters.
    async fn links(&self, context: &Context<'_>) -> Result<Vec<ServiceLink>> {
        let Gate { app, ctx, permit } = nested::<may::Read>(context).await?;
        Ok(of(services::links(&app, &ctx, permit, ServiceId(self.id)).await?))
    }

    /// Addresses it answers at.
    async fn entry_points(&self, context: &Context<'_>) -> Result<Vec<EntryPoint>> {
        Ok(of(loaders::live(context, ServiceId(self.id)).await?.entry_points))
    }

    /// Its volumes.
    async fn volumes(&self, context: &Context<'_>) -> Result<Vec<ServiceVolume>> {
        Ok(of(loaders::live(context, ServiceId(self.id)).await?.volumes))
    }

    /// Differences between what was applied and what is there.
    async fn drift(&self, context: &Context<'_>) -> Result<Vec<Drift>> {
        let Gate { app, ctx, permit } = nested::<may::Read>(context).await?;
        Ok(of(services::drift(&app, &ctx, permit, ServiceId(self.id)).await?))
    }

    /// What its clusters report, newest first.
    async fn events(&self, context: &Context<'_>) -> Result<Vec<ClusterEvent>> {
        Ok(of(loaders::live(context, ServiceId(self.id)).await?.events))
    }

    /// Read from the clusters when asked.
    async fn objects(&self, context: &Context<'_>) -> Result<Vec<AppliedObject>> {
        loaders::objects(context, ServiceId(self.id)).await
    }
}

fn of<A: Into<B>, B>(items: Vec<A>) -> Vec<B> {
    items.into_iter().map(Into::into).collect()
}

impl From<services::Service> for Service {
    fn from(service: services::Service) -> Self {
        Self {
            id: service.id.0,
            name: service.name,
            state: service.state,
            created_at: service.created_at,
            started_at: service.started_at,
            ended_at: service.ended_at,
            drift_policy: service.drift_policy,
            notes: notes(&service.notes),
            made_of: service.package,
        }
    }
}

/// A volume kept after its service ended.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct KeptVolume {
    /// Identifier.
    id: Uuid,
    /// Namespace of the claim.
    namespace: String,
    /// Name of the claim.
    claim: String,
    /// Component that wrote it.
    component: String,
    /// Size.
    bytes: f64,
    /// Service that has ended.
    service_name: String,
    /// When the service ended.
    kept_at: DateTime<Utc>,
    #[graphql(skip)]
    on: ClusterId,
}

#[ComplexObject]
impl KeptVolume {
    /// Cluster it is in.
    async fn cluster(&self, context: &Context<'_>) -> Result<Cluster> {
        loaders::cluster(context, self.on).await
    }
}

impl From<services::KeptVolume> for KeptVolume {
    fn from(volume: services::KeptVolume) -> Self {
        let services::KeptVolume { id, cluster, namespace, claim, component, bytes, service_name, kept_at } = volume;
        Self { id: id.0, namespace, claim, component, bytes: float(bytes), service_name, kept_at, on: cluster }
    }
}

/// What ending the service would delete and keep.
#[derive(SimpleObject)]
pub struct TerminationPlan {
    /// Objects that go or stay.
    objects: Vec<TerminationObject>,
    /// Volumes the person decides about.
    volumes: Vec<ServiceVolume>,
    /// Services that use this one.
    dependants: Vec<String>,
}

impl From<services::TerminationPlan> for TerminationPlan {
    fn from(plan: services::TerminationPlan) -> Self {
        Self { objects: of(plan.objects), volumes: of(plan.volumes), dependants: plan.dependants }
    }
}

/// An object and what happens to it.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct TerminationObject {
    /// Kind, for example Deployment.
    kind: String,
    /// Namespace; empty for objects of the whole cluster.
    namespace: String,
    /// Name of the object.
    name: String,
    /// What happens to it.
    change: ChangeKind,
    /// Why it stays.
    note: String,
    #[graphql(skip)]
    on: ClusterId,
}

#[ComplexObject]
impl TerminationObject {
    /// Cluster it is in.
    async fn cluster(&self, context: &Context<'_>) -> Result<Cluster> {
        loaders::cluster(context, self.on).await
    }
}

impl From<services::TerminationObject> for TerminationObject {
    fn from(object: services::TerminationObject) -> Self {
        let services::TerminationObject { cluster, kind, namespace, name, change, note } = object;
        Self { kind, namespace, name, change, note, on: cluster }
    }
}
