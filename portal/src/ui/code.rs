//! Code to read and copy, and line differences.

use leptos::prelude::*;

use super::{
    browser::copy_text,
    icon::{Icon, icon},
};

/// A block of text with a button that copies it.
pub fn code(text: impl Into<String>) -> AnyView {
    let text = text.into();
    let shown = text.clone();
    html! {
        <div class="code">
            <pre tabindex="0">{shown}</pre>
            {copy_button(text)}
        </div>
    }
    .into_any()
}

/// A button that copies and says so.
pub fn copy_button(text: String) -> AnyView {
    let copied = RwSignal::new(false);
    let copy = move |_| {
        copy_text(&text);
        copied.set(true);
        set_timeout(
            move || {
                let _ = copied.try_set(false);
            },
            std::time::Duration::from_secs(2),
        );
    };
    html! {
        <button type="button" class="button tiny copy" on:click=copy>
            {move || if copied.get() { icon(Icon::Check) } else { icon(Icon::Copy) }}
            {move || if copied.get() { "Copied" } else { "Copy" }}
        </button>
    }
    .into_any()
}

/// The lines of `new` against `old`; unchanged runs longer than eight lines are folded.
pub fn diff(old: &str, new: &str) -> AnyView {
    let lines: Vec<_> = crate::ui::diff_lines::folded(old, new)
        .into_iter()
        .map(|(sign, text)| {
            let class = match sign {
                '+' => "plus",
                '-' => "minus",
                _ => "",
            };
            html! { <div class=class>{format!("{sign} {text}")}</div> }
        })
        .collect();
    html! { <div class="code"><div class="diff" tabindex="0">{lines}</div></div> }.into_any()
}
