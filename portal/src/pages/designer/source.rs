//! Step 1: a package that is here already, or a new one by drop, pick or address.

use std::cell::RefCell;

use leptos::{prelude::*, task::spawn_local};
use serde_json::Value;
use uuid::Uuid;

use super::{files, steps::steps};
use crate::{
    api::{
        ApiError, Snippet, client,
        ops::{self, FileInput, ImportPackageInput},
    },
    state::{fetch::fetch_live, place::Place},
    ui::{
        field::TextField,
        icon::{Icon, icon},
        panel::Panel,
    },
    widgets::{act::fault_notice, head::PageHead, snippet::graphql_button, time::when},
};

thread_local! {
    /// What was imported last, so that its values can be changed without dropping the files again.
    static LAST: RefCell<Option<(Uuid, ImportPackageInput)>> = const { RefCell::new(None) };
}

/// The import of this package, where this page load made it.
pub fn last_import(package: Uuid) -> Option<ImportPackageInput> {
    LAST.with(|last| last.borrow().as_ref().filter(|(id, _)| *id == package).map(|(_, input)| input.clone()))
}

/// Imports and remembers how.
pub async fn import(input: ImportPackageInput) -> Result<ops::Package, ApiError> {
    let package = client::send(ops::ImportPackage { input: input.clone() }).await?;
    LAST.with(|last| *last.borrow_mut() = Some((package.id, input)));
    Ok(package)
}

pub fn page() -> AnyView {
    let busy = RwSignal::new(false);
    let fault = RwSignal::new(None::<ApiError>);
    let name = RwSignal::new(String::new());
    let address = RwSignal::new(String::new());
    html! {
        <PageHead title="New service" lead="Bring a package nobody changed, or take one that is here." />
        {steps(0, [None, None, None, None])}
        {fault_notice(fault)}
        <div class="split">
            <div class="stack">
                {drop_zone(name, busy, fault)}
                {by_address(name, address, busy, fault)}
            </div>
            {known()}
        </div>
    }
    .into_any()
}

fn start(
    files: Option<Vec<FileInput>>,
    address: Option<String>,
    name: RwSignal<String>,
    busy: RwSignal<bool>,
    fault: RwSignal<Option<ApiError>>,
) {
    let name = Some(name.get_untracked().trim().to_owned()).filter(|name| !name.is_empty());
    let input = ImportPackageInput { name, files, address, values: Value::Null };
    let place = Place::here();
    spawn_local(async move {
        let outcome = import(input).await;
        let _ = busy.try_set(false);
        match outcome {
            Ok(package) => place.go(&format!("/new/{}/components", package.id)),
            Err(error) => {
                let _ = fault.try_set(Some(error));
            }
        }
    });
}

fn drop_zone(name: RwSignal<String>, busy: RwSignal<bool>, fault: RwSignal<Option<ApiError>>) -> AnyView {
    let over = RwSignal::new(false);
    let folder = NodeRef::<leptos::html::Input>::new();
    Effect::new(move |_| {
        if let Some(input) = folder.get() {
            let _ = input.set_attribute("webkitdirectory", "");
        }
    });
    let owner = Owner::current();
    let take = move |files: Result<Vec<FileInput>, ApiError>| match files {
        Ok(files) => start(Some(files), None, name, busy, fault),
        Err(error) => {
            busy.set(false);
            fault.set(Some(error));
        }
    };
    let with_owner = StoredValue::new(owner);
    let taken = move |files| match with_owner.try_get_value().flatten() {
        Some(owner) => owner.with(|| take(files)),
        None => take(files),
    };
    let pick = move |event: leptos::ev::Event| {
        let input = event_target::<web_sys::HtmlInputElement>(&event);
        if let Some(list) = input.files().filter(|list| list.length() > 0) {
            busy.set(true);
            fault.set(None);
            spawn_local(async move { taken(files::picked(list).await) });
        }
    };
    let dropped = move |event: leptos::ev::DragEvent| {
        event.prevent_default();
        over.set(false);
        if let Some(transfer) = event.data_transfer() {
            let entries = files::dropped(&transfer);
            busy.set(true);
            fault.set(None);
            spawn_local(async move { taken(files::of_entries(entries).await) });
        }
    };
    html! {
        <section class="drop" class:over=move || over.get() aria-label="Drop a package" aria-busy=move || busy.get().then_some("true")
            on:dragover=move |event| { event.prevent_default(); over.set(true) }
            on:dragleave=move |_| over.set(false) on:drop=dropped>
            <span class="drop-sign">{icon(Icon::Upload)}</span>
            <h2>{move || if busy.get() { "Reading, rendering twice and analysing…" } else { "Drop files, a folder or a .tgz here" }}</h2>
            <p class="soft">"Kubernetes manifests or a Helm chart, exactly as they are."</p>
            <div class="row">
                <label class="button">"Choose files"<input class="sr" type="file" multiple aria-label="Choose files" on:change=pick /></label>
                <label class="button">"Choose a folder"<input class="sr" type="file" node_ref=folder aria-label="Choose a folder" on:change=pick /></label>
            </div>
        </section>
    }
    .into_any()
}

fn by_address(
    name: RwSignal<String>,
    address: RwSignal<String>,
    busy: RwSignal<bool>,
    fault: RwSignal<Option<ApiError>>,
) -> AnyView {
    let wrong = RwSignal::new(String::new());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let text = address.get_untracked().trim().to_owned();
        let known = ["https://", "oci://", "http://"].iter().any(|scheme| text.starts_with(scheme));
        wrong.set(if known { String::new() } else { "Give an address that begins with https:// or oci://.".into() });
        if known && !busy.get_untracked() {
            busy.set(true);
            fault.set(None);
            start(None, Some(text), name, busy, fault);
        }
    };
    let snippet = move || {
        let input =
            ImportPackageInput { name: None, files: None, address: Some(address.get_untracked()), values: Value::Null };
        Some(Snippet::of(&ops::ImportPackage { input }))
    };
    html! {
        <Panel title="Or by address">
            <form class="form" on:submit=submit novalidate>
                <TextField label="Address" value=address fault=wrong placeholder="oci://registry.example/charts/shop:1.2.0" hint="A chart archive over HTTPS, or a chart in an OCI registry." />
                <TextField label="Name of the package" value=name hint="Optional; otherwise the chart's own name." />
                <span class="row"><button type="submit" class="button" aria-busy=move || busy.get().then_some("true")>"Fetch"</button>{graphql_button(snippet)}</span>
            </form>
        </Panel>
    }
    .into_any()
}

fn known() -> AnyView {
    let packages = fetch_live(|| ops::Packages { first: Some(20), after: None });
    html! {
        <Panel title="Packages that are here">
            {packages.show(|page| {
                if page.nodes.is_empty() {
                    return html! { <p class="soft">"None yet."</p> }.into_any();
                }
                let rows: Vec<_> = page.nodes.iter().map(|it| html! {
                    <li><a class="pick" href=format!("/new/{}/components", it.id)>
                        {icon(Icon::Box)}<span class="strong">{it.name.clone()}</span><span class="muted small">{it.version.clone()}</span>
                        <span class="spacer"></span><span class="muted small">{when(it.created_at)}</span></a></li>
                }).collect();
                html! { <ul role="list" class="picks">{rows}</ul> }.into_any()
            })}
        </Panel>
    }
    .into_any()
}
