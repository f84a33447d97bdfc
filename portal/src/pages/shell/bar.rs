//! The bar: where one is, whether what one sees is live, who one is.

use leptos::prelude::*;

use crate::{
    api::transport::Link,
    routes::Route,
    state::{
        clock::Clock,
        keys::Keys,
        place::Place,
        pulse::Pulse,
        session::{Me, Standing},
        theme::{Theme, ThemeChoice},
    },
    time::length,
    ui::icon::{Icon, icon},
    widgets::words,
};

pub fn bar(rail_open: RwSignal<bool>) -> AnyView {
    let keys = Keys::here();
    html! {
        <header class="bar">
            <button type="button" class="button quiet icon burger" aria-label="Menu" aria-expanded=move || rail_open.get().to_string()
                aria-controls="rail" on:click=move |_| rail_open.update(|open| *open = !*open)>{icon(Icon::Menu)}</button>
            {crumbs()}
            <span class="spacer"></span>
            {live_pill()}
            <button type="button" class="find" on:click=move |_| keys.palette.set(true)>
                {icon(Icon::Search)}<span>"Find anything"</span><kbd>"Ctrl K"</kbd>
            </button>
            {theme_button()}
            {account()}
        </header>
    }
    .into_any()
}

fn crumbs() -> AnyView {
    let place = Place::here();
    let trail = move || {
        let route = place.route();
        let (name, section) = route.section();
        if route == section || matches!(route, Route::NotFound) {
            html! { <span>{name}</span> }.into_any()
        } else {
            html! { <a class="nowrap" href=section.href()>{name}</a><span aria-hidden="true">"/"</span><span>{move || place.title.get()}</span> }.into_any()
        }
    };
    html! { <nav class="crumbs" aria-label="Breadcrumb">{trail}</nav> }.into_any()
}

/// Live, connecting, or stale since when: nothing on the screen is silently old.
fn live_pill() -> AnyView {
    let pulse = Pulse::here();
    let tone = move || match pulse.link.get() {
        Link::Live => "pill tone-ok",
        Link::Off => "pill",
        Link::Connecting | Link::Reconnecting => "pill tone-busy",
    };
    let words = move || match pulse.link.get() {
        Link::Live => "Live".to_owned(),
        Link::Off => "Not live".to_owned(),
        Link::Connecting => "Connecting".to_owned(),
        Link::Reconnecting => {
            let since = pulse.since.get().map(|since| length((Clock::now() - since).max(0.0)));
            format!("Reconnecting, {}", since.unwrap_or_default())
        }
    };
    html! { <span class=tone title="Whether changes reach this page as they happen"><span class="dot"></span>{words}</span> }.into_any()
}

fn theme_button() -> AnyView {
    let choice = ThemeChoice::here();
    let items: Vec<_> = Theme::ALL
        .into_iter()
        .map(|theme| {
            html! {
                <button type="button" role="menuitemradio" aria-checked=move || (choice.get() == theme).to_string()
                    popovertarget="theme-menu" popovertargetaction="hide" on:click=move |_| choice.set(theme)>{theme.label()}</button>
            }
        })
        .collect();
    html! {
        <button type="button" class="button quiet icon" aria-label="Theme" popovertarget="theme-menu">
            {move || icon(if choice.get() == Theme::Dark { Icon::Moon } else { Icon::Sun })}
        </button>
        <div class="menu" id="theme-menu" popover="auto" role="menu" aria-label="Theme">{items}</div>
    }
    .into_any()
}

fn account() -> AnyView {
    let me = Me::here();
    let body = move || match me.standing.get() {
        Standing::In(session) => {
            let name = session.user.display_name.clone();
            let initials: String = name.split_whitespace().filter_map(|word| word.chars().next()).take(2).collect();
            let about = format!("{} · {} · {}", session.user.name, words::role(session.role), session.tenant.name);
            html! {
                <button type="button" class="avatar" aria-label=format!("{initials}: account of {name}") popovertarget="account-menu">{initials.clone()}</button>
                <div class="menu" id="account-menu" popover="auto">
                    <div class="label"><span class="strong">{name}</span><br />{about}</div>
                    <a href="/settings">{icon(Icon::Settings)}"Settings"</a>
                    <button type="button" popovertarget="account-menu" popovertargetaction="hide" on:click=move |_| me.sign_out()>{icon(Icon::Close)}"Sign out"</button>
                </div>
            }
            .into_any()
        }
        _ => ().into_any(),
    };
    body.into_any()
}
