//! Status: a word, a colour and a shape, so that no one of them is needed to read it.

use leptos::prelude::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Ok,
    Busy,
    Warn,
    Bad,
    Off,
}

impl Tone {
    pub const fn class(self) -> &'static str {
        match self {
            Self::Ok => "tone-ok",
            Self::Busy => "tone-busy",
            Self::Warn => "tone-warn",
            Self::Bad => "tone-bad",
            Self::Off => "tone-off",
        }
    }
}

/// ● fine, ◐ under way, ▲ look, ■ failed, ○ off.
pub fn shape(tone: Tone) -> AnyView {
    let (path, filled) = match tone {
        Tone::Ok => ("M6 2a4 4 0 1 0 0 8 4 4 0 0 0 0-8Z", true),
        Tone::Busy => ("M6 2a4 4 0 1 0 0 8Z", true),
        Tone::Warn => ("M6 1.600 10.800 10H1.200Z", true),
        Tone::Bad => ("M2.200 2.200h7.600v7.600H2.200Z", true),
        Tone::Off => ("M6 2.500a3.500 3.500 0 1 0 0 7 3.500 3.500 0 0 0 0-7Z", false),
    };
    let ring = (tone == Tone::Busy).then(|| {
        html! { <circle cx="6" cy="6" r="3.600" fill="none" stroke="currentColor" stroke-width="1.200" /> }
    });
    html! {
        <svg class=tone.class() width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
            {ring}
            <path d=path fill=if filled { "currentColor" } else { "none" } stroke="currentColor" stroke-width=if filled { "0" } else { "1.500" } />
        </svg>
    }
    .into_any()
}

pub fn badge(tone: Tone, word: impl Into<String>) -> AnyView {
    html! { <span class=format!("badge {}", tone.class())>{shape(tone)}{word.into()}</span> }.into_any()
}
