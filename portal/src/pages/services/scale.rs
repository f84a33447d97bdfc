//! Other replicas of one component on one cluster, and what becomes of the volumes of replicas that go.

use leptos::prelude::*;
use uuid::Uuid;

use super::fate::Fate;
use crate::{
    api::ops::{self, Service, ServiceComponent, ServiceVolume},
    state::toasts::Toasts,
    ui::{dialog::Dialog, field::TextField},
    widgets::act::{Act, deed},
};

/// The component that is to be scaled.
#[derive(Clone, Debug, PartialEq)]
pub struct Scaling {
    component: String,
    cluster: Uuid,
    cluster_name: String,
    replicas: i64,
    /// Replicas have volumes of their own.
    numbered: bool,
}

impl Scaling {
    pub fn of(it: &ServiceComponent) -> Self {
        Self {
            component: it.name.clone(),
            cluster: it.cluster.id,
            cluster_name: it.cluster.name.clone(),
            replicas: it.desired,
            numbered: it.kind == "StatefulSet",
        }
    }

    /// Volumes of replicas that `count` replicas leave behind. The n-th replica of a StatefulSet mounts claims that end
    /// in its number, from 0.
    fn left(&self, volumes: &[ServiceVolume], count: i64) -> Vec<ServiceVolume> {
        let goes = |it: &&ServiceVolume| {
            let number = it.claim.rsplit_once('-').and_then(|(_, number)| number.parse::<i64>().ok());
            it.component == self.component
                && it.cluster.id == self.cluster
                && number.is_some_and(|number| (count..self.replicas).contains(&number))
        };
        if self.numbered { volumes.iter().filter(goes).cloned().collect() } else { Vec::new() }
    }
}

/// The dialog, outside of what is drawn anew when the service changes: it stays open while pods come and go.
pub fn dialog(service: RwSignal<Option<Service>>, scaling: RwSignal<Option<Scaling>>) -> AnyView {
    (move || scaling.get().map(|wish| one(service, wish))).into_any()
}

fn one(service: RwSignal<Option<Service>>, wish: Scaling) -> AnyView {
    let open = RwSignal::new(true);
    let title = format!("Scale {}", wish.component);
    html! { <Dialog title=title open=open>{form(service, wish.clone(), open)}</Dialog> }.into_any()
}

/// A whole number of replicas the server takes.
fn count(text: &str) -> Option<i64> {
    text.trim().parse().ok().filter(|count| (0..=1000).contains(count))
}

fn form(service: RwSignal<Option<Service>>, wish: Scaling, open: RwSignal<bool>) -> AnyView {
    let toasts = Toasts::here();
    let replicas = RwSignal::new(wish.replicas.to_string());
    let fault = RwSignal::new(String::new());
    let fate = Fate::default();
    let (id, volumes) =
        service.with_untracked(|it| it.as_ref().map(|it| (it.id, it.volumes.clone()))).unwrap_or_default();
    let noun = if wish.replicas == 1 { "replica" } else { "replicas" };
    let lead = format!("{} runs {} {noun} on {}.", wish.component, wish.replicas, wish.cluster_name);
    let asked = wish.clone();
    let left = Memo::new(move |_| count(&replicas.get()).map(|count| asked.left(&volumes, count)).unwrap_or_default());
    Effect::new(move |_| left.with(|left| fate.keep_only(left)));
    let choice = move || {
        let left = left.get();
        (!left.is_empty()).then(|| {
            html! {
                <section class="stack" aria-label="Volumes of replicas that go">
                    <h3>"Volumes of replicas that go"</h3>
                    <p class="soft">"They are kept and listed under Kept volumes unless you delete them."</p>
                    {fate.rows(&left)}
                </section>
            }
        })
    };
    let make = move || {
        let Some(count) = count(&replicas.get_untracked()) else {
            fault.set("Give a whole number from 0 to 1000.".into());
            return None;
        };
        fault.set(String::new());
        let said = wish.component.clone();
        let operation = ops::ScaleComponent {
            service_id: id,
            component: wish.component.clone(),
            cluster_id: wish.cluster,
            replicas: count,
            delete_volumes: fate.delete(),
        };
        Some(deed(operation, move |_| {
            toasts.done(format!("{said} scales to {count}."));
            open.set(false);
        }))
    };
    html! {
        <p class="soft">{lead}</p>
        <TextField label="Replicas" value=replicas fault=fault kind="number" />
        {choice}
        <footer><button type="button" class="button" on:click=move |_| open.set(false)>"Cancel"</button>
            <Act label="Scale" class="primary" deed=make disabled=Signal::derive(move || fate.unsure()) why=Signal::stored("Type the names of the volumes to delete.".to_owned()) /></footer>
    }
    .into_any()
}
