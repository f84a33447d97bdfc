//! Clusters by domain: one's own, and those others have granted.

use leptos::prelude::*;

use crate::{
    api::ops::{self, Action, Cluster, Domain},
    state::{fetch::fetch_live, session::can},
    ui::{
        icon::{Icon, icon},
        panel::empty,
    },
    widgets::{
        bytes::bytes,
        head::PageHead,
        search::{matching, search_box},
        time::when_known,
        words::Said,
    },
};

pub fn page() -> AnyView {
    let domains = fetch_live(|| ops::Domains {});
    let wanted = search_box("Search clusters");
    let add = (move || {
        can(Action::ManageClusters)
            .then(|| html! { <a class="button primary" href="/domains/new">{icon(Icon::Plus)}"Add a cluster"</a> })
    })
    .into_any();
    html! {
        <PageHead title="Domains and clusters" lead="Your own clusters, and those their owners have granted to you." actions=add />
        {domains.show(move |all| {
            if all.is_empty() {
                return empty(Icon::Cluster, "No cluster is offered to you. Add one of your own, or ask an owner for a grant.", ().into_any());
            }
            let body: Vec<_> = all.iter().map(|it| domain(it, &wanted.value())).collect();
            html! { <div class="row">{wanted.view()}</div><div class="domains">{body}</div> }.into_any()
        })}
    }
    .into_any()
}

fn domain(it: &Domain, wanted: &str) -> AnyView {
    let cards: Vec<_> = it
        .clusters
        .iter()
        .filter(|cluster| matching(wanted, &[&cluster.name, &it.name, &cluster.owner.name, &cluster.country]))
        .map(card)
        .collect();
    let nothing = it.clusters.is_empty().then(|| html! { <p class="soft">"No cluster in this domain."</p> });
    html! {
        <section class="stack-s" aria-label=format!("Domain {}", it.name)>
            <div class="row"><h2>{it.name.clone()}</h2>{(!it.country.is_empty()).then(|| html! { <span class="chip">{it.country.clone()}</span> })}<span class="soft small">{it.owner.name.clone()}</span></div>
            {nothing}
            <div class="stack">{cards}</div>
        </section>
    }
    .into_any()
}

fn card(it: &Cluster) -> AnyView {
    let own = it.own.then(|| html! { <span class="chip accent">"yours"</span> });
    html! {
        <article class="panel cluster-card">
            <div class="body">
                <div class="row"><a class="strong lead" href=format!("/clusters/{}", it.id)>{it.name.clone()}</a>{own}<span class="spacer"></span>{it.status.badge()}</div>
                <span class="small soft">{format!("{} {} · {} nodes · {}", flavour(it.flavour), it.version, it.nodes, it.architectures.join(", "))}</span>
                {meter("CPU", it.cpu_used_millis as f64, it.cpu_millis as f64, &format!("{} of {} m", it.cpu_used_millis, it.cpu_millis))}
                {meter("Memory", it.memory_used_bytes, it.memory_bytes, &format!("{} of {}", bytes(it.memory_used_bytes), bytes(it.memory_bytes)))}
                <span class="small muted">"Probed "{when_known(it.probed_at)}</span>
                {it.status_reason.clone().map(|text| html! { <span class="small tone-bad">{text}</span> })}
            </div>
        </article>
    }
    .into_any()
}

/// A bar of what is used.
pub fn meter(label: &'static str, used: f64, of: f64, text: &str) -> AnyView {
    let part = if of > 0.0 { (used / of * 100.0).clamp(0.0, 100.0) } else { 0.0 };
    html! {
        <div class="meter"><span>{format!("{label} {text}")}</span><span class="track"><i style:--part=format!("{part:.0}%")></i></span></div>
    }
    .into_any()
}

pub const fn flavour(flavour: ops::Flavour) -> &'static str {
    use ops::Flavour::*;
    match flavour {
        Vanilla => "Kubernetes",
        K3s => "k3s",
        Microk8s => "MicroK8s",
        OpenShift => "OpenShift",
        Eks => "EKS",
        Gke => "GKE",
        Aks => "AKS",
    }
}
