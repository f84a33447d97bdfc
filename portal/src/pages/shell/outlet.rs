//! Which page stands in the frame.

use leptos::prelude::*;

use crate::{
    pages::{overview, parts::Part},
    routes::Route,
    state::place::Place,
    ui::icon::Icon,
    widgets::head::PageHead,
};

pub fn outlet() -> AnyView {
    let place = Place::here();
    let key = Memo::new(move |_| place.route().page_key());
    (move || {
        let route = key.get();
        let page = match Part::of(&route) {
            Some(part) => part.show(route),
            None if route == Route::Overview => overview::page(),
            None => not_found(),
        };
        html! { <div class="page">{page}</div> }
    })
    .into_any()
}

fn not_found() -> AnyView {
    let home = html! { <a class="button primary" href="/">"Go to the overview"</a> }.into_any();
    html! {
        <PageHead title="No such page" />
        {crate::ui::panel::empty(Icon::Search, "Nothing lives at this address. It may have been removed, or the link is incomplete.", home)}
    }
    .into_any()
}
