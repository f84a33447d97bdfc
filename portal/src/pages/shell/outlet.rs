//! Which page stands in the frame.

use leptos::prelude::*;

use crate::{
    pages::{access, audit, designer, domains, help, orders, overview, packages, services, settings, volumes},
    routes::Route,
    state::place::Place,
    ui::icon::Icon,
    widgets::head::PageHead,
};

pub fn outlet() -> AnyView {
    let place = Place::here();
    let key = Memo::new(move |_| place.route().page_key());
    (move || {
        let page = match key.get() {
            Route::Overview => overview::page(),
            Route::Packages => packages::list(),
            Route::Package(id) => packages::detail(id),
            Route::NewService => designer::source(),
            Route::Components(id) => designer::components(id),
            Route::Placement(id) => designer::placement(id),
            Route::Plan { package, plan } => designer::plan(package, plan),
            Route::Orders => orders::list(),
            Route::Order(id) => orders::detail(id),
            Route::Services => services::list(),
            Route::Service { id, .. } => services::detail(id),
            Route::Terminate(id) => services::terminate(id),
            Route::Volumes => volumes::page(),
            Route::Domains => domains::list(),
            Route::AddCluster => domains::add(),
            Route::Cluster(id) => domains::cluster(id),
            Route::Access => access::page(),
            Route::Audit => audit::page(),
            Route::Settings => settings::page(),
            Route::Help => help::page(),
            Route::HelpError(code) => help::error(code),
            Route::NotFound => not_found(),
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
