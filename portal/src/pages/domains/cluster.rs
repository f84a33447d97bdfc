//! One cluster: its facts with the time of the probe.

use leptos::prelude::*;
use uuid::Uuid;

use super::list::{flavour, meter};
use crate::{
    api::ops::{self, Action, Cluster},
    state::{fetch::fetch_live, place::Place, session::can, toasts::Toasts},
    ui::{
        dialog::Dialog,
        panel::{Panel, failure, notice},
    },
    widgets::{
        act::{Act, deed},
        bytes::bytes,
        head::PageHead,
        time::when_known,
        words::Said,
    },
};

pub fn page(id: Uuid) -> AnyView {
    let cluster = fetch_live(move || ops::ClusterDetail { id });
    let title = Signal::derive(move || cluster.ok().flatten().map_or_else(|| "Cluster".to_owned(), |it| it.name));
    let badges = (move || cluster.ok().flatten().map(|it| it.status.badge())).into_any();
    let removing = RwSignal::new(false);
    let (place, toasts) = (Place::here(), Toasts::here());
    let may = Memo::new(move |_| cluster.ok().flatten().is_some_and(|it| it.own) && can(Action::ManageClusters));
    let actions = (move || {
        may.get().then(|| {
            html! {
                <Act label="Probe now" deed=move || Some(deed(ops::ProbeCluster { id }, move |it| { toasts.done(format!("{} answered: {}.", it.name, it.status.said())); cluster.reload(); })) />
                <button type="button" class="button danger" on:click=move |_| removing.set(true)>"Remove…"</button>
            }
        })
    })
    .into_any();
    html! {
        <PageHead title=title badges=badges actions=actions />
        {cluster.show(move |it| match it {
            Some(it) => facts(&it),
            None => failure("No such cluster, or its owner has not granted it.", "HYP-4001", move || cluster.reload()),
        })}
        <Dialog title="Remove the cluster" open=removing>
            <p>"HypO forgets the cluster and its credentials. What runs on it stays there; end its services first."</p>
            <footer><button type="button" class="button" autofocus on:click=move |_| removing.set(false)>"Cancel"</button>
                <Act label="Remove the cluster" class="danger" deed=move || Some(deed(ops::RemoveCluster { id }, move |_| place.go("/domains"))) /></footer>
        </Dialog>
    }
    .into_any()
}

fn yes(on: bool) -> &'static str {
    if on { "Yes" } else { "No" }
}

fn facts(it: &Cluster) -> AnyView {
    let reason = it.status_reason.clone().map(|text| notice("bad", text, ().into_any()));
    let labels: Vec<_> = it
        .labels
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, value)| html! { <span class="chip">{format!("{key}={}", value.as_str().map_or_else(|| value.to_string(), str::to_owned))}</span> })
        .collect();
    let list = |all: &[String]| if all.is_empty() { "none".to_owned() } else { all.join(", ") };
    let (cpu, memory) = (
        meter(
            "CPU",
            it.cpu_used_millis as f64,
            it.cpu_millis as f64,
            &format!("{} of {} m", it.cpu_used_millis, it.cpu_millis),
        ),
        meter(
            "Memory",
            it.memory_used_bytes,
            it.memory_bytes,
            &format!("{} of {}", bytes(it.memory_used_bytes), bytes(it.memory_bytes)),
        ),
    );
    let (storage, ingress, archs) = (list(&it.storage_classes), list(&it.ingress_classes), list(&it.architectures));
    let it = it.clone();
    html! {
        {reason}
        <Panel title="Capacity"><div class="fields">{cpu}{memory}</div></Panel>
        <Panel title="Facts">
            <dl class="facts">
                <div><dt>"Domain"</dt><dd>{it.domain.name.clone()}</dd></div>
                <div><dt>"Owner"</dt><dd>{it.owner.name.clone()}</dd></div>
                <div><dt>"Country"</dt><dd>{it.country.clone()}</dd></div>
                <div><dt>"Flavour"</dt><dd>{flavour(it.flavour)}</dd></div>
                <div><dt>"Version"</dt><dd>{it.version.clone()}</dd></div>
                <div><dt>"Nodes"</dt><dd>{it.nodes}</dd></div>
                <div><dt>"Architectures"</dt><dd>{archs}</dd></div>
                <div><dt>"Storage classes"</dt><dd>{storage}</dd></div>
                <div><dt>"Ingress classes"</dt><dd>{ingress}</dd></div>
                <div><dt>"Pod Security"</dt><dd>{it.pod_security.clone()}</dd></div>
                <div><dt>"Load balancers"</dt><dd>{yes(it.load_balancer)}</dd></div>
                <div><dt>"Metrics API"</dt><dd>{yes(it.metrics)}</dd></div>
                <div><dt>"Probed"</dt><dd>{when_known(it.probed_at)}</dd></div>
                <div><dt>"Id"</dt><dd><code>{it.id.to_string()}</code></dd></div>
            </dl>
            <div class="row">{labels}</div>
        </Panel>
    }
    .into_any()
}
