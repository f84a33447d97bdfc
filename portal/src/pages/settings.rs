//! One's own things: look, keyboard, tokens, password.

use hypo_shared::{role::Role, validate};
use leptos::prelude::*;

use crate::{
    api::{
        ApiError,
        json::{Json, Word},
        ops::{self, Action, CreateTokenInput, NewToken, Token},
    },
    state::{
        clock,
        fetch::{Fetch, fetch},
        keys::Keys,
        session::{Me, Standing, can},
        theme::{Theme, ThemeChoice},
        toasts::Toasts,
    },
    ui::{
        badge::{Tone, badge},
        code::code,
        field::{SelectField, TextField},
        panel::{Panel, notice},
    },
    widgets::{
        act::{Act, deed, fault_notice},
        head::PageHead,
        time::{when, when_known},
        words,
    },
};

pub fn page() -> AnyView {
    html! {
        <PageHead title="Settings" />
        {appearance()}
        {move || can(Action::ManageTokens).then(tokens)}
        {password()}
    }
    .into_any()
}

fn appearance() -> AnyView {
    let choice = ThemeChoice::here();
    let keys = Keys::here();
    let themes: Vec<_> = Theme::ALL
        .into_iter()
        .map(|theme| html! { <button type="button" aria-pressed=move || (choice.get() == theme).to_string() on:click=move |_| choice.set(theme)>{theme.label()}</button> })
        .collect();
    html! {
        <Panel title="Look and keyboard">
            <div class="field"><span class="label">"Theme"</span><div><div class="segments" role="group" aria-label="Theme">{themes}</div></div></div>
            <label class="check"><input type="checkbox" prop:checked=move || keys.single.get() on:change=move |event| keys.set_single(event_target_checked(&event)) />"Single-key shortcuts"</label>
        </Panel>
    }
    .into_any()
}

/// Roles a token of this person may have: their own and those below it.
fn roles(own: Role) -> Vec<(String, String)> {
    let below = |role: &Role| own == Role::Admin || *role == own || *role == Role::Viewer;
    Role::ALL.into_iter().filter(below).map(|role| (role.word().to_owned(), words::role(role).to_owned())).collect()
}

fn tokens() -> AnyView {
    let tokens = fetch(|| ops::Tokens {});
    let fresh = RwSignal::new(None::<NewToken>);
    let shown = move || {
        fresh.get().map(|token| {
            let text = code(token.secret);
            notice("ok", format!("{} is ready. Copy its secret now: it is shown once.", token.token.name), text)
        })
    };
    html! {
        <Panel title="API tokens">
            <p class="soft">"For GraphQL, the TM Forum APIs and the hypo command. A token has a role and an end."</p>
            {shown}
            {new_token(tokens, fresh)}
            {tokens.show(move |all| {
                if all.is_empty() {
                    return html! { <p class="soft">"You have no token."</p> }.into_any();
                }
                let rows: Vec<_> = all.iter().map(|it| token_row(it, tokens)).collect();
                html! {
                    <div class="table-scroll" tabindex="0" role="region" aria-label="Tokens"><table class="grid">
                        <thead><tr><th>"Name"</th><th>"State"</th><th>"Role"</th><th class="wide">"Last used"</th><th>"Ends"</th><th><span class="sr">"Actions"</span></th></tr></thead>
                        <tbody>{rows}</tbody></table></div>
                }.into_any()
            })}
        </Panel>
    }
    .into_any()
}

fn new_token(tokens: Fetch<Vec<Token>>, fresh: RwSignal<Option<NewToken>>) -> AnyView {
    let own = Me::here().standing.with_untracked(|standing| match standing {
        Standing::In(session) => session.role,
        _ => Role::Viewer,
    });
    let name = RwSignal::new(String::new());
    let name_fault = RwSignal::new(String::new());
    let days = RwSignal::new("90".to_owned());
    let role = RwSignal::new(own.word().to_owned());
    let fault = RwSignal::new(None::<ApiError>);
    let lengths = [("7", "7 days"), ("30", "30 days"), ("90", "90 days"), ("365", "One year")];
    let lengths: Vec<(String, String)> =
        lengths.iter().map(|(days, text)| ((*days).to_owned(), (*text).to_owned())).collect();
    let make = move || {
        let wrong = validate::display_name("name", &name.get_untracked());
        name_fault.set(wrong.first().map(|it| it.text.clone()).unwrap_or_default());
        if !wrong.is_empty() {
            return None;
        }
        let role = Role::read(&serde_json::Value::from(role.get_untracked())).ok()?;
        let input = CreateTokenInput { name: name.get_untracked(), role, days: days.get_untracked().parse().ok()? };
        Some(deed(ops::CreateToken { input }, move |token| {
            fresh.set(Some(token));
            name.set(String::new());
            tokens.reload();
        }))
    };
    html! {
        {fault_notice(fault)}
        <div class="edge-form">
            <TextField label="Name of the token" value=name fault=name_fault placeholder="ci" />
            <SelectField label="Role of the token" value=role options=Signal::stored(roles(own)) />
            <SelectField label="Ends after" value=days options=Signal::stored(lengths) />
            <div class="form-act"><Act label="Create token" class="primary" deed=make fault=fault /></div>
        </div>
    }
    .into_any()
}

fn token_row(it: &Token, tokens: Fetch<Vec<Token>>) -> AnyView {
    let id = it.id;
    let state = if it.revoked_at.is_some() {
        badge(Tone::Off, "Revoked")
    } else if it.expires_at.0 < clock::now() {
        badge(Tone::Off, "Ended")
    } else {
        badge(Tone::Ok, "Valid")
    };
    let revoke = it.revoked_at.is_none().then(|| {
        html! { <Act label="Revoke" class="danger tiny" plain=true deed=move || Some(deed(ops::RevokeToken { id }, move |_| tokens.reload())) /> }
    });
    html! {
        <tr><td class="strong">{it.name.clone()}</td><td>{state}</td><td>{words::role(it.role)}</td><td class="wide">{when_known(it.last_used_at)}</td><td>{when(it.expires_at)}</td><td class="num">{revoke}</td></tr>
    }
    .into_any()
}

fn password() -> AnyView {
    let current = RwSignal::new(String::new());
    let new = RwSignal::new(String::new());
    let new_fault = RwSignal::new(String::new());
    let fault = RwSignal::new(None::<ApiError>);
    let toasts = Toasts::here();
    let make = move || {
        let wrong = validate::password("new", &new.get_untracked());
        new_fault.set(wrong.first().map(|it| it.text.clone()).unwrap_or_default());
        wrong.is_empty().then(|| {
            deed(ops::ChangePassword { current: current.get_untracked(), new: new.get_untracked() }, move |_| {
                current.set(String::new());
                new.set(String::new());
                toasts.done("The password is changed.");
            })
        })
    };
    html! {
        <Panel title="Password">
            <form class="form" on:submit=move |event| event.prevent_default()>
                {fault_notice(fault)}
                <TextField label="Current password" value=current kind="password" autocomplete="current-password" />
                <TextField label="New password" value=new fault=new_fault kind="password" autocomplete="new-password" hint="At least 12 characters. A sentence is fine." />
                <div><Act label="Change the password" deed=make fault=fault plain=true /></div>
            </form>
        </Panel>
    }
    .into_any()
}
