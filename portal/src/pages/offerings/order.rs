//! The order form of an offering: a TMF641 service order with what was chosen as characteristics.

use leptos::{prelude::*, task::spawn_local};
use serde_json::{Value, json};

use crate::{
    api::{ApiError, ops::Offering, tmf},
    state::place::Place,
    ui::{
        field::{TextField, slug},
        panel::Panel,
    },
    widgets::{
        act::fault_notice,
        typed::{self, Typed},
    },
};

const ORDERS: &str = "/tmf-api/serviceOrdering/v4/serviceOrder";

/// One choice and what is typed.
#[derive(Clone)]
struct Entry {
    name: String,
    kind: String,
    required: bool,
    /// What the offering begins with; it is not sent.
    before: String,
    text: RwSignal<String>,
}

pub fn panel(offering: &Offering) -> AnyView {
    let name = RwSignal::new(service_name(&offering.name));
    let entries: Vec<Entry> = offering
        .form
        .iter()
        .map(|it| {
            let before = typed::shown(&it.default);
            let (name, kind) = (it.name.clone(), it.kind.clone());
            Entry { name, kind, required: it.required, text: RwSignal::new(before.clone()), before }
        })
        .collect();
    let fields: Vec<_> = offering
        .form
        .iter()
        .zip(&entries)
        .map(|(it, entry)| {
            let shape = Typed {
                id: format!("choice-{}", slug(&it.name)),
                kind: &it.kind,
                allowed: &it.allowed,
                hint: it.description.clone(),
                required: it.required,
            };
            typed::control(shape, it.name.clone().into_any(), entry.text)
        })
        .collect();
    let (fault, busy, place) = (RwSignal::new(None::<ApiError>), RwSignal::new(false), Place::here());
    let id = offering.id;
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        let chosen = match characteristics(&entries) {
            Ok(chosen) => chosen,
            Err(text) => return fault.set(Some(ApiError::local(text))),
        };
        let body = json!({"serviceOrderItem": [{"id": "1", "action": "add", "service": {
            "name": name.get_untracked(), "serviceSpecification": {"id": id}, "serviceCharacteristic": chosen,
        }}]});
        busy.set(true);
        fault.set(None);
        spawn_local(async move {
            let outcome = tmf::create(ORDERS, &body).await;
            let _ = busy.try_set(false);
            match outcome {
                Ok(order) => place.go(&format!("/orders/{}", typed::shown(&order.value["id"]))),
                Err(error) => {
                    let _ = fault.try_set(Some(error));
                }
            }
        });
    };
    html! {
        <Panel title="Order it">
            <form class="stack" on:submit=submit novalidate>
                {fault_notice(fault)}
                <TextField label="Name of the service" value=name hint="Letters, digits and dashes." />
                <div class="fields">{fields}</div>
                <div><button type="submit" class="button primary" aria-busy=move || busy.get().then_some("true")>"Place the order"</button></div>
            </form>
        </Panel>
    }
    .into_any()
}

/// A name for the service, from the offering's.
fn service_name(offering: &str) -> String {
    let clean = slug(offering);
    let short: String = clean.trim_matches('-').chars().take(40).collect();
    short.trim_end_matches('-').to_owned()
}

/// What differs from the offering's own values.
fn characteristics(entries: &[Entry]) -> Result<Vec<Value>, String> {
    let mut all = Vec::new();
    for entry in entries {
        let text = entry.text.get_untracked();
        if text.is_empty() && entry.required {
            return Err(format!("Choose {}.", entry.name));
        }
        if text != entry.before {
            all.push(json!({"name": entry.name, "value": typed::read(&entry.name, &entry.kind, &text)?}));
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_chosen_is_sent() {
        Owner::new().with(|| {
            let entry = |name: &str, kind: &str, before: &str, text: &str, required| Entry {
                name: name.into(),
                kind: kind.into(),
                required,
                before: before.into(),
                text: RwSignal::new(text.to_owned()),
            };
            let entries =
                [entry("size", "text", "small", "small", false), entry("replicas", "integer", "1", "3", false)];
            assert_eq!(characteristics(&entries), Ok(vec![json!({"name": "replicas", "value": 3})]));
            assert!(characteristics(&[entry("title", "text", "", "", true)]).is_err());
        });
    }

    #[test]
    fn services_are_named_after_the_offering() {
        assert_eq!(service_name("Web shop (large)"), "web-shop--large");
    }
}
