//! The portal: a client of the GraphQL interface. It owns no business rule; words, state tables and form checks come
//! from `hypo-shared`, the URL holds the state, every action can show itself as GraphQL.
//!
//! `pages → widgets → ui`; `pages → api`; widgets take data as properties and never fetch.

/// Leptos' `view!`, erased: rows, options and branches have one type instead of one each, which keeps the wasm small.
macro_rules! html {
    ($($tokens:tt)*) => { ::leptos::prelude::IntoAny::into_any(::leptos::view! { $($tokens)* }) };
}

mod api;
mod app;
mod charts;
mod pages;
mod routes;
mod state;
mod time;
mod topology;
mod ui;
mod widgets;

fn main() {
    std::panic::set_hook(Box::new(|panic| web_sys::console::error_1(&panic.to_string().into())));
    leptos::mount::mount_to_body(app::app);
}
