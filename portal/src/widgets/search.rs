//! The search field of a list; its text is in the URL.

use leptos::prelude::*;

use crate::{
    state::place::Place,
    ui::icon::{Icon, icon},
};

#[derive(Clone, Copy)]
pub struct Search {
    label: &'static str,
    text: Signal<String>,
}

pub fn search_box(label: &'static str) -> Search {
    Search { label, text: Place::here().param("q") }
}

impl Search {
    pub fn value(self) -> String {
        self.text.get()
    }

    pub fn view(self) -> AnyView {
        let place = Place::here();
        html! {
            <div class="search">
                {icon(Icon::Search)}
                <input class="input small" type="search" data-search="" aria-label=self.label placeholder=self.label
                    prop:value=move || self.text.get() on:input=move |event| place.set_query("q", &event_target_value(&event)) />
            </div>
        }
        .into_any()
    }
}

/// Whether any of the texts holds the wanted one, in any case.
pub fn matching(wanted: &str, texts: &[&str]) -> bool {
    let wanted = wanted.trim().to_lowercase();
    wanted.is_empty() || texts.iter().any(|text| text.to_lowercase().contains(&wanted))
}

#[cfg(test)]
mod tests {
    use super::matching;

    #[test]
    fn blank_matches_all_and_case_does_not_matter() {
        assert!(matching(" ", &["a"]));
        assert!(matching("SHOP", &["Online Boutique", "Webshop"]));
        assert!(!matching("x", &["abc"]));
    }
}
