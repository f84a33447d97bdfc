//! The listeners of the tenant: what waits for each, what was given up, and what can be done about it.

use leptos::prelude::*;

use super::{letters, register};
use crate::{
    api::ops::{self, EventFormat, Hub, HubWithSecret},
    state::{
        fetch::{Fetch, fetch_live},
        toasts::Toasts,
    },
    ui::{
        badge::{Tone, badge},
        code::code,
        icon::Icon,
        panel::{Panel, empty, notice},
    },
    widgets::{
        act::{Act, deed},
        head::PageHead,
        time::when_known,
    },
};

pub fn page() -> AnyView {
    let hubs = fetch_live(|| ops::Hubs {});
    let fresh = RwSignal::new(None::<HubWithSecret>);
    let read = RwSignal::new(None::<Hub>);
    let shown = move || {
        fresh.get().map(|made| {
            let words = format!(
                "Deliveries to {} are signed with this secret. Copy it now: it is shown once.",
                made.hub.callback
            );
            notice("ok", words, code(made.secret))
        })
    };
    html! {
        <PageHead title="Event listeners" lead="Programs that are told of every change, in order, at least once. What they refuse waits; what was given up is kept until it is sent again." />
        {shown}
        <Panel title="Register a listener">{register::form(hubs, fresh)}</Panel>
        <Panel title="Listeners" bare=true>
            {hubs.show(move |all| {
                if all.is_empty() {
                    return empty(Icon::Alert, "Nobody is told of events yet.", ().into_any());
                }
                let rows: Vec<_> = all.iter().map(|it| row(it, hubs, fresh, read)).collect();
                html! {
                    <div class="table-scroll" tabindex="0" role="region" aria-label="Listeners"><table class="grid">
                        <thead><tr><th>"Callback"</th><th>"State"</th><th class="num">"Waiting"</th><th class="num">"Given up"</th><th class="num wide">"Delivered"</th><th class="wide">"Last"</th><th><span class="sr">"Actions"</span></th></tr></thead>
                        <tbody>{rows}</tbody></table></div>
                }
            })}
        </Panel>
        {letters::dialog(read)}
    }
    .into_any()
}

fn state(it: &Hub) -> AnyView {
    match (it.paused, it.error.is_some(), it.dead > 0) {
        (true, ..) => badge(Tone::Off, "Paused"),
        (_, true, _) => badge(Tone::Bad, "Refuses"),
        (.., true) => badge(Tone::Warn, "Gave up some"),
        _ => badge(Tone::Ok, "Listening"),
    }
}

fn row(
    it: &Hub,
    hubs: Fetch<Vec<Hub>>,
    fresh: RwSignal<Option<HubWithSecret>>,
    read: RwSignal<Option<Hub>>,
) -> AnyView {
    let (id, toasts, hub) = (it.id, Toasts::here(), it.clone());
    let about = match &it.query {
        Some(query) => format!("{} · {query}", it.base),
        None => it.base.clone(),
    };
    let format = (it.format == EventFormat::CloudEvents).then_some(" · CloudEvents");
    let turn = if it.paused {
        html! { <Act label="Resume" class="tiny" plain=true deed=move || Some(deed(ops::ResumeHub { id }, move |_| hubs.reload())) /> }
    } else {
        html! { <Act label="Pause" class="tiny" plain=true deed=move || Some(deed(ops::PauseHub { id }, move |_| hubs.reload())) /> }
    };
    let dead = (it.dead > 0).then(|| {
        html! {
            <button type="button" class="button tiny" on:click=move |_| read.set(Some(hub.clone()))>"Read…"</button>
            <Act label="Send again" class="tiny" plain=true deed=move || Some(deed(ops::ReplayHub { id, letter_id: None }, move |count| { toasts.done(format!("{count} events are sent again.")); hubs.reload(); })) />
        }
    });
    let fault = it.error.clone().map(|error| html! { <span class="sub">{error}</span> });
    html! {
        <tr><td><span class="strong">{it.callback.clone()}</span><span class="sub">{about}{format}</span></td><td>{state(it)}{fault}</td>
            <td class="num">{it.waiting}</td><td class="num">{it.dead}</td><td class="num wide">{it.delivered}</td><td class="wide">{when_known(it.delivered_at)}</td>
            <td class="num"><span class="row end">{dead}{turn}
                <Act label="New secret" class="tiny" plain=true deed=move || Some(deed(ops::RotateHubSecret { id }, move |made| fresh.set(Some(made)))) />
                <Act label="Remove" class="danger tiny" plain=true deed=move || Some(deed(ops::RemoveHub { id }, move |_| hubs.reload())) /></span></td></tr>
    }
    .into_any()
}
