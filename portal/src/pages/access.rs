//! Users of the tenant, and grants between owners.

use hypo_shared::{role::Role, validate};
use leptos::prelude::*;

use crate::{
    api::{
        ApiError,
        json::{Json, Word},
        ops::{self, Action, CreateUserInput, Grant, User},
    },
    state::{
        fetch::{Fetch, fetch_live},
        session::can,
        toasts::Toasts,
    },
    ui::{
        badge::{Tone, badge},
        field::{SelectField, TextField},
        icon::Icon,
        panel::{Panel, empty},
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
        <PageHead title="Users and grants" lead="Who belongs to your tenant, and which clusters you lend to whom." />
        {move || can(Action::ManageGrants).then(grants)}
        {move || can(Action::ManageUsers).then(users)}
        {move || (!can(Action::ManageGrants) && !can(Action::ManageUsers)).then(|| empty(Icon::Users, "Your role manages neither users nor grants.", ().into_any()))}
    }
    .into_any()
}

fn grants() -> AnyView {
    let grants = fetch_live(|| ops::Grants {});
    let rows = move |all: Vec<Grant>| {
        if all.is_empty() {
            return empty(
                Icon::Cluster,
                "Nothing is granted. Without a grant a cluster is offered to nobody else.",
                ().into_any(),
            );
        }
        let rows: Vec<_> = all.iter().map(|it| grant_row(it, grants)).collect();
        html! {
            <div class="table-scroll" tabindex="0" role="region" aria-label="Grants"><table class="grid">
                <thead><tr><th>"Cluster"</th><th>"Owner"</th><th>"Granted to"</th><th>"State"</th><th class="wide">"Since"</th><th class="wide">"Revoked"</th><th><span class="sr">"Actions"</span></th></tr></thead>
                <tbody>{rows}</tbody></table></div>
        }
        .into_any()
    };
    html! {
        <Panel title="Grants" bare=true>
            <div class="body">{new_grant(grants)}</div>
            {grants.show(rows)}
        </Panel>
    }
    .into_any()
}

fn new_grant(grants: Fetch<Vec<Grant>>) -> AnyView {
    let clusters = fetch_live(|| ops::Clusters {});
    let tenants = fetch_live(|| ops::Tenants {});
    let cluster = RwSignal::new(String::new());
    let tenant = RwSignal::new(String::new());
    let fault = RwSignal::new(None::<ApiError>);
    let clusters = Signal::derive(move || {
        let own = clusters.ok().unwrap_or_default().into_iter().filter(|it| it.own);
        own.map(|it| (it.id.to_string(), it.name)).collect::<Vec<_>>()
    });
    let tenants = Signal::derive(move || {
        tenants.ok().unwrap_or_default().into_iter().map(|it| (it.id.to_string(), it.name)).collect::<Vec<_>>()
    });
    let make = move || {
        let (cluster_id, tenant_id) = (cluster.get_untracked().parse().ok()?, tenant.get_untracked().parse().ok()?);
        Some(deed(ops::CreateGrant { cluster_id, tenant_id }, move |_| grants.reload()))
    };
    html! {
        {fault_notice(fault)}
        <div class="edge-form">
            <SelectField label="Cluster" value=cluster options=clusters />
            <SelectField label="Grant it to" value=tenant options=tenants />
            <div class="form-act"><Act label="Grant" class="primary" deed=make fault=fault /></div>
        </div>
        <p class="small soft">"The grantee sees facts, never credentials. Revoking stops new orders and marks running ones."</p>
    }
    .into_any()
}

fn grant_row(it: &Grant, grants: Fetch<Vec<Grant>>) -> AnyView {
    let id = it.id;
    let state = if it.revoked_at.is_none() { badge(Tone::Ok, "Valid") } else { badge(Tone::Off, "Revoked") };
    let revoke = it.revoked_at.is_none().then(|| {
        html! { <Act label="Revoke" class="danger tiny" plain=true deed=move || Some(deed(ops::RevokeGrant { id }, move |_| grants.reload())) /> }
    });
    let cluster = it
        .cluster
        .as_ref()
        .map(|it| html! { <a class="lead" href=format!("/clusters/{}", it.id)>{it.name.clone()}</a> });
    html! {
        <tr><td>{cluster}</td><td>{it.owner.name.clone()}</td><td>{it.grantee.name.clone()}</td><td>{state}</td>
            <td class="wide">{when(it.created_at)}</td><td class="wide">{when_known(it.revoked_at)}</td><td class="num">{revoke}</td></tr>
    }
    .into_any()
}

fn users() -> AnyView {
    let users = fetch_live(|| ops::Users {});
    let rows = move |all: Vec<User>| {
        let rows: Vec<_> = all.iter().map(|it| user_row(it, users)).collect();
        html! {
            <div class="table-scroll" tabindex="0" role="region" aria-label="Users"><table class="grid">
                <thead><tr><th>"User"</th><th>"Role"</th><th>"State"</th><th class="wide">"Tenant"</th><th class="wide">"Since"</th><th><span class="sr">"Actions"</span></th></tr></thead>
                <tbody>{rows}</tbody></table></div>
        }
        .into_any()
    };
    html! { <Panel title="Users" bare=true><div class="body">{new_user(users)}</div>{users.show(rows)}</Panel> }
        .into_any()
}

fn new_user(users: Fetch<Vec<User>>) -> AnyView {
    let text = || RwSignal::new(String::new());
    let (name, display, password) = (text(), text(), text());
    let (name_fault, display_fault, password_fault) = (text(), text(), text());
    let role = RwSignal::new(Role::Viewer.word().to_owned());
    let tenant = text();
    let fault = RwSignal::new(None::<ApiError>);
    let toasts = Toasts::here();
    let tenants = fetch_live(|| ops::Tenants {});
    let tenants = Signal::derive(move || {
        let all = tenants.ok().unwrap_or_default().into_iter().map(|it| (it.id.to_string(), it.name));
        std::iter::once((String::new(), "My tenant".to_owned())).chain(all).collect::<Vec<_>>()
    });
    let roles: Vec<(String, String)> =
        Role::ALL.into_iter().map(|role| (role.word().to_owned(), words::role(role).to_owned())).collect();
    let make = move || {
        let said = |signal: RwSignal<String>, wrong: Vec<validate::Violation>| {
            signal.set(wrong.first().map(|it| it.text.clone()).unwrap_or_default());
            wrong.is_empty()
        };
        let fine = [
            said(name_fault, validate::user_name("name", &name.get_untracked())),
            said(display_fault, validate::display_name("displayName", &display.get_untracked())),
            said(password_fault, validate::password("password", &password.get_untracked())),
        ];
        if fine.contains(&false) {
            return None;
        }
        let input = CreateUserInput {
            name: name.get_untracked(),
            display_name: display.get_untracked(),
            password: password.get_untracked(),
            role: Role::read(&serde_json::Value::from(role.get_untracked())).ok()?,
            tenant_id: tenant.get_untracked().parse().ok(),
        };
        Some(deed(ops::CreateUser { input }, move |user| {
            toasts.done(format!("{} can sign in.", user.name));
            for signal in [name, display, password] {
                signal.set(String::new());
            }
            users.reload();
        }))
    };
    html! {
        <details class="fold"><summary class="strong">"Add a user"</summary>
            <div class="stack">
                {fault_notice(fault)}
                <div class="fields">
                    <TextField label="Sign-in name" value=name fault=name_fault autocomplete="off" />
                    <TextField label="Full name" value=display fault=display_fault />
                    <TextField label="First password" value=password fault=password_fault kind="password" autocomplete="new-password" />
                    <SelectField label="Role" value=role options=Signal::stored(roles) />
                    <SelectField label="Tenant" value=tenant options=tenants />
                </div>
                <div><Act label="Add the user" class="primary" deed=make fault=fault plain=true /></div>
            </div>
        </details>
    }
    .into_any()
}

fn user_row(it: &User, users: Fetch<Vec<User>>) -> AnyView {
    let id = it.id;
    let state = if it.disabled { badge(Tone::Off, "Disabled") } else { badge(Tone::Ok, "Active") };
    let disable = (!it.disabled).then(|| {
        html! { <Act label="Disable" class="danger tiny" plain=true deed=move || Some(deed(ops::DisableUser { id }, move |_| users.reload())) /> }
    });
    html! {
        <tr><td><span class="strong">{it.display_name.clone()}</span><span class="sub mono">{it.name.clone()}</span></td><td>{words::role(it.role)}</td><td>{state}</td>
            <td class="wide">{it.tenant.name.clone()}</td><td class="wide">{when(it.created_at)}</td><td class="num">{disable}</td></tr>
    }
    .into_any()
}
