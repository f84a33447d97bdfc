//! All orders, filtered by state and by name.

use hypo_shared::order::OrderState;
use leptos::prelude::*;

use crate::{
    api::ops,
    pages::paged::{self, About, Rows},
    ui::{icon::Icon, panel::empty},
    widgets::lists,
};

pub fn page() -> AnyView {
    let about = About {
        title: "Orders",
        lead: "Everything that was asked for, and how far it is.",
        search: "Search orders",
        states: paged::states(OrderState::ALL, |it| it.as_str()),
        actions: None,
    };
    paged::list(
        about,
        |asked| ops::Orders { first: asked.first, state: asked.state(), after: asked.after },
        |page, wanted| {
            let rows: Vec<_> = page.nodes.into_iter().filter(|it| wanted.fits(&[&it.name, &it.created_by])).collect();
            let table = if rows.is_empty() {
                empty(Icon::Order, "No order fits. Orders appear here when a plan is ordered.", ().into_any())
            } else {
                lists::orders(&rows)
            };
            Rows { table, total: page.total_count, page: page.page_info }
        },
    )
}
