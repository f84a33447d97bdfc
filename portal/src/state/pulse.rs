//! The tenant's changes: one subscription that tells lists to read again.

use std::time::Duration;

use leptos::prelude::*;

use crate::api::{
    live::{self, Lane},
    ops,
    transport::Link,
};

#[derive(Clone, Copy)]
pub struct Pulse {
    beat: RwSignal<u32>,
    due: StoredValue<bool>,
    pub link: RwSignal<Link>,
    /// When the socket was lost.
    pub since: RwSignal<Option<f64>>,
}

impl Pulse {
    pub fn provide() -> Self {
        let pulse = Self {
            beat: RwSignal::new(0),
            due: StoredValue::new(false),
            link: RwSignal::new(Link::Off),
            since: RwSignal::new(None),
        };
        provide_context(pulse);
        live::watch_link(pulse.link);
        Effect::new(move |_| {
            let lost = pulse.link.get() == Link::Reconnecting;
            let old = pulse.since.get_untracked();
            pulse.since.set(lost.then(|| old.unwrap_or_else(super::clock::now)));
        });
        pulse
    }

    pub fn here() -> Self {
        expect_context()
    }

    /// Subscribes for as long as the shell is shown.
    pub fn listen(self) {
        live::subscribe(Lane::Live, &ops::Changes { resume: None }, move |frame| {
            if frame.is_ok_and(|frame| !frame.changes.is_empty()) {
                self.bump();
            }
        });
    }

    /// Reads lists again soon; many changes in a moment are one reading.
    pub fn bump(self) {
        if self.due.get_value() {
            return;
        }
        self.due.set_value(true);
        set_timeout(
            move || {
                self.due.set_value(false);
                self.beat.update(|beat| *beat += 1);
            },
            Duration::from_millis(400),
        );
    }

    /// Tracks the changes.
    pub fn track(self) {
        self.beat.track();
    }
}
