//! TMF documents of any kind: lists, forms and the map are made from what the server says about itself (`/nbi/interfaces`
//! and the OpenAPI document of each family), so a new row in the registry needs no new page.

mod cell;
mod document;
mod form;
mod kinds;
mod list;
mod map;
mod row;

use leptos::prelude::*;

use crate::{
    routes::{Group, Route},
    state::fetch::fetch_by,
    ui::panel::failure,
    widgets::head::PageHead,
};
use kinds::Kind;

pub fn page(group: Group, kind: Option<(String, String)>, id: Option<String>) -> AnyView {
    let kinds = fetch_by(move || kinds::of_group(group));
    kinds.show(move |all: Vec<Kind>| {
        let found = match &kind {
            Some((api, name)) => all.iter().find(|it| it.api == *api && it.collection == *name),
            None => all.first(),
        };
        let Some(found) = found.cloned() else {
            return html! { <PageHead title=group.label() />{failure("The server offers no such documents.", "", move || kinds.reload())} };
        };
        match id.as_deref() {
            None => list::page(group, &all, found),
            Some("new") => document::new(group, found),
            Some(id) => document::page(group, found, id.to_owned()),
        }
    })
}

/// The address of a kind's list, of its form for a new document (`new`), or of one document.
fn href(group: Group, kind: &Kind, id: Option<&str>) -> String {
    let id = id.map(str::to_owned);
    Route::Records { group, kind: Some((kind.api.clone(), kind.collection.clone())), id }.href()
}
