//! New service: package → components → placement → plan → order. Every step is an address, the draft survives a reload.

mod board;
mod components;
mod files;
mod graph;
mod kept;
mod links;
mod overrides;
mod placement;
mod plan;
mod plan_cluster;
mod source;
mod steps;
mod values;

pub use components::page as components;
pub use graph::graph_panel;
pub use placement::page as placement;
pub use plan::page as plan;
pub use source::page as source;

use leptos::prelude::*;
use uuid::Uuid;

use crate::{
    api::ops::Service,
    state::{draft::Draft, store},
};

/// Begins a change of a running service: the draft starts from where its components are.
pub fn change(package: Uuid, id: Uuid, service: RwSignal<Option<Service>>) {
    let Some(service) = service.get_untracked() else { return };
    let mut draft = Draft { name: service.name.clone(), service: Some(id), ..Draft::default() };
    for component in &service.components {
        draft.request.pins.entry(component.name.clone()).or_default().push(component.cluster.id.into());
    }
    store::write_json(&format!("draft.{package}"), &draft);
}
