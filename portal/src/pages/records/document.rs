//! One document: its form, what state it may go to, and what it is on the wire.

use std::sync::Arc;

use leptos::{prelude::*, task::spawn_local};
use serde_json::{Map, Value, json};

use super::{
    form::Form,
    href,
    kinds::{Kind, text, tone, words},
    list::name_of,
};
use crate::{
    api::{
        ApiError,
        tmf::{self, Document},
    },
    routes::Group,
    state::{fetch::fetch_by, place::Place, toasts::Toasts},
    ui::{badge::badge, code::code, dialog::Dialog, panel::Panel},
    widgets::{act::fault_notice, head::PageHead},
};

type Loaded = (Document, Arc<Value>);

pub fn page(group: Group, kind: Kind, id: String) -> AnyView {
    let path = format!("{}/{id}", kind.path);
    let asked = (kind.clone(), path.clone());
    let found = fetch_by(move || {
        let (kind, path) = asked.clone();
        async move { Ok::<Loaded, ApiError>((tmf::read(&path).await?, kind.schemas().await?)) }
    });
    let shown = kind.clone();
    let again = move || found.reload();
    found.show(move |(document, schemas)| one(group, &shown, &path, document, schemas, again))
}

fn one(
    group: Group,
    kind: &Kind,
    path: &str,
    document: Document,
    schemas: Arc<Value>,
    again: impl Fn() + Copy + Send + Sync + 'static,
) -> AnyView {
    let fault = RwSignal::new(None::<ApiError>);
    let busy = RwSignal::new(false);
    let state = kind.state_of(&document.value);
    let badges = state.as_ref().map(|state| badge(tone(state), words(state)));
    let toasts = Toasts::here();
    let (path, tag) = (path.to_owned(), document.tag.clone());
    // Every change goes this way: with the revision that is on the screen.
    let send = {
        let path = path.clone();
        move |patch: Map<String, Value>, done: &'static str| {
            if busy.get_untracked() {
                return;
            }
            busy.set(true);
            fault.set(None);
            let (path, tag) = (path.clone(), tag.clone());
            spawn_local(async move {
                let outcome = tmf::change(&path, &tag, &Value::Object(patch)).await;
                let _ = busy.try_set(false);
                match outcome {
                    Ok(_) => {
                        toasts.done(done.to_owned());
                        again();
                    }
                    Err(error) => {
                        let _ = fault.try_set(Some(error));
                    }
                }
            });
        }
    };
    let moves: Vec<_> = kind
        .next(&document.value)
        .into_iter()
        .map(|next| {
            let send = send.clone();
            let member = kind.state.as_ref().map(|(member, _)| member.clone()).unwrap_or_default();
            let act = move |_| send(Map::from_iter([(member.clone(), Value::from(next))]), "The state was changed.");
            html! { <button type="button" class="button" aria-busy=move || busy.get().then_some("true") on:click=act>{format!("To “{}”", words(next))}</button> }
        })
        .collect();
    let form = kind.changes.then(|| {
        let form = Form::new(kind, schemas, Some(&document.value));
        let fields = form.view();
        let save = move |event: leptos::ev::SubmitEvent| {
            event.prevent_default();
            match form.patch() {
                Ok(patch) if patch.is_empty() => toasts.done("Nothing was changed.".to_owned()),
                Ok(patch) => send(patch, "The changes are kept."),
                Err(error) => fault.set(Some(ApiError::local(error))),
            }
        };
        members(fields, "Save the changes", busy, save)
    });
    let delete = kind.deletes.then(|| removal(group, kind, &path, name_of(&document.value), fault));
    html! {
        <PageHead title=name_of(&document.value) lead=kind.about.clone() badges=badges.into_any() actions=html! { {moves}{delete} } />
        {fault_notice(fault)}
        {form}
        {wire(kind, &path, &document.value)}
    }
}

/// What a program sees, and how it asks for it.
fn wire(kind: &Kind, path: &str, document: &Value) -> AnyView {
    let origin = window().location().origin().unwrap_or_default();
    let curl = format!("curl -s {origin}{path} \\\n  -H 'authorization: Bearer YOUR_TOKEN'");
    let address = text(document, "href");
    let whole = serde_json::to_string_pretty(document).unwrap_or_default();
    html! {
        <Panel title=format!("On the wire ({})", kind.api)>
            <p class="small soft">"The document as every client of the TMF Open API gets it. Its address: "<code>{address}</code></p>
            {code(whole.clone())}
            {code(curl.clone())}
        </Panel>
    }
}

fn removal(group: Group, kind: &Kind, path: &str, name: String, fault: RwSignal<Option<ApiError>>) -> AnyView {
    let open = RwSignal::new(false);
    let (place, toasts) = (Place::here(), Toasts::here());
    let (path, back) = (path.to_owned(), href(group, kind, None));
    let remove = move || {
        let (path, back) = (path.clone(), back.clone());
        open.set(false);
        fault.set(None);
        spawn_local(async move {
            match tmf::remove(&path).await {
                Ok(()) => {
                    toasts.done("The document is deleted.".to_owned());
                    place.go(&back);
                }
                Err(error) => {
                    let _ = fault.try_set(Some(error));
                }
            }
        });
    };
    html! {
        <button type="button" class="button danger" on:click=move |_| open.set(true)>"Delete…"</button>
        <Dialog title="Delete a document" open=open>
            {
                let remove = remove.clone();
                html! {
                    <p>{format!("“{name}” will be gone for every client. What refers to it will refer to nothing.")}</p>
                    <footer><button type="button" class="button" autofocus on:click=move |_| open.set(false)>"Cancel"</button>
                        <button type="button" class="button danger" on:click=move |_| remove()>"Delete it"</button></footer>
                }
            }
        </Dialog>
    }
}

/// A new document.
pub fn new(group: Group, kind: Kind) -> AnyView {
    let asked = kind.clone();
    let schemas = fetch_by(move || {
        let kind = asked.clone();
        async move { kind.schemas().await }
    });
    let title = format!("New {}", kind.label().to_lowercase());
    html! {
        <PageHead title=title lead=kind.about.clone() />
        {schemas.show(move |schemas: Arc<Value>| creation(group, kind.clone(), schemas))}
    }
}

fn creation(group: Group, kind: Kind, schemas: Arc<Value>) -> AnyView {
    let fault = RwSignal::new(None::<ApiError>);
    let busy = RwSignal::new(false);
    let (place, toasts) = (Place::here(), Toasts::here());
    let form = Form::new(&kind, schemas, None);
    let fields = form.view();
    let save = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        let body = match form.patch() {
            Ok(body) => json!(body),
            Err(error) => return fault.set(Some(ApiError::local(error))),
        };
        busy.set(true);
        fault.set(None);
        let kind = kind.clone();
        spawn_local(async move {
            let outcome = tmf::create(&kind.path, &body).await;
            let _ = busy.try_set(false);
            match outcome {
                Ok(document) => {
                    toasts.done(format!("{} is there.", name_of(&document.value)));
                    place.go(&href(group, &kind, Some(&text(&document.value, "id"))));
                }
                Err(error) => {
                    let _ = fault.try_set(Some(error));
                }
            }
        });
    };
    html! {
        {fault_notice(fault)}
        {members(fields, "Create", busy, save)}
    }
}

/// The form of a document's members.
fn members(
    fields: AnyView,
    submit: &'static str,
    busy: RwSignal<bool>,
    save: impl Fn(leptos::ev::SubmitEvent) + Send + 'static,
) -> AnyView {
    html! {
        <Panel title="Members">
            <form class="record-form" on:submit=save novalidate>
                {fields}
                <footer class="row"><button type="submit" class="button primary" aria-busy=move || busy.get().then_some("true")>{submit}</button></footer>
            </form>
        </Panel>
    }
}
