//! Modal dialogs over the browser's own `<dialog>`: it keeps the focus inside and gives it back.

use leptos::{html, prelude::*};

use super::icon::{Icon, icon};

/// For a dialog that is open while it has a subject: opens with one, and closing forgets it.
pub fn open_while<T: Send + Sync + 'static>(subject: RwSignal<Option<T>>) -> RwSignal<bool> {
    let open = RwSignal::new(false);
    Effect::new(move |_| open.set(subject.with(Option::is_some)));
    Effect::new(move |_| {
        if !open.get() && subject.with_untracked(Option::is_some) {
            subject.set(None);
        }
    });
    open
}

#[component]
pub fn Dialog(
    #[prop(into)] title: String,
    open: RwSignal<bool>,
    #[prop(optional)] wide: bool,
    /// Neither Escape nor the cross close it.
    #[prop(optional)]
    locked: bool,
    children: ChildrenFn,
) -> AnyView {
    let node = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let Some(dialog) = node.get() else { return };
        match (open.get(), dialog.open()) {
            (true, false) => {
                let _ = dialog.show_modal();
            }
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    let class = if wide { "dialog wide" } else { "dialog" };
    let label = title.clone();
    let cross = (!locked).then(|| {
        html! {
            <button type="button" class="button quiet icon" aria-label="Close" on:click=move |_| open.set(false)>{icon(Icon::Close)}</button>
        }
    });
    let content = move || open.get().then(|| children());
    html! {
        <dialog class=class node_ref=node aria-label=label
            on:cancel=move |event: web_sys::Event| if locked { event.prevent_default() }
            on:close=move |_| { if open.get_untracked() && !locked { open.set(false) } }>
            <header><h2>{title}</h2>{cross}</header>
            <div class="body">{content}</div>
        </dialog>
    }
    .into_any()
}
