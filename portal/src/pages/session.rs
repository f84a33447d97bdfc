//! Signing in: as a page, and in place when a session ends under an open page.

use hypo_shared::validate;
use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::{ApiError, client},
    state::session::Me,
    ui::{dialog::Dialog, field::TextField, icon::logo},
    widgets::act::fault_notice,
};

pub fn sign_in_page() -> AnyView {
    document().set_title("Sign in · HypO");
    html! {
        <main class="gate">
            <div class="gate-card">
                <div class="brand">{logo()}<b>"HypO"</b></div>
                <h1>"Sign in"</h1>
                <p class="soft">"One order, the clusters of several owners."</p>
                {form()}
                <p class="small muted">"First time here? "<code>"make run"</code>" prints a one-time link that signs you in without a password."</p>
            </div>
        </main>
    }
    .into_any()
}

/// Over the page whose session ended; what is typed there stays.
pub fn sign_in_again(me: Me) -> AnyView {
    html! {
        <Dialog title="Your session has ended" open=me.expired locked=true>
            <p class="soft">"Sign in again to go on where you are. Nothing on this page is lost."</p>
            {form()}
        </Dialog>
    }
    .into_any()
}

pub fn unreachable_page(message: &str) -> AnyView {
    let me = Me::here();
    html! {
        <main class="gate"><div class="gate-card"><h1>"The server does not answer"</h1><p>{message.to_owned()}</p>
            <button type="button" class="button primary" on:click=move |_| me.refresh()>"Try again"</button></div></main>
    }
    .into_any()
}

fn form() -> AnyView {
    let me = Me::here();
    let name = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let name_fault = RwSignal::new(String::new());
    let password_fault = RwSignal::new(String::new());
    let fault = RwSignal::new(None::<ApiError>);
    let busy = RwSignal::new(false);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let wrong = validate::user_name("name", &name.get_untracked());
        name_fault.set(wrong.first().map(|it| it.text.clone()).unwrap_or_default());
        password_fault.set(if password.with_untracked(String::is_empty) {
            "Give your password.".into()
        } else {
            String::new()
        });
        if !wrong.is_empty() || password.with_untracked(String::is_empty) || busy.get_untracked() {
            return;
        }
        busy.set(true);
        fault.set(None);
        let (user, secret) = (name.get_untracked(), password.get_untracked());
        spawn_local(async move {
            let outcome = client::sign_in(&user, &secret).await;
            let _ = busy.try_set(false);
            match outcome {
                Ok(()) => me.refresh(),
                Err(error) => {
                    let _ = fault.try_set(Some(error));
                }
            }
        });
    };
    html! {
        <form class="form" on:submit=submit novalidate>
            {fault_notice(fault)}
            <TextField label="Name" value=name fault=name_fault autocomplete="username" autofocus=true />
            <TextField label="Password" value=password fault=password_fault kind="password" autocomplete="current-password" />
            <button type="submit" class="button primary" aria-busy=move || busy.get().then_some("true")>"Sign in"</button>
        </form>
    }
    .into_any()
}
