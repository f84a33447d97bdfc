//! What is going on, at a glance.

use leptos::prelude::*;

use crate::{
    api::ops::{self, Action},
    state::{fetch::fetch_live, session::can},
    ui::{
        badge::{Tone, shape},
        icon::Icon,
        panel::{Panel, empty},
    },
    widgets::{head::PageHead, lists},
};

pub fn page() -> AnyView {
    let overview = fetch_live(|| ops::OverviewPage {});
    html! {
        <PageHead title="Overview" lead="What runs, what is being ordered and what needs a look." />
        {overview.show(|it| html! { {tiles(&it)}{recent(&it)} }.into_any())}
    }
    .into_any()
}

fn tiles(it: &ops::Overview) -> AnyView {
    let below = |bad: i64, word: &str, fine: &str| {
        if bad > 0 { (Tone::Warn, format!("{bad} {word}")) } else { (Tone::Ok, fine.to_owned()) }
    };
    html! {
        <div class="tiles">
            {tile("/services", "Services", it.services_active, below(it.services_unhealthy, "need a look", "all healthy"))}
            {tile("/orders", "Orders under way", it.orders_running, below(it.orders_held, "held for a person", "none held"))}
            {tile("/domains", "Clusters", it.clusters, below(it.clusters_unreachable, "unreachable", "all reachable"))}
            {tile("/packages", "Packages", it.packages, (Tone::Off, "ready to order".to_owned()))}
        </div>
    }
    .into_any()
}

fn tile(href: &'static str, label: &'static str, figure: i64, below: (Tone, String)) -> AnyView {
    html! {
        <a class="tile" href=href>
            <span class="label">{label}</span><span class="figure">{figure}</span>
            <span class="below">{shape(below.0)}{below.1}</span>
        </a>
    }
    .into_any()
}

fn recent(it: &ops::Overview) -> AnyView {
    let services = if it.services.is_empty() {
        let action = can(Action::CreatePlan)
            .then(|| html! { <a class="button primary" href="/new">"Order the first service"</a> });
        empty(
            Icon::Service,
            "No service runs yet. Bring a Kubernetes package and place it on the clusters you may use.",
            action.into_any(),
        )
    } else {
        lists::services(&it.services)
    };
    let orders = if it.recent_orders.is_empty() {
        empty(Icon::Order, "Nothing has been ordered yet.", ().into_any())
    } else {
        lists::orders(&it.recent_orders)
    };
    let all_services = html! { <a class="small" href="/services">"All services"</a> }.into_any();
    let all_orders = html! { <a class="small" href="/orders">"All orders"</a> }.into_any();
    html! {
        <Panel title="Services" tools=all_services bare=true>{services}</Panel>
        <Panel title="Recent orders" tools=all_orders bare=true>{orders}</Panel>
    }
    .into_any()
}
