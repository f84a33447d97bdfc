//! The objects as they were applied, as they are now, and the difference.

use leptos::prelude::*;
use uuid::Uuid;

use crate::{
    api::ops::{self, AppliedObject},
    state::{fetch::fetch_live, place::Place},
    ui::{
        badge::{Tone, badge},
        code::{code, diff},
        icon::Icon,
        panel::empty,
    },
    widgets::search::{matching, search_box},
};

pub fn tab(id: Uuid) -> AnyView {
    let read = fetch_live(move || ops::ServiceObjects { id });
    let wanted = search_box("Search objects");
    html! {
        <section class="panel" aria-label="Objects">
            <header>{wanted.view()}<span class="spacer"></span><span class="small muted">"Secret data is shown as digests."</span></header>
            {read.show(move |service| {
                let objects = service.map(|it| it.objects).unwrap_or_default();
                if objects.is_empty() {
                    return empty(Icon::Box, "Nothing is applied.", ().into_any());
                }
                let rows: Vec<_> = objects.iter().filter(|it| matching(&wanted.value(), &[&it.kind, &it.name, &it.cluster.name])).map(row).collect();
                html! { <ul role="list" class="objects">{rows}</ul> }.into_any()
            })}
        </section>
    }
    .into_any()
}

fn row(it: &AppliedObject) -> AnyView {
    let place = Place::here();
    let key = format!("{}/{}/{}", it.cluster.name, it.kind, it.name);
    let state = match &it.live {
        None => badge(Tone::Bad, "Gone"),
        Some(_) => badge(Tone::Ok, "There"),
    };
    // Which object is open is in the address, so that a link leads to it.
    let open = place.query("object").as_deref() == Some(&key);
    let shown = RwSignal::new(open);
    let view = RwSignal::new(0_u8);
    let (applied, live) = (it.applied.clone(), it.live.clone());
    let body = move || {
        shown.get().then(|| {
            let content = match view.get() {
                0 => code(applied.clone()),
                1 => live.clone().map_or_else(|| html! { <p class="soft">"The object is gone."</p> }.into_any(), code),
                _ => diff(&applied, live.as_deref().unwrap_or_default()),
            };
            let button = move |at: u8, label: &'static str| {
                html! { <button type="button" aria-pressed=move || (view.get() == at).to_string() on:click=move |_| view.set(at)>{label}</button> }
            };
            html! {
                <div class="stack-s">
                    <div><span class="segments" role="group" aria-label="Which YAML">{button(0, "Applied")}{button(1, "Live")}{button(2, "Difference")}</span></div>
                    {content}
                </div>
            }
        })
    };
    html! {
        <li>
            <details class="fold" open=open on:toggle=move |event| {
                let now = event_target::<web_sys::Element>(&event).has_attribute("open");
                if now != shown.get_untracked() {
                    shown.set(now);
                    place.set_query("object", if now { &key } else { "" });
                }
            }>
                <summary>{state}<span class="strong">{it.kind.clone()}</span><span class="mono clip">{it.name.clone()}</span><span class="small muted clip">{it.cluster.name.clone()}</span></summary>
                {body}
            </details>
        </li>
    }
    .into_any()
}
