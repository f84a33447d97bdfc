//! Ending a service: its own plan, volume by volume. Volumes are kept unless their name is typed.

use std::collections::BTreeMap;

use leptos::prelude::*;
use uuid::Uuid;

use crate::{
    api::{
        ApiError,
        ops::{self, DeleteVolumeInput, ServiceVolume, TerminateServiceInput, TerminationPlan},
    },
    state::{fetch::fetch, place::Place},
    ui::{
        field::slug,
        panel::{Panel, notice},
    },
    widgets::{
        act::{Act, deed, fault_notice},
        bytes::bytes,
        head::PageHead,
        words::Said,
    },
};

/// What is typed per volume; the volume goes only where the text is its name.
type Typed = RwSignal<BTreeMap<(Uuid, String), Option<String>>>;

pub fn page(id: Uuid) -> AnyView {
    let plan = fetch(move || ops::Termination { service_id: id });
    let service = fetch(move || ops::ServiceDetail { id });
    let title = Signal::derive(move || {
        service.ok().flatten().map_or_else(|| "Terminate".to_owned(), |it| format!("Terminate {}", it.name))
    });
    let typed: Typed = RwSignal::new(BTreeMap::new());
    html! {
        <PageHead title=title lead="This is what ending the service will do. Volumes are kept unless you say otherwise." />
        {plan.show(move |plan| body(id, &plan, typed))}
    }
    .into_any()
}

fn body(id: Uuid, plan: &TerminationPlan, typed: Typed) -> AnyView {
    let dependants = (!plan.dependants.is_empty()).then(|| {
        notice("warn", "Others depend on this service", html! { <p>{plan.dependants.join(", ")}</p> }.into_any())
    });
    let volumes: Vec<_> = plan.volumes.iter().map(|it| volume(it, typed)).collect();
    let volumes = (!volumes.is_empty())
        .then(|| html! { <Panel title="Volumes with data"><ul role="list" class="stack">{volumes}</ul></Panel> });
    html! {
        {dependants}
        <div class="split">
            <div class="stack">{volumes}{objects(plan)}</div>
            {confirm(id, typed)}
        </div>
    }
    .into_any()
}

fn volume(it: &ServiceVolume, typed: Typed) -> AnyView {
    let key = (it.cluster.id, it.claim.clone());
    let (kept, gone, input, read, state) = (key.clone(), key.clone(), key.clone(), key.clone(), key.clone());
    let claim = it.claim.clone();
    let label = format!("Type {claim} to delete it");
    let name = format!("volume-{}-{}", slug(&claim), it.cluster.id);
    let field = format!("{name}-text");
    let deleting = Memo::new(move |_| typed.with(|typed| matches!(typed.get(&state), Some(Some(_)))));
    html! {
        <li class="volume">
            <div><span class="strong">{claim.clone()}</span><span class="soft small">{format!(" {} · {} on {}", bytes(it.bytes), it.component, it.cluster.name)}</span></div>
            <fieldset class="row"><legend class="sr">{format!("What happens to {claim}")}</legend>
                <label class="check"><input type="radio" name=name.clone() prop:checked=move || !deleting.get()
                    on:change=move |_| typed.update(|typed| { typed.insert(kept.clone(), None); }) />"Keep"</label>
                <label class="check"><input type="radio" name=name.clone() prop:checked=move || deleting.get()
                    on:change=move |_| typed.update(|typed| { typed.insert(gone.clone(), Some(String::new())); }) />"Delete"</label>
            </fieldset>
            {move || deleting.get().then(|| {
                let (input, read) = (input.clone(), read.clone());
                html! {
                    <div class="field"><label for=field.clone()>{label.clone()}</label>
                        <input class="input" id=field.clone() type="text" autocomplete="off"
                            prop:value=move || typed.with(|typed| typed.get(&read).cloned().flatten().unwrap_or_default())
                            on:input=move |event| { let text = event_target_value(&event); typed.update(|typed| { typed.insert(input.clone(), Some(text)); }) } />
                        <span class="hint">"Deleted data cannot be brought back."</span></div>
                }
            })}
        </li>
    }
    .into_any()
}

fn objects(plan: &TerminationPlan) -> AnyView {
    let rows: Vec<_> = plan
        .objects
        .iter()
        .map(|it| {
            html! { <tr><td>{it.change.badge()}</td><td>{it.kind.clone()}</td><td class="mono">{it.name.clone()}<span class="sub">{it.namespace.clone()}</span></td><td>{it.cluster.name.clone()}</td><td class="wide">{it.note.clone()}</td></tr> }
        })
        .collect();
    html! {
        <Panel title=format!("Objects ({})", rows.len()) bare=true>
            <div class="table-scroll" tabindex="0" role="region" aria-label="Objects"><table class="grid">
                <thead><tr><th>"Change"</th><th>"Kind"</th><th>"Name"</th><th>"Cluster"</th><th class="wide">"Note"</th></tr></thead><tbody>{rows}</tbody></table></div>
        </Panel>
    }
    .into_any()
}

fn confirm(id: Uuid, typed: Typed) -> AnyView {
    let fault = RwSignal::new(None::<ApiError>);
    let place = Place::here();
    let doomed = move || {
        typed.with(|typed| {
            typed
                .iter()
                .filter_map(|((cluster, claim), text)| {
                    text.as_ref().map(|text| (*cluster, claim.clone(), text.clone()))
                })
                .collect::<Vec<_>>()
        })
    };
    let unsure = Signal::derive(move || doomed().iter().any(|(_, claim, text)| claim != text));
    let make = move || {
        let list: Vec<DeleteVolumeInput> =
            doomed().into_iter().map(|(cluster_id, claim, _)| DeleteVolumeInput { cluster_id, claim }).collect();
        let input = TerminateServiceInput {
            service_id: id,
            delete_volumes: (!list.is_empty()).then_some(list),
            on_failure: None,
        };
        Some(deed(ops::TerminateService { input }, move |order| place.go(&format!("/orders/{}", order.id))))
    };
    let count = move || doomed().len();
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
