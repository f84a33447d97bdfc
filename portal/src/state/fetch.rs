//! Reading from the server: loading, failed, there. A failed refresh keeps what is on the screen.

use leptos::{prelude::*, task::spawn_local};

use super::pulse::Pulse;
use crate::{
    api::{ApiError, Operation, client},
    ui::panel::{failure, skeleton},
};

/// A value that is being read, was read or could not be read.
pub struct Fetch<T: Send + Sync + 'static> {
    pub value: RwSignal<Option<Result<T, ApiError>>>,
    again: RwSignal<u32>,
}

impl<T: Send + Sync + 'static> Clone for Fetch<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Fetch<T> {}

/// Reads when `make`'s signals change, and never overtakes itself.
pub fn fetch<O: Operation>(make: impl Fn() -> O + 'static) -> Fetch<O::Output> {
    let value = RwSignal::new(None);
    let again = RwSignal::new(0);
    let latest = StoredValue::new(0_u32);
    Effect::new(move |_| {
        again.track();
        let operation = make();
        let turn = latest.get_value() + 1;
        latest.set_value(turn);
        spawn_local(async move {
            let answer = client::send(operation).await;
            if latest.try_get_value() != Some(turn) {
                return;
            }
            let stale = answer.is_err() && value.with_untracked(|old| matches!(old, Some(Ok(_))));
            if !stale {
                let _ = value.try_set(Some(answer));
            }
        });
    });
    Fetch { value, again }
}

/// As [`fetch`], and again after every change in the tenant.
pub fn fetch_live<O: Operation>(make: impl Fn() -> O + 'static) -> Fetch<O::Output> {
    let pulse = Pulse::here();
    fetch(move || {
        pulse.track();
        make()
    })
}

impl<T: Clone + Send + Sync + 'static> Fetch<T> {
    pub fn reload(self) {
        self.again.update(|again| *again += 1);
    }

    /// Shows the value once it is there; a panel that fails has its own retry and does not blank the page.
    pub fn show(self, body: impl Fn(T) -> AnyView + Send + Sync + 'static) -> AnyView {
        (move || match self.value.get() {
            None => skeleton(5),
            Some(Err(error)) => failure(&error.message, &error.code, move || self.reload()),
            Some(Ok(value)) => body(value),
        })
        .into_any()
    }

    /// The value where it is there.
    pub fn ok(self) -> Option<T> {
        self.value.get().and_then(Result::ok)
    }
}
