//! Reading from the server: loading, failed, there. A failed refresh keeps what is on the screen.
//!
//! The signal holds any type: one signal type for all reads instead of one per operation keeps the wasm small.

use std::{any::Any, future::Future, marker::PhantomData, pin::Pin, sync::Arc};

use leptos::{prelude::*, task::spawn_local};

use super::pulse::Pulse;
use crate::{
    api::{ApiError, Operation, client},
    ui::panel::{failure, skeleton},
};

type Held = Arc<dyn Any + Send + Sync>;
type Answer = Option<Result<Held, ApiError>>;
type Asking = Pin<Box<dyn Future<Output = Result<Held, ApiError>>>>;

/// A value that is being read, was read or could not be read.
pub struct Fetch<T> {
    value: RwSignal<Answer>,
    again: RwSignal<u32>,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Fetch<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Fetch<T> {}

/// Reads when `make`'s signals change, and never overtakes itself.
pub fn fetch<O: Operation>(make: impl Fn() -> O + 'static) -> Fetch<O::Output> {
    let (value, again) = begin(Box::new(move || {
        let operation = make();
        Box::pin(async move { client::send(operation).await.map(|answer| Arc::new(answer) as Held) })
    }));
    Fetch { value, again, of: PhantomData }
}

/// As [`fetch`], of something that is no GraphQL operation.
pub fn fetch_by<T, F>(make: impl Fn() -> F + 'static) -> Fetch<T>
where
    T: Clone + Send + Sync + 'static,
    F: Future<Output = Result<T, ApiError>> + 'static,
{
    let (value, again) = begin(Box::new(move || {
        let asking = make();
        Box::pin(async move { asking.await.map(|answer| Arc::new(answer) as Held) })
    }));
    Fetch { value, again, of: PhantomData }
}

/// As [`fetch`], and again after every change in the tenant.
pub fn fetch_live<O: Operation>(make: impl Fn() -> O + 'static) -> Fetch<O::Output> {
    let pulse = Pulse::here();
    fetch(move || {
        pulse.track();
        make()
    })
}

fn begin(ask: Box<dyn Fn() -> Asking>) -> (RwSignal<Answer>, RwSignal<u32>) {
    let value: RwSignal<Answer> = RwSignal::new(None);
    let again = RwSignal::new(0);
    let latest = StoredValue::new(0_u32);
    Effect::new(move |_| {
        again.track();
        let asking = ask();
        let turn = latest.get_value() + 1;
        latest.set_value(turn);
        spawn_local(async move {
            let answer = asking.await;
            if latest.try_get_value() != Some(turn) {
                return;
            }
            let stale = answer.is_err() && value.with_untracked(|old| matches!(old, Some(Ok(_))));
            if !stale {
                let _ = value.try_set(Some(answer));
            }
        });
    });
    (value, again)
}

/// Draws what was fetched; `None` while it is of another type than the panel shows.
type Body = Box<dyn Fn(&Held) -> Option<AnyView> + Send + Sync>;

fn shown(value: RwSignal<Answer>, again: RwSignal<u32>, body: Body) -> AnyView {
    (move || match value.get() {
        None => skeleton(5),
        Some(Err(error)) => failure(&error.message, &error.code, move || again.update(|again| *again += 1)),
        Some(Ok(held)) => body(&held).unwrap_or_else(|| ().into_any()),
    })
    .into_any()
}

impl<T: Clone + Send + Sync + 'static> Fetch<T> {
    pub fn reload(self) {
        self.again.update(|again| *again += 1);
    }

    /// Shows the value once it is there; a panel that fails has its own retry and does not blank the page.
    pub fn show(self, body: impl Fn(T) -> AnyView + Send + Sync + 'static) -> AnyView {
        shown(self.value, self.again, Box::new(move |held| held.downcast_ref::<T>().cloned().map(&body)))
    }

    /// The answer, if there is one.
    pub fn get(self) -> Option<Result<T, ApiError>> {
        match self.value.get()? {
            Ok(held) => held.downcast_ref::<T>().cloned().map(Ok),
            Err(error) => Some(Err(error)),
        }
    }

    /// The value where it is there.
    pub fn ok(self) -> Option<T> {
        self.get()?.ok()
    }
}
