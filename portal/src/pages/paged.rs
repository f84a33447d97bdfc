//! A list of the tenant: pages by the server's cursor, filtered by state (the server) and by words (what is shown).

use leptos::prelude::*;
use serde_json::Value;

use crate::{
    api::{Operation, json::Json, ops::PageInfo},
    state::{fetch::fetch_live, place::Place},
    ui::field::SelectField,
    widgets::{
        head::PageHead,
        pager::Pager,
        search::{matching, search_box},
        words::Said,
    },
};

/// Rows a page has.
const ROWS: i64 = 50;

/// What a list is called.
pub struct About {
    pub title: &'static str,
    pub lead: &'static str,
    pub search: &'static str,
    /// States to filter by, as (value, words); empty where there are none.
    pub states: Vec<(String, String)>,
    /// Buttons beside the heading.
    pub actions: Option<AnyView>,
}

/// What a page of the list is asked with.
pub struct Asked {
    pub first: Option<i64>,
    pub after: Option<String>,
    state: String,
}

impl Asked {
    /// The state that was chosen, if any.
    pub fn state<S: Json>(&self) -> Option<S> {
        S::read(&Value::from(self.state.as_str())).ok()
    }
}

/// Words that rows must hold.
pub struct Wanted(String);

impl Wanted {
    pub fn fits(&self, texts: &[&str]) -> bool {
        matching(&self.0, texts)
    }
}

/// A page of rows as it is shown, with what the pager needs.
pub struct Rows {
    pub table: AnyView,
    pub total: i64,
    pub page: PageInfo,
}

/// Every state of a kind, for [`About::states`].
pub fn states<S: Said>(all: impl IntoIterator<Item = S>, word: fn(&S) -> &'static str) -> Vec<(String, String)> {
    std::iter::once((String::new(), "Every state".to_owned()))
        .chain(all.into_iter().map(|it| (word(&it).to_owned(), it.said().to_owned())))
        .collect()
}

pub fn list<O: Operation>(
    about: About,
    ask: impl Fn(Asked) -> O + 'static,
    rows: impl Fn(O::Output, &Wanted) -> Rows + Send + Sync + 'static,
) -> AnyView {
    let place = Place::here();
    let state = RwSignal::new(place.query("state").unwrap_or_default());
    let pager = Pager::new();
    Effect::new(move |before: Option<String>| {
        let state = state.get();
        if before.is_some_and(|before| before != state) {
            // Cursors belong to the filter they were made with.
            pager.begin();
        }
        place.set_query("state", &state);
        state
    });
    let answer = fetch_live(move || ask(Asked { first: Some(ROWS), after: pager.after(), state: state.get() }));
    let wanted = search_box(about.search);
    let body = answer.show(move |page| {
        let Rows { table, total, page } = rows(page, &Wanted(wanted.value()));
        html! { {table}{pager.view(total, page.has_next_page, page.end_cursor)} }.into_any()
    });
    frame(about, wanted.view(), state, body)
}

fn frame(about: About, search: AnyView, state: RwSignal<String>, body: AnyView) -> AnyView {
    let About { title, lead, states, actions, .. } = about;
    let filter = (!states.is_empty())
        .then(|| html! { <SelectField label="State" value=state options=Signal::stored(states) small=true /> });
    let actions = actions.unwrap_or_else(|| ().into_any());
    html! {
        <PageHead title=title lead=lead actions=actions />
        <section class="panel" aria-label=title><header>{search}{filter}</header>{body}</section>
    }
    .into_any()
}
