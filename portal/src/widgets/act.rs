//! A button that carries out a mutation, says that it is at work, reports failures and can show itself as GraphQL.

use std::{future::Future, pin::Pin};

use leptos::{prelude::*, task::spawn_local};

use super::snippet::graphql_button;
use crate::{
    api::{ApiError, Operation, Snippet, client},
    state::{pulse::Pulse, toasts::Toasts},
};

type Work = Pin<Box<dyn Future<Output = Result<(), ApiError>>>>;

/// A mutation and what follows it.
pub struct Deed {
    snippet: Snippet,
    run: Box<dyn FnOnce() -> Work>,
}

/// The mutation `operation`; `done` sees its answer.
pub fn deed<O: Operation>(operation: O, done: impl FnOnce(O::Output) + 'static) -> Deed {
    Deed {
        snippet: Snippet::of(&operation),
        run: Box::new(move || {
            Box::pin(async move {
                done(client::send(operation).await?);
                Ok(())
            })
        }),
    }
}

impl Deed {
    /// Starts the work. Failures go to `fault` where a form shows them itself, else into a message.
    pub fn start(self, busy: RwSignal<bool>, fault: Option<RwSignal<Option<ApiError>>>) {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let (toasts, pulse) = (Toasts::here(), Pulse::here());
        if let Some(fault) = fault {
            fault.set(None);
        }
        spawn_local(async move {
            let outcome = (self.run)().await;
            let _ = busy.try_set(false);
            pulse.bump();
            match (outcome, fault) {
                (Err(error), Some(fault)) => {
                    let _ = fault.try_set(Some(error));
                }
                (Err(error), None) => toasts.error(&error),
                (Ok(()), _) => {}
            }
        });
    }
}

/// What a button does, as one type: a view per closure would be a view per button.
pub struct Doing(Box<dyn Fn() -> Option<Deed> + Send + Sync>);

impl<F: Fn() -> Option<Deed> + Send + Sync + 'static> From<F> for Doing {
    fn from(deed: F) -> Self {
        Self(Box::new(deed))
    }
}

/// The button. `deed` answers `None` where the form is not valid (and shows why).
#[component]
pub fn Act(
    #[prop(into)] label: String,
    /// `primary`, `danger`, `quiet` or nothing.
    #[prop(optional)]
    class: &'static str,
    #[prop(into)] deed: Doing,
    #[prop(optional, into)] disabled: Signal<bool>,
    /// Why it is disabled.
    #[prop(optional, into)]
    why: Signal<String>,
    #[prop(optional)] fault: Option<RwSignal<Option<ApiError>>>,
    /// Leaves the `{ }` button out where a row has no room for it.
    #[prop(optional)]
    plain: bool,
) -> AnyView {
    let busy = RwSignal::new(false);
    let deed = StoredValue::new(deed);
    let make = move || deed.with_value(|Doing(deed)| deed());
    let click = move |_| {
        if !disabled.get_untracked()
            && let Some(deed) = make()
        {
            deed.start(busy, fault);
        }
    };
    let snippet = (!plain).then(|| graphql_button(move || make().map(|deed| deed.snippet)));
    html! {
        <span class="row nowrap">
            <button type="button" class=format!("button {class}") aria-busy=move || busy.get().then_some("true")
                aria-disabled=move || disabled.get().then_some("true")
                title=move || if disabled.get() { why.get() } else { String::new() } on:click=click>{label}</button>
            {snippet}
        </span>
    }
    .into_any()
}

/// What a form's mutation failed with, above its fields.
pub fn fault_notice(fault: RwSignal<Option<ApiError>>) -> AnyView {
    (move || {
        fault.get().map(|error| {
            let fields: Vec<_> =
                error.fields.iter().map(|(path, text)| html! { <li><code>{path.clone()}</code>": "{text.clone()}</li> }).collect();
            let fields = (!fields.is_empty()).then(|| html! { <ul>{fields}</ul> });
            html! { <div role="alert">{crate::ui::panel::notice("bad", error.message.clone(), html! { {fields}{crate::ui::panel::error_link(&error.code)} }.into_any())}</div> }
        })
    })
    .into_any()
}
