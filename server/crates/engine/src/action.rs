//! What a step does, what it is told and how it fails.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use hypo_shared::{ErrorCode, SagaId};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio_util::sync::CancellationToken;

/// The body of a step. Both methods may be called any number of times with the same [`StepContext::key`] and must
/// have the effect of one call.
#[async_trait]
pub trait Action<C: Send + Sync>: Send + Sync {
    /// Does the step. The value is the step's output, seen by later steps and by its own undo.
    async fn run(&self, cx: &StepContext<'_, C>) -> Result<Value, StepError>;

    /// Takes back what `run` did or may have done; succeeds when there is nothing left to undo. An undo ought to
    /// fail only with `Retry` or `Park`; `Permanent` leaves the saga stuck and calls for a person.
    async fn undo(&self, cx: &StepContext<'_, C>) -> Result<(), StepError>;
}

/// What an action is told.
pub struct StepContext<'a, C> {
    pub saga: SagaId,
    pub kind: &'a str,
    /// Name of the step.
    pub step: &'a str,
    pub params: &'a Value,
    pub saga_params: &'a Value,
    /// Outputs of all steps that are done, by name; on undo also the step's own, if it got that far.
    pub outputs: &'a BTreeMap<String, Value>,
    /// 1 for the first attempt. Above 1 an earlier attempt may have had its effect: look up by key first.
    pub attempt: u32,
    /// Epoch of the claim this attempt runs under; fences writes that the action itself makes in the store.
    pub epoch: u64,
    /// A person released the hold this step asked for with [`StepErrorKind::Hold`].
    pub released: bool,
    /// Fires when the saga is to be undone or the engine stops: return soon, with any error.
    pub cancel: CancellationToken,
    /// The ports, given by the composition root.
    pub ports: &'a C,
    pub progress: ProgressSink,
}

impl<C> StepContext<'_, C> {
    /// The idempotency key: the same for every attempt of this step, in every process.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}:{}", self.saga, self.step)
    }

    /// The step's parameters as a type.
    pub fn params<T: DeserializeOwned>(&self) -> Result<T, StepError> {
        T::deserialize(self.params).map_err(|error| unreadable("parameters", self.step, &error))
    }

    /// The saga's parameters as a type.
    pub fn saga_params<T: DeserializeOwned>(&self) -> Result<T, StepError> {
        T::deserialize(self.saga_params).map_err(|error| unreadable("saga parameters", self.step, &error))
    }

    /// The output of an earlier step as a type.
    pub fn output<T: DeserializeOwned>(&self, step: &str) -> Result<T, StepError> {
        let value = self.outputs.get(step).unwrap_or(&Value::Null);
        T::deserialize(value).map_err(|error| unreadable("output", step, &error))
    }

    /// The step's own output on undo; `None` when the outcome of `run` is unknown or it failed.
    #[must_use]
    pub fn own_output(&self) -> Option<&Value> {
        self.outputs.get(self.step)
    }

    /// Shows a detail in the timeline. The latest one wins; it is written soon, not at once.
    pub fn progress(&self, detail: Value) {
        (self.progress.0)(self.step, detail);
    }
}

fn unreadable(what: &str, step: &str, error: &serde_json::Error) -> StepError {
    StepError::permanent(ErrorCode::StoreCorrupt, format!("the {what} of step {step} cannot be read: {error}"))
}

/// Where [`StepContext::progress`] goes. Made by the engine; [`ProgressSink::none`] is for tests.
#[derive(Clone)]
pub struct ProgressSink(pub(crate) Arc<Report>);

/// Takes the step's name and the detail.
type Report = dyn Fn(&str, Value) + Send + Sync;

impl ProgressSink {
    /// Drops every detail.
    #[must_use]
    pub fn none() -> Self {
        Self(Arc::new(|_, _| {}))
    }
}

/// Why an attempt failed and what is to happen next.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct StepError {
    pub kind: StepErrorKind,
    pub code: ErrorCode,
    /// One sentence that names the operation and its object.
    pub message: String,
    /// Structured cause for the timeline (object, condition, remedy); `null` when there is none.
    pub detail: Value,
}

/// What is to happen after a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepErrorKind {
    /// Try again, after this wait or by the step's policy; counts against its attempts.
    Retry { after: Option<Duration> },
    /// Trying again will not help.
    Permanent,
    /// An outside system is sealed or away: wait and try again for as long as it takes, do not fail.
    Park,
    /// A person has to decide, whatever the saga's policy is. `Release` runs the step again with
    /// [`StepContext::released`] set, `Retry` runs it again without.
    Hold,
}

impl StepError {
    pub fn retry(code: ErrorCode, message: impl Into<String>) -> Self {
        Self::new(StepErrorKind::Retry { after: None }, code, message)
    }

    pub fn retry_after(after: Duration, code: ErrorCode, message: impl Into<String>) -> Self {
        Self::new(StepErrorKind::Retry { after: Some(after) }, code, message)
    }

    pub fn permanent(code: ErrorCode, message: impl Into<String>) -> Self {
        Self::new(StepErrorKind::Permanent, code, message)
    }

    pub fn park(code: ErrorCode, message: impl Into<String>) -> Self {
        Self::new(StepErrorKind::Park, code, message)
    }

    pub fn hold(code: ErrorCode, message: impl Into<String>) -> Self {
        Self::new(StepErrorKind::Hold, code, message)
    }

    pub fn new(kind: StepErrorKind, code: ErrorCode, message: impl Into<String>) -> Self {
        Self { kind, code, message: message.into(), detail: Value::Null }
    }

    /// Adds the structured cause.
    #[must_use]
    pub fn with_detail(mut self, detail: Value) -> Self {
        self.detail = detail;
        self
    }
}
