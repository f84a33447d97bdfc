//! All services, filtered by state (server) and by name.

use hypo_shared::service::ServiceState;
use leptos::prelude::*;

use crate::{
    api::{
        json::Json,
        ops::{self, Action},
    },
    state::{fetch::fetch_live, place::Place, session::can},
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
    let services = fetch_live(move || ops::Services {
        first: Some(50),
        after: pager.after(),
        state: state.with(|text| ServiceState::read(&serde_json::Value::from(text.as_str())).ok()),
    });
    let options: Vec<(String, String)> = std::iter::once((String::new(), "Every state".to_owned()))
        .chain(ServiceState::ALL.into_iter().map(|it| (it.as_str().to_owned(), it.said().to_owned())))
        .collect();
    let wanted = search_box("Search services");
    let body = move |page: ops::ServiceConnection| {
        let rows: Vec<_> = page.nodes.into_iter().filter(|it| matching(&wanted.value(), &[&it.name])).collect();
        let table = if rows.is_empty() {
            let action =
                can(Action::CreatePlan).then(|| html! { <a class="button primary" href="/new">"New service"</a> });
            empty(Icon::Service, "No service fits. A service appears here when its order begins.", action.into_any())
        } else {
            lists::services(&rows)
        };
        html! { {table}{pager.view(page.total_count, page.page_info.has_next_page, page.page_info.end_cursor)} }
            .into_any()
    };
    html! {
        <PageHead title="Services" lead="What runs, where, and how it is." />
        <section class="panel" aria-label="Services">
            <header>{wanted.view()}<SelectField label="State" value=state options=Signal::stored(options) small=true /></header>
            {services.show(body)}
        </section>
    }
    .into_any()
}
