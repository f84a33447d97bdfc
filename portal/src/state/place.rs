//! Where the user is: path and query of the address bar as signals.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, MouseEvent, UrlSearchParams};

use crate::routes::Route;

/// The address bar.
#[derive(Clone, Copy)]
pub struct Place {
    path: RwSignal<String>,
    query: RwSignal<String>,
    /// The heading of the page, for the breadcrumb and the announcement.
    pub title: RwSignal<String>,
    /// Whether the user has moved since the page was loaded: the first page does not steal the focus.
    pub moved: StoredValue<bool>,
}

fn current() -> (String, String) {
    let location = window().location();
    (location.pathname().unwrap_or_default(), location.search().unwrap_or_default())
}

impl Place {
    /// Provides the context and listens to links and the Back button.
    pub fn provide() -> Self {
        let (path, query) = current();
        let place = Self {
            path: RwSignal::new(path),
            query: RwSignal::new(query),
            title: RwSignal::new(String::new()),
            moved: StoredValue::new(false),
        };
        provide_context(place);
        let _ = window_event_listener(leptos::ev::popstate, move |_| place.read());
        let _ = window_event_listener(leptos::ev::click, move |event| place.clicked(&event));
        place
    }

    pub fn here() -> Self {
        expect_context()
    }

    fn read(self) {
        let (path, query) = current();
        self.moved.set_value(true);
        if self.path.with_untracked(|old| *old != path) {
            self.path.set(path);
        }
        if self.query.with_untracked(|old| *old != query) {
            self.query.set(query);
        }
    }

    /// Follows links inside the portal without a page load; everything else stays the browser's.
    fn clicked(self, event: &MouseEvent) {
        if event.default_prevented() || event.button() != 0 {
            return;
        }
        if event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key() {
            return;
        }
        let Some(target) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else { return };
        let Ok(Some(anchor)) = target.closest("a[href]") else { return };
        if anchor.has_attribute("target") || anchor.has_attribute("download") {
            return;
        }
        let href = anchor.get_attribute("href").unwrap_or_default();
        if href.starts_with('/') && !href.starts_with("//") {
            event.prevent_default();
            self.go(&href);
        }
    }

    /// Opens a page.
    pub fn go(self, href: &str) {
        let history = window().history();
        if history.and_then(|history| history.push_state_with_url(&JsValue::NULL, "", Some(href))).is_ok() {
            self.read();
            window().scroll_to_with_x_and_y(0.0, 0.0);
        }
    }

    /// Opens a page in place of this one.
    pub fn replace(self, href: &str) {
        let history = window().history();
        if history.and_then(|history| history.replace_state_with_url(&JsValue::NULL, "", Some(href))).is_ok() {
            self.read();
        }
    }

    pub fn route(self) -> Route {
        self.path.with(|path| Route::parse(path))
    }

    /// A query parameter.
    pub fn query(self, name: &str) -> Option<String> {
        self.query.with(|query| UrlSearchParams::new_with_str(query).ok()?.get(name)).filter(|text| !text.is_empty())
    }

    /// Changes a query parameter in place; an empty value removes it.
    pub fn set_query(self, name: &str, value: &str) {
        let Ok(params) = self.query.with_untracked(|query| UrlSearchParams::new_with_str(query)) else { return };
        if value.is_empty() {
            params.delete(name);
        } else {
            params.set(name, value);
        }
        let query = String::from(params.to_string());
        let path = self.path.get_untracked();
        self.replace(&if query.is_empty() { path } else { format!("{path}?{query}") });
    }

    /// A query parameter as a signal.
    pub fn param(self, name: &'static str) -> Signal<String> {
        Memo::new(move |_| self.query(name).unwrap_or_default()).into()
    }
}
