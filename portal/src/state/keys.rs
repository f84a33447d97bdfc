//! Keyboard shortcuts. Single keys can be switched off (WCAG 2.1.4).

use leptos::prelude::*;

use super::{place::Place, store};
use crate::ui::browser::{focus, typing};

/// What the shortcuts open.
#[derive(Clone, Copy)]
pub struct Keys {
    pub palette: RwSignal<bool>,
    pub help: RwSignal<bool>,
    pub single: RwSignal<bool>,
    waiting_for_g: StoredValue<f64>,
}

/// Keys after `g`, where they go and what the page is called.
pub const GO: [(&str, &str, &str); 9] = [
    ("h", "/", "Overview"),
    ("p", "/packages", "Packages"),
    ("n", "/new", "New service"),
    ("o", "/orders", "Orders"),
    ("s", "/services", "Services"),
    ("v", "/volumes", "Kept volumes"),
    ("d", "/domains", "Domains and clusters"),
    ("a", "/audit", "Audit"),
    ("t", "/settings", "Settings"),
];

impl Keys {
    pub fn provide() -> Self {
        let keys = Self {
            palette: RwSignal::new(false),
            help: RwSignal::new(false),
            single: RwSignal::new(store::read("single-keys").as_deref() != Some("off")),
            waiting_for_g: StoredValue::new(0.0),
        };
        provide_context(keys);
        let place = Place::here();
        let _ = window_event_listener(leptos::ev::keydown, move |event| keys.pressed(place, &event));
        keys
    }

    pub fn here() -> Self {
        expect_context()
    }

    pub fn set_single(self, on: bool) {
        store::write("single-keys", if on { "on" } else { "off" });
        self.single.set(on);
    }

    fn pressed(self, place: Place, event: &web_sys::KeyboardEvent) {
        let key = event.key();
        if (event.ctrl_key() || event.meta_key()) && key.eq_ignore_ascii_case("k") {
            event.prevent_default();
            self.palette.update(|open| *open = !*open);
            return;
        }
        let modified = event.ctrl_key() || event.meta_key() || event.alt_key();
        if modified || typing() || !self.single.get_untracked() {
            return;
        }
        let now = super::clock::now();
        if now - self.waiting_for_g.get_value() < 1200.0
            && let Some((_, href, _)) = GO.iter().find(|(letter, ..)| *letter == key)
        {
            self.waiting_for_g.set_value(0.0);
            return place.go(href);
        }
        match key.as_str() {
            "g" => self.waiting_for_g.set_value(now),
            "/" => {
                event.prevent_default();
                focus("[data-search]");
            }
            "?" => self.help.set(true),
            _ => {}
        }
    }
}
