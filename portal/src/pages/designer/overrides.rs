//! Recorded patches and hard wishes of one component. The package itself is never edited.

use std::collections::BTreeMap;

use hypo_shared::{
    placement::{Override, Requirement},
    quantity,
};
use leptos::prelude::*;
use serde_json::json;

use crate::{
    state::draft::Draft,
    ui::{
        dialog::{Dialog, open_while},
        field::TextField,
    },
};

pub fn overrides_dialog(editing: RwSignal<Option<String>>, draft: RwSignal<Draft>) -> AnyView {
    let open = open_while(editing);
    html! {
        <Dialog title="Overrides and wishes" open=open>
            {move || editing.get().map(|component| form(component, draft, open))}
        </Dialog>
    }
    .into_any()
}

fn form(component: String, draft: RwSignal<Draft>, open: RwSignal<bool>) -> AnyView {
    let (patch, wish) = draft.with_untracked(|draft| {
        let patch = draft.request.overrides.get(&component).cloned().unwrap_or_default();
        (patch, draft.request.requires.get(&component).cloned().unwrap_or_default())
    });
    let request = |name: &str| {
        let found = patch.resources.as_ref().and_then(|it| it.pointer(&format!("/requests/{name}")));
        RwSignal::new(found.and_then(|it| it.as_str()).unwrap_or_default().to_owned())
    };
    let (cpu, memory) = (request("cpu"), request("memory"));
    let replicas = RwSignal::new(patch.replicas.map(|it| it.to_string()).unwrap_or_default());
    let replicas_on = patch.replicas_on.clone();
    let env = RwSignal::new(lines(&patch.env));
    let labels = RwSignal::new(lines(&wish.labels));
    let residency = RwSignal::new(wish.residency.join(", "));
    let arch = RwSignal::new(wish.arch.join(", "));
    let fault = RwSignal::new(String::new());
    let name = component.clone();
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let read = || -> Result<(Override, Requirement), String> {
            let replicas = match replicas.get_untracked().trim() {
                "" => None,
                text => Some(text.parse::<u32>().map_err(|_| "Replicas is a whole number.".to_owned())?),
            };
            let resources = resources(cpu.get_untracked().trim(), memory.get_untracked().trim())?;
            let patch =
                Override { env: pairs(&env.get_untracked())?, replicas, resources, replicas_on: replicas_on.clone() };
            let wish = Requirement {
                labels: pairs(&labels.get_untracked())?,
                residency: words(&residency.get_untracked()).into_iter().map(|it| it.to_uppercase()).collect(),
                arch: words(&arch.get_untracked()),
            };
            Ok((patch, wish))
        };
        match read() {
            Ok((patch, wish)) => {
                draft.update(|draft| {
                    keep(&mut draft.request.overrides, &component, patch);
                    keep(&mut draft.request.requires, &component, wish);
                });
                open.set(false);
            }
            Err(text) => fault.set(text),
        }
    };
    html! {
        <form class="stack" on:submit=save novalidate>
            <p class="soft">{format!("For {name} on every cluster it runs on. Recorded in the plan; ")}<code>"${site.name}"</code>", "<code>"${site.country}"</code>" and "<code>"${site.label.KEY}"</code>" become facts of the cluster."</p>
            {move || (!fault.get().is_empty()).then(|| html! { <p class="fault" role="alert">{fault.get()}</p> })}
            <div class="fields">
                <TextField label="Replicas" value=replicas placeholder="as in the package" />
                <TextField label="CPU request" value=cpu placeholder="250m" />
                <TextField label="Memory request" value=memory placeholder="128Mi" />
            </div>
            <div class="field"><label for="override-env">"Environment, one NAME=value a line"</label>
                <textarea class="area" id="override-env" prop:value=move || env.get() on:input=move |event| env.set(event_target_value(&event))></textarea></div>
            <div class="field"><label for="override-labels">"Cluster labels it needs, one key=value a line"</label>
                <textarea class="area" id="override-labels" prop:value=move || labels.get() on:input=move |event| labels.set(event_target_value(&event))></textarea></div>
            <div class="fields">
                <TextField label="Countries data may live in" value=residency placeholder="IT, DE" />
                <TextField label="Architectures" value=arch placeholder="amd64, arm64" />
            </div>
            <footer><button type="button" class="button" on:click=move |_| open.set(false)>"Cancel"</button><button type="submit" class="button primary">"Keep"</button></footer>
        </form>
    }
    .into_any()
}

/// An empty patch is no patch.
fn keep<T: Default + PartialEq>(map: &mut BTreeMap<String, T>, component: &str, value: T) {
    if value == T::default() {
        map.remove(component);
    } else {
        map.insert(component.to_owned(), value);
    }
}

fn resources(cpu: &str, memory: &str) -> Result<Option<serde_json::Value>, String> {
    let mut requests = serde_json::Map::new();
    if !cpu.is_empty() {
        quantity::cpu_millis(cpu).map_err(|error| error.to_string())?;
        requests.insert("cpu".into(), json!(cpu));
    }
    if !memory.is_empty() {
        quantity::bytes(memory).map_err(|error| error.to_string())?;
        requests.insert("memory".into(), json!(memory));
    }
    Ok((!requests.is_empty()).then(|| json!({ "requests": requests })))
}

fn lines(map: &BTreeMap<String, String>) -> String {
    map.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join("\n")
}

fn pairs(text: &str) -> Result<BTreeMap<String, String>, String> {
    text.lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .map(|line| match line.split_once('=') {
            Some((key, value)) if !key.trim().is_empty() => Ok((key.trim().to_owned(), value.to_owned())),
            _ => Err(format!("“{line}” is not of the form key=value.")),
        })
        .collect()
}

fn words(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_pairs_and_back() {
        let map = pairs("A=1\n\n B = x=y").unwrap();
        assert_eq!(lines(&map), "A=1\nB= x=y");
        assert!(pairs("novalue").is_err());
    }

    #[test]
    fn requests_are_checked_with_the_shared_parser() {
        assert_eq!(resources("250m", "").unwrap(), Some(json!({"requests": {"cpu": "250m"}})));
        assert_eq!(resources("", "").unwrap(), None);
        assert!(resources("", "lots").is_err());
    }
}
