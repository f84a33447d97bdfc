//! Contexts and the gate: nobody signed in sees the sign-in page at whatever address they came for.

use leptos::prelude::*;

use crate::{
    pages::{session, shell},
    state::{
        clock::Clock,
        keys::Keys,
        place::Place,
        pulse::Pulse,
        session::{Me, Standing},
        theme::ThemeChoice,
        toasts::Toasts,
    },
    widgets::snippet::Snippets,
};

pub fn app() -> impl IntoView {
    Place::provide();
    ThemeChoice::provide();
    Clock::provide();
    Toasts::provide();
    Pulse::provide();
    Keys::provide();
    Snippets::provide();
    let me = Me::provide();
    // The whole shell is made once per person: a refreshed session changes it, a tick of the clock does not.
    let gate = Memo::new(move |_| match me.standing.get() {
        Standing::In(session) => Gate::In(session.user.id),
        Standing::Out => Gate::Out,
        Standing::Unknown => Gate::Wait,
        Standing::Unreachable(message) => Gate::Unreachable(message),
    });
    html! {
        {move || match gate.get() {
            Gate::In(_) => shell::shell(),
            Gate::Out => session::sign_in_page(),
            Gate::Wait => ().into_any(),
            Gate::Unreachable(message) => session::unreachable_page(&message),
        }}
        {shell::toasts()}
    }
}

#[derive(Clone, PartialEq)]
enum Gate {
    Wait,
    Out,
    In(uuid::Uuid),
    Unreachable(String),
}
