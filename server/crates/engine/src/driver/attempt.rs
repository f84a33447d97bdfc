//! One attempt of one action, with its limits and crash points.

use std::{collections::BTreeMap, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures::FutureExt;
use hypo_shared::ErrorCode;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use super::Driver;
use crate::{Action, Injected, Point, ProgressSink, Saga, Site, Step, StepContext, StepError, engine::Shared};

/// How an attempt ended.
pub(super) enum Outcome {
    Ended {
        step: String,
        undo: bool,
        result: Result<Value, StepError>,
    },
    /// An injected crash.
    Abandoned,
}

/// Everything an attempt needs, so that it borrows nothing from its driver.
struct Attempt<C> {
    shared: Arc<Shared<C>>,
    /// Without its steps.
    saga: Saga,
    step: Step,
    undo: bool,
    outputs: BTreeMap<String, Value>,
    cancel: CancellationToken,
    progress: ProgressSink,
}

impl<C: Send + Sync + 'static> Driver<C> {
    pub(super) fn fly(&mut self, step: &str, undo: bool) {
        let Some(index) = self.saga.index(step) else { return };
        let outputs = self.saga.steps.iter().filter_map(|step| Some((step.def.name.clone(), step.output.clone()?)));
        let outputs = outputs.collect();
        let cancel = CancellationToken::new();
        self.interrupts.insert(step.to_owned(), cancel.clone());
        let reports = self.reports.0.clone();
        let progress = ProgressSink(Arc::new(move |step, detail| {
            // The driver is gone only when the attempt is dropped too.
            let _ = reports.send((step.to_owned(), detail));
        }));
        let attempt = Attempt {
            shared: self.shared.clone(),
            saga: self.saga.head(),
            step: self.saga.steps[index].clone(),
            undo,
            outputs,
            cancel,
            progress,
        };
        self.flights.spawn(attempt.fly());
    }
}

impl<C: Send + Sync + 'static> Attempt<C> {
    async fn fly(self) -> Outcome {
        let result = match self.at(Point::BeforeEffect) {
            Injected::Abandon => return Outcome::Abandoned,
            Injected::Fail(error) => Err(error),
            Injected::Nothing => self.act().await,
        };
        let result = match self.at(Point::AfterEffectBeforeCommit) {
            Injected::Abandon => return Outcome::Abandoned,
            Injected::Fail(error) => Err(error),
            Injected::Nothing => result,
        };
        let step = self.step.def.name.clone();
        if let Err(error) = &result {
            tracing::info!(saga.id = %self.saga.id, saga.step = %step, saga.undo = self.undo, error.code = %error.code,
                error.message = %error.message, "An attempt failed.");
        }
        Outcome::Ended { step, undo: self.undo, result }
    }

    fn at(&self, point: Point) -> Injected {
        let step = &self.step.def.name;
        self.shared.inject.at(Site { kind: &self.saga.kind, step, undo: self.undo, point })
    }

    async fn act(&self) -> Result<Value, StepError> {
        let step = &self.step;
        let Some(action) = self.shared.registry.find(&step.def.action) else {
            // An older process may hold a newer process's saga for a while during an upgrade.
            return Err(StepError::park(
                ErrorCode::Internal,
                format!("this process does not know the action {}", step.def.action),
            ));
        };
        let cx = StepContext {
            saga: self.saga.id,
            kind: &self.saga.kind,
            step: &step.def.name,
            params: &step.def.params,
            saga_params: &self.saga.params,
            outputs: &self.outputs,
            attempt: step.attempt,
            epoch: self.saga.epoch,
            released: step.released,
            cancel: self.cancel.clone(),
            ports: &*self.shared.ports,
            progress: self.progress.clone(),
        };
        let limit = step.def.retry.timeout_ms.map(Duration::from_millis);
        let work = AssertUnwindSafe(call(&*action, &cx, self.undo)).catch_unwind();
        tokio::select! {
            ended = work => ended.unwrap_or_else(|panic| Err(panicked(&step.def.name, &*panic))),
            () = overdue(limit) => Err(StepError::retry(
                ErrorCode::Internal,
                format!("an attempt of step {} did not end in {} ms", step.def.name, limit.unwrap_or_default().as_millis()),
            )),
            () = interrupted(&self.cancel, self.shared.config.grace) => Err(StepError::retry(
                ErrorCode::Internal,
                format!("step {} was interrupted", step.def.name),
            )),
        }
    }
}

async fn call<C: Send + Sync>(action: &dyn Action<C>, cx: &StepContext<'_, C>, undo: bool) -> Result<Value, StepError> {
    if undo { action.undo(cx).await.map(|()| Value::Null) } else { action.run(cx).await }
}

async fn overdue(limit: Option<Duration>) {
    match limit {
        Some(limit) => tokio::time::sleep(limit).await,
        None => std::future::pending().await,
    }
}

async fn interrupted(cancel: &CancellationToken, grace: Duration) {
    cancel.cancelled().await;
    tokio::time::sleep(grace).await;
}

fn panicked(step: &str, panic: &(dyn std::any::Any + Send)) -> StepError {
    let text = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
    tracing::error!(saga.step = %step, panic.message = text.unwrap_or_default(), "An action panicked.");
    StepError::permanent(ErrorCode::Internal, format!("step {step} ended unexpectedly"))
}
