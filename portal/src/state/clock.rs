//! One clock for all relative times on the screen.

use std::time::Duration;

use leptos::prelude::*;

#[derive(Clone, Copy)]
pub struct Clock(RwSignal<f64>);

/// Milliseconds since 1970.
pub fn now() -> f64 {
    js_sys::Date::now()
}

impl Clock {
    pub fn provide() {
        let clock = Self(RwSignal::new(now()));
        provide_context(clock);
        let _ = set_interval_with_handle(move || clock.0.set(now()), Duration::from_secs(5));
    }

    /// The time, with a tick every five seconds.
    pub fn now() -> f64 {
        use_context::<Self>().map_or_else(now, |clock| clock.0.get())
    }
}
