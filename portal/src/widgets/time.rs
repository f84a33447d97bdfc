//! Times: relative in the text, absolute in the title.

use leptos::prelude::*;
use wasm_bindgen::JsValue;

use crate::{
    state::clock::Clock,
    time::{Time, length},
};

/// The absolute time in the reader's locale.
pub fn absolute(time: Time) -> String {
    js_sys::Date::new(&JsValue::from_f64(time.0)).to_locale_string("default", &JsValue::UNDEFINED).into()
}

/// `3 min ago`, kept fresh.
pub fn when(time: Time) -> AnyView {
    let words = move || {
        let ago = Clock::now() - time.0;
        if ago < 10_000.0 && ago > -10_000.0 {
            "just now".to_owned()
        } else if ago < 0.0 {
            format!("in {}", length(-ago))
        } else {
            format!("{} ago", rough(ago))
        }
    };
    let iso = String::from(js_sys::Date::new(&JsValue::from_f64(time.0)).to_iso_string());
    html! { <time class="nowrap" datetime=iso title=absolute(time)>{words}</time> }.into_any()
}

/// The time that is known, or a dash.
pub fn when_known(time: Option<Time>) -> AnyView {
    time.map_or_else(|| html! { <span class="muted">"–"</span> }.into_any(), when)
}

/// Minutes without seconds once a few have passed.
fn rough(ms: f64) -> String {
    if ms < 60_000.0 { length((ms / 5000.0).floor() * 5000.0) } else { length((ms / 60_000.0).floor() * 60_000.0) }
}
