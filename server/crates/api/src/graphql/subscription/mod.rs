//! Watching. Every stream is snapshot, then deltas, and goes on from a cursor.

use async_graphql::Context;
use futures::{Stream, StreamExt, stream::BoxStream};
use hypo_app::{
    live::{Frames, changes, events, health, logs, metrics, timeline},
    permit::may,
};
use hypo_shared::{ClusterId, OrderId, ServiceId};
use uuid::Uuid;

use crate::graphql::{
    error::{Refusal, Result},
    gate::{Gate, root},
    types::{ChangeFrame, Cursor, EventFilter, EventFrame, HealthFrame, LogFrame, MetricsFrame, TimelineFrame},
};

/// Watching.
#[derive(Default)]
pub struct Subscription;

/// What a watch gives, as the schema says it. The stream lies in memory for as long as somebody watches, with room for
/// all that begins it: that gets an allocation of its own, which ends with the beginning.
async fn begun<A: 'static, B: From<A>>(
    watch: impl Future<Output = hypo_app::Result<Frames<A>>>,
) -> Result<BoxStream<'static, Result<B>>> {
    Ok(Box::pin(watch).await?.map(|frame| frame.map(B::from).map_err(Refusal)).boxed())
}

#[async_graphql::Subscription]
impl Subscription {
    /// Steps and state of one order: snapshot, then deltas.
    async fn order_timeline(
        &self,
        context: &Context<'_>,
        id: Uuid,
        resume: Option<Cursor>,
    ) -> Result<impl Stream<Item = Result<TimelineFrame>> + use<>> {
        let Gate { app, ctx, permit } = Box::pin(root::<may::Read>(context)).await?;
        let resume = resume.map(|cursor| cursor.0);
        begun(timeline::watch(&app, &ctx, permit, OrderId(id), resume.as_deref())).await
    }

    /// Health of one service: snapshot, then deltas.
    async fn service_health(
        &self,
        context: &Context<'_>,
        id: Uuid,
        resume: Option<Cursor>,
    ) -> Result<impl Stream<Item = Result<HealthFrame>> + use<>> {
        let Gate { app, ctx, permit } = Box::pin(root::<may::Read>(context)).await?;
        let resume = resume.map(|cursor| cursor.0);
        begun(health::watch(&app, &ctx, permit, ServiceId(id), resume.as_deref())).await
    }

    /// CPU and memory per component by the metrics API.
    async fn metrics(
        &self,
        context: &Context<'_>,
        service_id: Uuid,
        resume: Option<Cursor>,
    ) -> Result<impl Stream<Item = Result<MetricsFrame>> + use<>> {
        let Gate { app, ctx, permit } = Box::pin(root::<may::Observe>(context)).await?;
        let resume = resume.map(|cursor| cursor.0);
        begun(metrics::watch(&app, &ctx, permit, ServiceId(service_id), resume.as_deref())).await
    }

    /// Lines of a service's pods as they are written.
    async fn logs(
        &self,
        context: &Context<'_>,
        service_id: Uuid,
        component: Option<String>,
        cluster_id: Option<Uuid>,
        tail: Option<i32>,
        resume: Option<Cursor>,
    ) -> Result<impl Stream<Item = Result<LogFrame>> + use<>> {
        let Gate { app, ctx, permit } = Box::pin(root::<may::Observe>(context)).await?;
        let wish = logs::Wish {
            service: ServiceId(service_id),
            component,
            cluster: cluster_id.map(ClusterId),
            tail,
            resume: resume.map(|cursor| cursor.0),
        };
        begun(logs::watch(&app, &ctx, permit, wish)).await
    }

    /// Everything that changed in the tenant, to refresh lists by.
    async fn changes(
        &self,
        context: &Context<'_>,
        resume: Option<Cursor>,
    ) -> Result<impl Stream<Item = Result<ChangeFrame>> + use<>> {
        let Gate { app, ctx, permit } = Box::pin(root::<may::Read>(context)).await?;
        let resume = resume.map(|cursor| cursor.0);
        begun(changes::watch(&app, &ctx, permit, resume.as_deref())).await
    }
    /// TMF events as they are committed, behind `since` or from now on. Nothing is missed.
    async fn event_stream(
        &self,
        context: &Context<'_>,
        since: Option<Cursor>,
        filter: Option<EventFilter>,
    ) -> Result<impl Stream<Item = Result<EventFrame>> + use<>> {
        let Gate { app, ctx, permit } = Box::pin(root::<may::Read>(context)).await?;
        let since = since.map(|cursor| cursor.0);
        let wish = filter.unwrap_or_default().try_into()?;
        begun(events::watch(&app, &ctx, permit, since.as_deref(), &wish)).await
    }
}
