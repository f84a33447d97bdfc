//! All services, filtered by state and by name.

use hypo_shared::service::ServiceState;
use leptos::prelude::*;

use crate::{
    api::ops::{self, Action},
    pages::paged::{self, About, Rows},
    state::session::can,
    ui::{icon::Icon, panel::empty},
    widgets::lists,
};

pub fn page() -> AnyView {
    let about = About {
        title: "Services",
        lead: "What runs, where, and how it is.",
        search: "Search services",
        states: paged::states(ServiceState::ALL, |it| it.as_str()),
        actions: None,
    };
    paged::list(
        about,
        |asked| ops::Services { first: asked.first, state: asked.state(), after: asked.after },
        |page, wanted| {
            let rows: Vec<_> = page.nodes.into_iter().filter(|it| wanted.fits(&[&it.name])).collect();
            let table = if rows.is_empty() {
                let action =
                    can(Action::CreatePlan).then(|| html! { <a class="button primary" href="/new">"New service"</a> });
                empty(
                    Icon::Service,
                    "No service fits. A service appears here when its order begins.",
                    action.into_any(),
                )
            } else {
                lists::services(&rows)
            };
            Rows { table, total: page.total_count, page: page.page_info }
        },
    )
}
