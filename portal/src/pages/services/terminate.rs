//! Ending a service: its own plan, volume by volume. Volumes are kept unless their name is typed.

use leptos::prelude::*;
use uuid::Uuid;

use super::fate::Fate;
use crate::{
    api::{
        ApiError,
        ops::{self, TerminateServiceInput, TerminationPlan},
    },
    state::{fetch::fetch, place::Place},
    ui::panel::{Panel, notice},
    widgets::{
        act::{Act, deed, fault_notice},
        head::PageHead,
        words::Said,
    },
};

pub fn page(id: Uuid) -> AnyView {
    let plan = fetch(move || ops::Termination { service_id: id });
    let service = fetch(move || ops::ServiceDetail { id });
    let title = Signal::derive(move || {
        service.ok().flatten().map_or_else(|| "Terminate".to_owned(), |it| format!("Terminate {}", it.name))
    });
    let fate = Fate::default();
    html! {
        <PageHead title=title lead="This is what ending the service will do. Volumes are kept unless you say otherwise." />
        {plan.show(move |plan| body(id, &plan, fate))}
    }
    .into_any()
}

fn body(id: Uuid, plan: &TerminationPlan, fate: Fate) -> AnyView {
    let dependants = (!plan.dependants.is_empty()).then(|| {
        notice("warn", "Others depend on this service", html! { <p>{plan.dependants.join(", ")}</p> }.into_any())
    });
    let rows = fate.rows(&plan.volumes);
    let volumes = (!plan.volumes.is_empty()).then(|| html! { <Panel title="Volumes with data">{rows}</Panel> });
    html! {
        {dependants}
        <div class="split">
            <div class="stack">{volumes}{objects(plan)}</div>
            {confirm(id, fate)}
        </div>
    }
    .into_any()
}

fn objects(plan: &TerminationPlan) -> AnyView {
    let rows: Vec<_> = plan
        .objects
        .iter()
        .map(|it| {
            html! { <tr><td>{it.change.badge()}</td><td><span class="strong">{it.kind.clone()}</span>" "<span class="mono">{it.name.clone()}</span><span class="sub">{it.namespace.clone()}</span></td><td class="nowrap">{it.cluster.name.clone()}</td><td class="wide">{it.note.clone()}</td></tr> }
        })
        .collect();
    html! {
        <Panel title=format!("Objects ({})", rows.len()) bare=true>
            <div class="table-scroll" tabindex="0" role="region" aria-label="Objects"><table class="grid">
                <thead><tr><th>"Change"</th><th>"Object"</th><th>"Cluster"</th><th class="wide">"Note"</th></tr></thead><tbody>{rows}</tbody></table></div>
        </Panel>
    }
    .into_any()
}

fn confirm(id: Uuid, fate: Fate) -> AnyView {
    let fault = RwSignal::new(None::<ApiError>);
    let place = Place::here();
    let unsure = Signal::derive(move || fate.unsure());
    let make = move || {
        let input = TerminateServiceInput { service_id: id, delete_volumes: fate.delete(), on_failure: None };
        Some(deed(ops::TerminateService { input }, move |order| place.go(&format!("/orders/{}", order.id))))
    };
    let count = move || fate.count();
    html! {
        <Panel title="Terminate">
            <p>{move || match count() {
                0 => "Every volume is kept and listed under Kept volumes.".to_owned(),
                1 => "One volume is deleted, the others are kept.".to_owned(),
                some => format!("{some} volumes are deleted, the others are kept."),
            }}</p>
            {fault_notice(fault)}
            <div class="row">
                <a class="button" href=format!("/services/{id}")>"Back"</a>
                <Act label="Terminate the service" class="danger" deed=make disabled=unsure why=Signal::stored("Type the names of the volumes to delete.".to_owned()) fault=fault />
            </div>
        </Panel>
    }
    .into_any()
}
