//! The rail: where one can go.

use leptos::prelude::*;

use crate::{
    api::ops::Action,
    routes::{Group, Route},
    state::{
        place::Place,
        session::{Me, Standing, can},
    },
    ui::icon::{Icon, icon, logo},
};

pub fn rail(open: RwSignal<bool>) -> AnyView {
    let me = Me::here();
    let foot = move || match me.standing.get() {
        Standing::In(session) => {
            let demo = session.demo.then_some(" · demo");
            html! { <div class="foot">{session.tenant.name.clone()}<br />{format!("HypO {}", session.version)}{demo}</div> }.into_any()
        }
        _ => ().into_any(),
    };
    let new = move || {
        can(Action::CreatePlan).then(|| {
            html! { <a class="button primary" href="/new">{icon(Icon::Plus)}"New service"</a> }
        })
    };
    let access =
        move || (can(Action::ManageUsers) || can(Action::ManageGrants)).then(|| item(Icon::Users, Route::Access));
    let listeners = move || can(Action::ManageHubs).then(|| item(Icon::Open, Route::Listeners));
    let audit = move || can(Action::ReadAudit).then(|| item(Icon::Audit, Route::Audit));
    html! {
        <nav class="rail" id="rail" class:open=move || open.get() aria-label="Main">
            <div class="rail-in">
                <a class="brand" href="/" aria-label="HypO, overview">{logo()}<b>"HypO"</b></a>
                {new}
                {item(Icon::Home, Route::Overview)}
                {item(Icon::Box, Route::Packages)}
                {item(Icon::Offer, Route::Offerings)}
                {item(Icon::Order, Route::Orders)}
                {item(Icon::Service, Route::Services)}
                {item(Icon::Disk, Route::Volumes)}
                <h2>"Records"</h2>
                {Group::ALL.into_iter().map(|group| item(sign(group), Route::Records { group, kind: None, id: None })).collect_view()}
                {listeners}
                <h2>"Places"</h2>
                {item(Icon::Cluster, Route::Domains)}
                {access}
                {audit}
                <h2>"You"</h2>
                {item(Icon::Settings, Route::Settings)}
                {item(Icon::Help, Route::Help)}
                {foot}
            </div>
        </nav>
    }
    .into_any()
}

fn item(sign: Icon, route: Route) -> AnyView {
    let place = Place::here();
    let (label, section) = route.section();
    let href = route.href();
    let current = move || (place.route().section().1 == section).then_some("page");
    html! { <a class="nav" href=href aria-current=current>{icon(sign)}{label}</a> }.into_any()
}

const fn sign(group: Group) -> Icon {
    match group {
        Group::Catalogue => Icon::Audit,
        Group::Products => Icon::Box,
        Group::Resources => Icon::Disk,
        Group::Parties => Icon::Users,
        Group::Locations => Icon::Graph,
        Group::Events => Icon::Alert,
    }
}
