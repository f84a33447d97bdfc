//! What a listener did not take.

use leptos::prelude::*;

use crate::{
    api::ops::{self, DeadLetter, Hub},
    state::{fetch::fetch, toasts::Toasts},
    ui::{
        code::code,
        dialog::{Dialog, open_while},
    },
    widgets::{
        act::{Act, deed},
        time::when,
    },
};

pub fn dialog(read: RwSignal<Option<Hub>>) -> AnyView {
    let open = open_while(read);
    html! {
        <Dialog title="Given up" open=open wide=true>
            {move || read.get().map(|hub| {
                let id = hub.id;
                let letters = fetch(move || ops::DeadLetters { hub_id: id });
                letters.show(move |all| all.iter().map(|it| letter(hub.id, it)).collect_view().into_any())
            })}
        </Dialog>
    }
    .into_any()
}

fn letter(hub: uuid::Uuid, it: &DeadLetter) -> AnyView {
    let (id, toasts) = (it.id.clone(), Toasts::here());
    let body = serde_json::to_string_pretty(&it.body).unwrap_or_default();
    let again = move || {
        let operation = ops::ReplayHub { id: hub, letter_id: Some(id.clone()) };
        Some(deed(operation, move |_| toasts.done("The event is sent again.".to_owned())))
    };
    html! {
        <details class="member"><summary>{it.r#type.clone()}" · "{when(it.created_at)}</summary>
            <p>{format!("Tried {} times. {}", it.attempts, it.error)}</p>
            {code(body)}
            <Act label="Send it again" plain=true deed=again />
        </details>
    }
    .into_any()
}
