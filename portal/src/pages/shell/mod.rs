//! The frame of every page: rail, bar, the page itself, messages and dialogs.

mod bar;
mod outlet;
mod palette;
mod rail;

use leptos::prelude::*;

use super::{parts, session};
use crate::{
    state::{
        keys::{GO, Keys},
        place::Place,
        pulse::Pulse,
        session::Me,
        toasts::Toasts,
    },
    ui::{
        dialog::Dialog,
        icon::{Icon, icon},
        panel::error_link,
    },
    widgets::snippet::Snippets,
};

pub fn shell() -> AnyView {
    let place = Place::here();
    Pulse::here().listen();
    parts::fetch_rest();
    let rail_open = RwSignal::new(false);
    // Moving closes the rail on small screens.
    Effect::new(move |_| {
        place.route();
        rail_open.set(false);
    });
    let announced = move || if place.moved.get_value() { place.title.get() } else { String::new() };
    html! {
        <a class="skip" href="#main" on:click=move |event| { event.prevent_default(); crate::ui::browser::focus("#main") }>"Skip to the content"</a>
        <div class="shell">
            {rail::rail(rail_open)}
            {move || rail_open.get().then(|| html! { <div class="veil" on:click=move |_| rail_open.set(false)></div> })}
            <div>
                {bar::bar(rail_open)}
                <main id="main" tabindex="-1">{outlet::outlet()}</main>
            </div>
        </div>
        <div class="sr" role="status" aria-live="polite">{announced}</div>
        {session::sign_in_again(Me::here())}
        {Snippets::here().dialog()}
        {palette::palette()}
        {shortcuts()}
    }
    .into_any()
}

fn shortcuts() -> AnyView {
    let keys = Keys::here();
    html! {
        <Dialog title="Keyboard shortcuts" open=keys.help>
            <table class="grid"><tbody>
                <tr><td><kbd>"Ctrl"</kbd>" "<kbd>"K"</kbd></td><td>"Find a page, a service, an order or an action"</td></tr>
                <tr><td><kbd>"/"</kbd></td><td>"Search in the list on this page"</td></tr>
                <tr><td><kbd>"?"</kbd></td><td>"These shortcuts"</td></tr>
                {GO.iter().map(|(key, _, name)| html! { <tr><td><kbd>"g"</kbd>" then "<kbd>{*key}</kbd></td><td>{*name}</td></tr> }).collect_view()}
            </tbody></table>
            <label class="check">
                <input type="checkbox" prop:checked=move || keys.single.get() on:change=move |event| keys.set_single(event_target_checked(&event)) />
                "Single-key shortcuts"
            </label>
        </Dialog>
    }
    .into_any()
}

/// Present from the first load, so that screen readers notice what is put into it.
pub fn toasts() -> AnyView {
    let toasts = Toasts::here();
    html! {
        <div class="toasts" role="status" aria-live="polite">
            {move || toasts.list.get().into_iter().map(|toast| {
                let id = toast.id;
                html! {
                    <div class=if toast.bad { "toast bad" } else { "toast" }>
                        {icon(if toast.bad { Icon::Cross } else { Icon::Check })}
                        <div>{toast.text.clone()}<div>{error_link(&toast.code)}</div></div>
                        <button type="button" class="button quiet icon tiny" aria-label="Close message" on:click=move |_| toasts.close(id)>{icon(Icon::Close)}</button>
                    </div>
                }
            }).collect_view()}
        </div>
    }
    .into_any()
}
