//! A new listener: of which API, where to, which events.

use leptos::prelude::*;
use serde_json::Value;

use crate::{
    api::{
        ApiError,
        json::Json,
        ops::{self, EventFormat, Hub, HubWithSecret, RegisterHubInput},
        tmf,
    },
    state::fetch::{Fetch, fetch_by},
    ui::field::{SelectField, TextField},
    widgets::act::{Act, deed, fault_notice},
};

pub fn form(hubs: Fetch<Vec<Hub>>, fresh: RwSignal<Option<HubWithSecret>>) -> AnyView {
    let interfaces = fetch_by(|| tmf::json("/nbi/interfaces"));
    let text = || RwSignal::new(String::new());
    let (base, callback, query) = (text(), text(), text());
    let format = RwSignal::new("tmf".to_owned());
    let fault = RwSignal::new(None::<ApiError>);
    let apis = Signal::derive(move || interfaces.ok().map(|it| apis(&it)).unwrap_or_default());
    let formats = [("tmf", "TM Forum"), ("cloudEvents", "CloudEvents")];
    let formats = formats.map(|(value, words)| (value.to_owned(), words.to_owned())).to_vec();
    let make = move || {
        let input = RegisterHubInput {
            base: base.get_untracked(),
            topic_id: None,
            callback: callback.get_untracked().trim().to_owned(),
            query: Some(query.get_untracked().trim().to_owned()).filter(|query| !query.is_empty()),
            format: EventFormat::read(&Value::from(format.get_untracked())).ok(),
        };
        Some(deed(ops::RegisterHub { input }, move |made| {
            fresh.set(Some(made));
            callback.set(String::new());
            query.set(String::new());
            hubs.reload();
        }))
    };
    let silent = Signal::derive(move || callback.get().trim().is_empty());
    html! {
        <div class="stack">
            {fault_notice(fault)}
            <div class="fields">
                <SelectField label="API" value=base options=apis />
                <TextField label="Callback" value=callback kind="url" placeholder="https://listener.example/events" hint="Events are posted here. Addresses inside of the platform are refused." />
                <TextField label="Only events that" value=query placeholder="eventType=ServiceOrderStateChangeEvent" hint="Filters as in lists, on the event; empty means all." />
                <SelectField label="Written as" value=format options=Signal::stored(formats) />
            </div>
            <div><Act label="Register" class="primary" deed=make disabled=silent why=Signal::stored("Say where events are posted.".to_owned()) fault=fault /></div>
        </div>
    }
    .into_any()
}

/// Base paths and names of the APIs that tell of events.
fn apis(interfaces: &Value) -> Vec<(String, String)> {
    let families = interfaces["tmf"].as_array().into_iter().flatten();
    let word = |family: &Value, name: &str| family[name].as_str().unwrap_or_default().to_owned();
    families.map(|it| (word(it, "base"), format!("{} {}", word(it, "api"), word(it, "name")))).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn apis_are_read_from_what_the_server_says() {
        let said =
            json!({"tmf": [{"api": "TMF641", "name": "Service Ordering", "base": "/tmf-api/serviceOrdering/v4"}]});
        let expected = ("/tmf-api/serviceOrdering/v4".to_owned(), "TMF641 Service Ordering".to_owned());
        assert_eq!(apis(&said), [expected]);
    }
}
