//! One service. All tabs share one reading and one health subscription.

use leptos::prelude::*;
use uuid::Uuid;

use super::{actions, charts, logs, objects, overview, topology};
use crate::{
    api::{
        live::{self, Lane},
        ops::{self, FrameKind, Service},
    },
    routes::{Route, ServiceTab},
    state::{fetch::fetch_live, place::Place},
    ui::panel::{Panel, failure},
    widgets::{head::PageHead, lists, words::Said},
};

pub fn page(id: Uuid) -> AnyView {
    let read = fetch_live(move || ops::ServiceDetail { id });
    let service = RwSignal::new(None::<Service>);
    Effect::new(move |_| {
        if let Some(found) = read.ok().flatten() {
            service.set(Some(found));
        }
    });
    live::subscribe(Lane::Live, &ops::ServiceHealth { id, resume: None }, move |frame| {
        let Ok(frame) = frame else { return };
        if frame.kind != FrameKind::Heartbeat {
            let _ = service.try_update(|service| service.as_mut().map(|service| take(service, frame)));
        }
    });
    let place = Place::here();
    let tab = Memo::new(move |_| match place.route() {
        Route::Service { tab, .. } => tab,
        _ => ServiceTab::Overview,
    });
    let title = Signal::derive(move || {
        service.with(|service| service.as_ref().map_or_else(|| "Service".to_owned(), |it| it.name.clone()))
    });
    let badges =
        (move || service.with(|service| service.as_ref().map(|it| html! { {it.health.badge()}{it.state.badge()} })))
            .into_any();
    let there = Memo::new(move |_| service.with(Option::is_some));
    html! {
        <PageHead title=title badges=badges actions=actions::bar(id, service) />
        {tabs(id, tab)}
        {move || if there.get() {
            match tab.get() {
                ServiceTab::Overview => overview::tab(service),
                ServiceTab::Topology => topology::tab(service),
                ServiceTab::Charts => charts::tab(id),
                ServiceTab::Logs => logs::tab(id, service),
                ServiceTab::Events => events(service),
                ServiceTab::Objects => objects::tab(id),
            }
        } else {
            read.show(move |it| match it {
                Some(_) => ().into_any(),
                None => failure("No such service.", "HYP-3003", move || read.reload()),
            })
        }}
    }
    .into_any()
}

/// Health comes faster than the rest.
fn take(service: &mut Service, frame: ops::HealthFrame) {
    service.health = frame.health;
    service.health_message = frame.health_message;
    if matches!(frame.kind, FrameKind::Snapshot | FrameKind::Reset) {
        service.components = frame.components;
    } else {
        for fresh in frame.components {
            match service.components.iter_mut().find(|it| it.name == fresh.name && it.cluster.id == fresh.cluster.id) {
                Some(old) => *old = fresh,
                None => service.components.push(fresh),
            }
        }
    }
    for event in frame.events {
        service.events.retain(|old| {
            !(old.object == event.object
                && old.reason == event.reason
                && old.message == event.message
                && old.cluster == event.cluster)
        });
        service.events.insert(0, event);
    }
    service.events.truncate(500);
}

fn tabs(id: Uuid, tab: Memo<ServiceTab>) -> AnyView {
    let all: Vec<_> = ServiceTab::ALL
        .into_iter()
        .map(|it| {
            let href = Route::Service { id, tab: it }.href();
            html! { <a href=href aria-current=move || (tab.get() == it).then_some("page")>{it.label()}</a> }
        })
        .collect();
    html! { <nav class="tabs" aria-label="Views of the service">{all}</nav> }.into_any()
}

fn events(service: RwSignal<Option<Service>>) -> AnyView {
    let rows = move || {
        let mut events = service.with(|service| service.as_ref().map(|it| it.events.clone()).unwrap_or_default());
        events.sort_by(|a, b| b.at.0.total_cmp(&a.at.0));
        if events.is_empty() {
            crate::ui::panel::empty(
                crate::ui::icon::Icon::Order,
                "The clusters have reported no event for this service.",
                ().into_any(),
            )
        } else {
            lists::events(&events)
        }
    };
    html! { <Panel title="Events of the clusters" bare=true>{rows}</Panel> }.into_any()
}
