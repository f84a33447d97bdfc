//! A new service that is being designed. It survives a reload.

use hypo_shared::placement::PlacementRequest;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::store;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub request: PlacementRequest,
    /// The service that is changed rather than made.
    #[serde(default)]
    pub service: Option<Uuid>,
    /// Kept volumes to use again.
    #[serde(default)]
    pub attach: Vec<Uuid>,
    /// Why the planner put a component where it is.
    #[serde(default)]
    pub reasons: std::collections::BTreeMap<String, String>,
}

fn key(package: Uuid) -> String {
    format!("draft.{package}")
}

/// The draft for a package, kept at every change.
pub fn draft(package: Uuid) -> RwSignal<Draft> {
    let draft = RwSignal::new(store::read_json::<Draft>(&key(package)).unwrap_or_default());
    Effect::new(move |first: Option<()>| {
        draft.with(|draft| {
            if first.is_some() {
                store::write_json(&key(package), draft);
            }
        });
    });
    draft
}

/// After the order the draft has done its work.
pub fn forget(package: Uuid) {
    store::remove(&key(package));
}
