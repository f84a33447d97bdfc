//! A saga as it is stored: the state of the pure core.

use chrono::{DateTime, Utc};
use hypo_shared::{
    ErrorCode, SagaId, TenantId,
    order::OnFailure,
    timeline::{SagaState, StepState},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::{Dag, StepDef};

/// One saga with all its steps.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Saga {
    pub id: SagaId,
    /// The registered kind.
    pub kind: String,
    /// Starting a saga twice with one key starts one saga.
    pub key: String,
    pub tenant: Option<TenantId>,
    /// The document it works on.
    pub subject: Option<Uuid>,
    pub params: Value,
    pub on_failure: OnFailure,
    pub state: SagaState,
    /// A person asked to cancel: a compensated saga with this set was cancelled, without it, it failed.
    pub cancelled: bool,
    /// The first failure that stopped the saga; cleared by a retry.
    pub cause: Option<Cause>,
    /// Epoch of the present claim; 0 before the first.
    pub epoch: u64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
    /// In the order the builder named them.
    pub steps: Vec<Step>,
}

/// One step of a stored saga.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Step {
    #[serde(flatten)]
    pub def: StepDef,
    pub state: StepState,
    /// How often `run` was started, crashes and parking included. 0: never.
    pub attempt: u32,
    /// Failed attempts counted against [`crate::Retry::attempts`], of `run` or, once the undo began, of `undo`.
    pub failures: u32,
    /// When a retrying step, or an undo to be repeated, is due.
    pub due: Option<DateTime<Utc>>,
    /// The last attempt ended with [`crate::StepErrorKind::Park`].
    pub parked: bool,
    /// A person released the hold that this step asked for.
    pub released: bool,
    pub output: Option<Value>,
    /// The last error, kept for the timeline also when a later attempt succeeds.
    pub error: Option<Failure>,
    /// The last detail the action reported.
    pub progress: Option<Value>,
    pub started_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
}

/// Why an attempt failed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    pub kind: FailureKind,
    pub code: ErrorCode,
    pub message: String,
    pub detail: Value,
    pub at: DateTime<Utc>,
}

/// What a failure means for the step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FailureKind {
    /// Repeated after a wait.
    Retry,
    /// The outside is away; waits without counting.
    Park,
    /// Final, or repeated too often.
    Final,
    /// The step wants a person to decide.
    Hold,
    /// Broken off because the saga unwinds.
    Interrupted,
}

/// The failure that stopped a saga and the step it came from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Cause {
    pub step: String,
    pub failure: Failure,
}

impl Saga {
    /// A saga that nobody has claimed yet. `dag` has passed [`Dag::check`].
    #[must_use]
    pub fn new(id: SagaId, kind: &str, key: &str, params: Value, dag: Dag, now: DateTime<Utc>) -> Self {
        Self {
            id,
            kind: kind.to_owned(),
            key: key.to_owned(),
            tenant: dag.tenant,
            subject: dag.subject,
            params,
            on_failure: dag.on_failure,
            state: SagaState::Running,
            cancelled: false,
            cause: None,
            epoch: 0,
            created_at: now,
            updated_at: now,
            steps: dag.steps.into_iter().map(Step::new).collect(),
        }
    }

    /// The step of that name.
    #[must_use]
    pub fn step(&self, name: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.def.name == name)
    }

    /// A copy without the steps.
    pub(crate) fn head(&self) -> Self {
        Self {
            id: self.id,
            kind: self.kind.clone(),
            key: self.key.clone(),
            tenant: self.tenant,
            subject: self.subject,
            params: self.params.clone(),
            on_failure: self.on_failure,
            state: self.state,
            cancelled: self.cancelled,
            cause: self.cause.clone(),
            epoch: self.epoch,
            created_at: self.created_at,
            updated_at: self.updated_at,
            steps: Vec::new(),
        }
    }

    pub(crate) fn index(&self, name: &str) -> Option<usize> {
        self.steps.iter().position(|step| step.def.name == name)
    }
}

impl Step {
    pub(crate) fn new(def: StepDef) -> Self {
        Self {
            def,
            state: StepState::Waiting,
            attempt: 0,
            failures: 0,
            due: None,
            parked: false,
            released: false,
            output: None,
            error: None,
            progress: None,
            started_at: None,
            ended_at: None,
        }
    }

    /// An intent is recorded and its outcome is not: an attempt is running, or its process died.
    #[must_use]
    pub const fn in_flight(&self) -> bool {
        match self.state {
            StepState::Running => true,
            StepState::Undoing => self.due.is_none(),
            _ => false,
        }
    }
}
