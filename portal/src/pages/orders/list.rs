//! All orders, filtered by state (server) and by name.

use hypo_shared::order::OrderState;
use leptos::prelude::*;

use crate::{
    api::{json::Json, ops},
    state::{fetch::fetch_live, place::Place},
    ui::{field::SelectField, icon::Icon, panel::empty},
    widgets::{
        head::PageHead,
        lists,
        pager::Pager,
        search::{matching, search_box},
        words::Said,
    },
};

pub fn page() -> AnyView {
    let place = Place::here();
    let state = RwSignal::new(place.query("state").unwrap_or_default());
    let pager = Pager::new();
    Effect::new(move |_| place.set_query("state", &state.get()));
    let orders = fetch_live(move || ops::Orders {
        first: Some(50),
        after: pager.after(),
        state: state.with(|text| OrderState::read(&serde_json::Value::from(text.as_str())).ok()),
    });
    let options: Vec<(String, String)> = std::iter::once((String::new(), "Every state".to_owned()))
        .chain(OrderState::ALL.into_iter().map(|it| (it.as_str().to_owned(), it.said().to_owned())))
        .collect();
    let wanted = search_box("Search orders");
    let body = move |page: ops::OrderConnection| {
        let rows: Vec<_> =
            page.nodes.into_iter().filter(|it| matching(&wanted.value(), &[&it.name, &it.created_by])).collect();
        let table = if rows.is_empty() {
            empty(Icon::Order, "No order fits. Orders appear here when a plan is ordered.", ().into_any())
        } else {
            lists::orders(&rows)
        };
        html! { {table}{pager.view(page.total_count, page.page_info.has_next_page, page.page_info.end_cursor)} }
            .into_any()
    };
    html! {
        <PageHead title="Orders" lead="Everything that was asked for, and how far it is." />
        <section class="panel" aria-label="Orders">
            <header>{wanted.view()}<SelectField label="State" value=state options=Signal::stored(options) small=true /></header>
            {orders.show(body)}
        </section>
    }
    .into_any()
}
