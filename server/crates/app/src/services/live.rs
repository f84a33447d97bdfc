//! What the clusters say, from the watch-fed index, with what the record adds.

use std::collections::HashMap;

use hypo_orchestrator::live::{ComponentView, EventView, ServiceView};
use hypo_shared::{ClusterId, ServiceId, plan::LinkPlan, service::LinkState};
use hypo_store::{plans, services};

use super::{Component, Drift, EntryPoint, Event, Link, Live, Pod, Volume, document, visible, visible_many};
use crate::{
    App, Ctx, Result,
    clusters::{ClusterNames, cluster_names},
    permit::{Permit, may},
};

/// What is known of services now, from memory.
///
/// # Errors
/// Those of the store.
pub async fn live(app: &App, ctx: &Ctx, _: Permit<may::Read>, ids: &[ServiceId]) -> Result<HashMap<ServiceId, Live>> {
    let names = cluster_names(app).await?;
    let found = visible_many(app, ctx, ids).await?.into_iter().map(|(id, document)| {
        let live = match app.orchestrator().live().service(id) {
            Some(view) => of(&view, &names),
            None => Live { message: unseen(&document.state).to_owned(), ..Live::default() },
        };
        (id, live)
    });
    Ok(found.collect())
}

/// Fields of a service that are not as planned, longest first.
///
/// # Errors
/// Those of the store.
pub async fn drift(app: &App, ctx: &Ctx, _: Permit<may::Read>, id: ServiceId) -> Result<Vec<Drift>> {
    let Some(document) = visible(app, ctx, id).await? else { return Ok(Vec::new()) };
    let rows = services::drift(app.store().read(), document.tenant, id).await?;
    let drift = rows.into_iter().map(|row| Drift {
        cluster: row.cluster,
        object: format!("{}/{}", row.kind, row.name),
        path: row.path,
        expected: row.expected,
        live: row.live,
        since: row.since,
    });
    Ok(drift.collect())
}

fn unseen(state: &str) -> &'static str {
    if state == "terminated" { "The service has ended." } else { "Nothing was observed yet." }
}

fn of(view: &ServiceView, names: &ClusterNames) -> Live {
    Live {
        health: view.health,
        message: view.message.clone(),
        components: components(view),
        entry_points: entry_points(view),
        volumes: view
            .claims
            .iter()
            .map(|claim| Volume {
                cluster: claim.cluster,
                component: claim.component.clone(),
                claim: claim.claim.clone(),
                bytes: claim.bytes,
                bound: claim.bound,
            })
            .collect(),
        events: events(view, names),
    }
}

fn entry_points(view: &ServiceView) -> Vec<EntryPoint> {
    let point = |cluster: ClusterId, point: &hypo_model::entry::EntryPoint| EntryPoint {
        component: point.component.clone(),
        cluster,
        url: point.address.clone(),
        kind: point.kind.clone(),
    };
    let all = view.entry_points.iter().flat_map(|(cluster, points)| points.iter().map(|found| point(*cluster, found)));
    all.filter(|point| !point.url.is_empty()).collect()
}

/// Components of a view.
pub(crate) fn components(view: &ServiceView) -> Vec<Component> {
    view.components.iter().map(component).collect()
}

fn component(view: &ComponentView) -> Component {
    Component {
        name: view.component.clone(),
        kind: view.kind.clone(),
        cluster: view.cluster,
        health: view.health,
        message: view.message.clone(),
        ready: view.ready,
        desired: view.desired,
        restarts: view.restarts,
        images: view.images.clone(),
        pods: view
            .pods
            .iter()
            .map(|pod| Pod {
                name: pod.name.clone(),
                phase: pod.phase.clone(),
                ready: pod.ready,
                restarts: pod.restarts,
                node: pod.node.clone().unwrap_or_default(),
                simulated: pod.simulated,
                started_at: pod.started_at,
            })
            .collect(),
        cause: view.cause.clone().map(Into::into),
        observed_at: view.observed_at,
    }
}

/// Events of a view, newest first.
pub(crate) fn events(view: &ServiceView, names: &ClusterNames) -> Vec<Event> {
    let event = |event: &EventView| Event {
        at: event.at,
        cluster: names.name(event.cluster),
        object: event.object.clone(),
        kind: event.kind.clone(),
        reason: event.reason.clone(),
        message: event.message.clone(),
        count: event.count,
    };
    view.events.iter().map(event).collect()
}

/// The links of the plan a service runs on. Nothing proves them yet, so none is up.
///
/// # Errors
/// Those of the store.
pub async fn links(app: &App, ctx: &Ctx, _: Permit<may::Read>, id: ServiceId) -> Result<Vec<Link>> {
    let document = visible(app, ctx, id).await?.filter(|document| document.state != "terminated");
    let Some((tenant, Some(plan))) = document.map(|document| (document.tenant, document::plan(&document.doc))) else {
        return Ok(Vec::new());
    };
    let Some(plan) = plans::find(app.store().read(), tenant, plan).await? else { return Ok(Vec::new()) };
    let link = |link: LinkPlan| Link {
        from: link.from,
        from_cluster: link.from_cluster,
        to: link.to,
        to_cluster: link.to_cluster,
        service: link.service,
        port: link.port,
        state: LinkState::Unverified,
        provider: link.provider,
    };
    Ok(plan.body.links.into_iter().map(link).collect())
}
