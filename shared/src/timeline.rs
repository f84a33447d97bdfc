//! What an order's timeline draws.

use serde::{Deserialize, Serialize};

/// State of one saga step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum))]
#[cfg_attr(feature = "graphql", graphql(rename_items = "camelCase"))]
pub enum StepState {
    Waiting,
    Running,
    Retrying,
    Done,
    Failed,
    Undoing,
    Undone,
    /// The undo itself failed; a person has to look.
    UndoFailed,
    Skipped,
}

/// State of a whole saga.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum))]
#[cfg_attr(feature = "graphql", graphql(rename_items = "camelCase"))]
pub enum SagaState {
    Running,
    /// A step failed and the saga waits for a person.
    Held,
    Unwinding,
    Completed,
    /// Everything that was done has been undone.
    Compensated,
    /// An undo failed.
    Stuck,
}

impl SagaState {
    /// Nothing more happens by itself.
    #[must_use]
    pub const fn is_final(self) -> bool {
        matches!(self, SagaState::Completed | SagaState::Compensated | SagaState::Stuck)
    }
}
