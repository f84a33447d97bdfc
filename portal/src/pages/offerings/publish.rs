//! A package becomes an offering: its name, what customers may choose, where it is placed, who says yes.

use leptos::prelude::*;
use serde_json::Value;
use uuid::Uuid;

use super::choices::{self, Row};
use crate::{
    api::{
        ApiError,
        json::Json,
        ops::{self, OfferingApproval, Package, PublishOfferingInput},
    },
    state::{draft, fetch::fetch, place::Place, toasts::Toasts},
    ui::{
        field::{SelectField, TextField},
        panel::{Panel, failure, notice},
    },
    widgets::{
        act::{Act, deed, fault_notice},
        head::PageHead,
    },
};

pub fn page(id: Uuid) -> AnyView {
    let package = fetch(move || ops::PackageDetail { id });
    let title = Signal::derive(move || {
        package.ok().flatten().map_or_else(|| "Publish".to_owned(), |it| format!("Publish {}", it.name))
    });
    html! {
        <PageHead title=title lead="Others order it by a form. They see its name and what they may choose, never the package or the clusters." />
        {package.show(move |it| match it {
            Some(it) => body(&it),
            None => failure("No such package.", "HYP-1012", move || package.reload()),
        })}
    }
    .into_any()
}

fn body(package: &Package) -> AnyView {
    let id = package.id;
    let (name, about) = (RwSignal::new(package.name.clone()), RwSignal::new(String::new()));
    let approval = RwSignal::new("automatic".to_owned());
    let launch = RwSignal::new(true);
    let rows = RwSignal::new(Vec::<Row>::new());
    let fault = RwSignal::new(None::<ApiError>);
    let (place, toasts) = (Place::here(), Toasts::here());
    let draft = draft::draft(id);
    let approvals = [("automatic", "Orders start at once"), ("provider", "I approve each order")];
    let approvals = approvals.map(|(value, words)| (value.to_owned(), words.to_owned())).to_vec();
    let make = move || {
        let choices = match choices::read(&rows.get_untracked()) {
            Ok(choices) => choices,
            Err(text) => {
                fault.set(Some(ApiError::local(text)));
                return None;
            }
        };
        let input = PublishOfferingInput {
            package_id: id,
            name: name.get_untracked().trim().to_owned(),
            description: Some(about.get_untracked()).filter(|text| !text.trim().is_empty()),
            version: None,
            request: draft.with_untracked(|draft| serde_json::to_value(&draft.request).unwrap_or_default()),
            choices: Value::Array(choices),
            approval: OfferingApproval::read(&Value::from(approval.get_untracked())).ok(),
            launch: Some(launch.get_untracked()),
        };
        Some(deed(ops::PublishOffering { input }, move |offering| {
            toasts.done(format!("{} {} is published.", offering.name, offering.version));
            place.go(&format!("/offerings/{}", offering.id));
        }))
    };
    let editor = choices::editor(choices::targets(package), rows);
    let nameless = Signal::derive(move || name.get().trim().is_empty());
    html! {
        <div class="split">
            <div class="stack">
                <Panel title="What customers read">
                    <div class="stack"><TextField label="Name of the offering" value=name hint="The same name again is its next version." />
                    <TextField label="Description" value=about /></div>
                </Panel>
                <Panel title="What customers may choose"><div class="stack">{editor}</div></Panel>
            </div>
            <div class="stack">
                {placement(id, draft)}
                <Panel title="Publish"><div class="stack">
                    {fault_notice(fault)}
                    <SelectField label="Approval" value=approval options=Signal::stored(approvals) />
                    <label class="check"><input type="checkbox" prop:checked=move || launch.get() on:change=move |event| launch.set(event_target_checked(&event)) />"It can be ordered at once"</label>
                    <div class="row"><a class="button" href=format!("/packages/{id}")>"Back"</a>
                        <Act label="Publish it" class="primary" deed=make disabled=nameless why=Signal::stored("Give the offering a name.".to_owned()) fault=fault /></div>
                </div></Panel>
            </div>
        </div>
    }
    .into_any()
}

/// The placement every order of it starts from: the designer's draft of this package.
fn placement(id: Uuid, draft: RwSignal<draft::Draft>) -> AnyView {
    let placed = draft.with_untracked(|draft| draft.request.pins.keys().cloned().collect::<Vec<_>>());
    let words = if placed.is_empty() {
        "The planner places every component anew for each order.".to_owned()
    } else {
        format!("As in the designer: {} stay where you put them, the planner places the rest.", placed.join(", "))
    };
    let link = html! { <a href=format!("/new/{id}/placement")>"Open the placement board"</a> }.into_any();
    html! { <Panel title="Placement">{notice("info", words, link)}</Panel> }.into_any()
}
