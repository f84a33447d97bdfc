//! "Show as GraphQL": the portal's own operation and variables.

use leptos::prelude::*;

use crate::{
    api::Snippet,
    ui::{code::code, dialog::Dialog},
};

/// The snippet that is shown now.
#[derive(Clone, Copy)]
pub struct Snippets {
    open: RwSignal<bool>,
    shown: RwSignal<Option<Snippet>>,
}

impl Snippets {
    pub fn provide() -> Self {
        let snippets = Self { open: RwSignal::new(false), shown: RwSignal::new(None) };
        provide_context(snippets);
        snippets
    }

    pub fn here() -> Self {
        expect_context()
    }

    pub fn show(self, snippet: Snippet) {
        self.shown.set(Some(snippet));
        self.open.set(true);
    }

    pub fn dialog(self) -> AnyView {
        let body = move || {
            self.shown.get().map(|snippet| {
                let variables = serde_json::to_string_pretty(&snippet.variables).unwrap_or_default();
                let request = serde_json::json!({
                    "operationName": snippet.name, "query": snippet.text, "variables": snippet.variables
                });
                let curl = format!(
                    "curl -s {}/graphql -H 'authorization: Bearer YOUR_TOKEN' \\\n  -H 'content-type: application/json' --data '{}'",
                    window().location().origin().unwrap_or_default(),
                    request.to_string().replace('\'', "'\\''")
                );
                html! {
                    <p class="soft">"This is the operation the portal itself sends. Create a token under Settings to send it from elsewhere."</p>
                    <h3>"Operation"</h3>
                    {code(snippet.text)}
                    <h3>"Variables"</h3>
                    {code(variables)}
                    <h3>"As a command"</h3>
                    {code(curl)}
                }
                .into_any()
            })
        };
        html! { <Dialog title="Show as GraphQL" open=self.open wide=true>{body}</Dialog> }.into_any()
    }
}

/// The small button beside an action.
pub fn graphql_button(snippet: impl Fn() -> Option<Snippet> + Send + Sync + 'static) -> AnyView {
    button(Box::new(snippet))
}

fn button(snippet: Box<dyn Fn() -> Option<Snippet> + Send + Sync>) -> AnyView {
    let snippets = Snippets::here();
    html! {
        <button type="button" class="button quiet icon" title="Show as GraphQL" aria-label="Show as GraphQL"
            on:click=move |_| if let Some(snippet) = snippet() { snippets.show(snippet) }>
            <span class="mono" aria-hidden="true">"{ }"</span>
        </button>
    }
    .into_any()
}
