//! System, light or dark. The inline script of `index.html` sets it before the first paint.

use leptos::prelude::*;
use wasm_bindgen::{JsCast, closure::Closure};

use super::store;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    System,
    Light,
    Dark,
}

impl Theme {
    pub const ALL: [Theme; 3] = [Theme::System, Theme::Light, Theme::Dark];

    pub const fn slug(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    pub const fn label(self) -> &'static str {
        match self {
            Self::System => "System",
            Self::Light => "Light",
            Self::Dark => "Dark",
        }
    }
}

#[derive(Clone, Copy)]
pub struct ThemeChoice(RwSignal<Theme>);

impl ThemeChoice {
    pub fn provide() {
        let kept = store::read("theme");
        let theme = Theme::ALL.into_iter().find(|theme| kept.as_deref() == Some(theme.slug())).unwrap_or(Theme::System);
        let choice = RwSignal::new(theme);
        provide_context(Self(choice));
        // What is drawn by hand has to be drawn anew when the system's own theme changes. Lives as long as the page.
        let changed = Closure::<dyn FnMut()>::new(move || choice.notify());
        if let Ok(Some(dark)) = window().match_media("(prefers-color-scheme: dark)") {
            let _ = dark.add_event_listener_with_callback("change", changed.as_ref().unchecked_ref());
        }
        changed.forget();
    }

    pub fn here() -> Self {
        expect_context()
    }

    pub fn get(self) -> Theme {
        self.0.get()
    }

    pub fn set(self, theme: Theme) {
        store::write("theme", theme.slug());
        if let Some(root) = document().document_element() {
            let _ = match theme {
                Theme::System => root.remove_attribute("data-theme"),
                Theme::Light | Theme::Dark => root.set_attribute("data-theme", theme.slug()),
            };
        }
        self.0.set(theme);
    }
}
