//! The durable side of the engine: what a store has to provide.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use hypo_shared::SagaId;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::Saga;

/// A person's request to a saga that runs, waits or is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Wish {
    /// Undo everything.
    Cancel,
    /// Held: run the failed steps again. Stuck: run the failed undos again. Running: do not wait for the back-off.
    Retry,
    /// Held because a step asked for a person: go on (the step runs again and sees that it was released).
    Release,
}

/// Stores sagas. Every implementation uses one clock for all leases (a database uses its own).
#[async_trait]
pub trait SagaLog: Send + Sync + 'static {
    /// Stores a new saga. With a key that exists already nothing is written and the existing saga is named.
    async fn create(&self, saga: &Saga) -> Result<Created, LogError>;

    /// Takes up to `limit` sagas that nobody holds and that are due or have wishes, raises their epoch and leases
    /// them to `owner`.
    async fn claim(&self, owner: &str, lease: Duration, limit: usize) -> Result<Vec<Claim>, LogError>;

    /// Prolongs leases. A saga that is missing in the answer was lost: its epoch is not the given one any more.
    async fn renew(&self, held: &[(SagaId, u64)], lease: Duration) -> Result<Vec<Held>, LogError>;

    /// Commits in one transaction: the saga's head, the touched steps, the taken wishes, what follows from them
    /// (events, projections) and, if asked, the end of the lease. Refused with [`LogError::Fenced`], and without
    /// any effect, when the stored epoch is not `saga.epoch`.
    async fn append(&self, saga: &Saga, transition: &Transition) -> Result<(), LogError>;

    /// The saga as it was last committed.
    async fn load(&self, id: SagaId) -> Result<Option<Saga>, LogError>;

    /// Records a wish. [`LogError::NotFound`] when there is no such saga.
    async fn wish(&self, id: SagaId, wish: Wish) -> Result<(), LogError>;

    /// Wishes that were not taken yet, oldest first, with their numbers.
    async fn wishes(&self, id: SagaId) -> Result<Vec<(u64, Wish)>, LogError>;

    /// Changes whenever a saga may have become claimable; the value means nothing.
    fn woken(&self) -> watch::Receiver<u64>;
}

/// What a commit changes besides the head.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Transition {
    /// Indexes into `saga.steps`, ascending.
    pub touched: Vec<usize>,
    /// Numbers of the wishes that this transition has obeyed.
    pub wishes_taken: Vec<u64>,
    /// When the saga is to be claimed if nobody holds it: `None` for a saga that waits for a person or has ended.
    pub run_at: Option<DateTime<Utc>>,
    /// Ends the lease in the same commit.
    pub release: bool,
}

/// The answer to [`SagaLog::create`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Created {
    pub id: SagaId,
    /// False when the key existed.
    pub new: bool,
}

/// A claimed saga; `saga.epoch` is the epoch of this claim.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    pub saga: Saga,
    pub wishes: Vec<(u64, Wish)>,
}

/// A lease that was prolonged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    pub id: SagaId,
    /// There are wishes to fetch.
    pub has_wishes: bool,
}

/// Why the log refused.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// Another process has claimed the saga since; drop the work.
    #[error("the saga is held by somebody else")]
    Fenced,
    #[error("no such saga")]
    NotFound,
    /// The store does not answer; try again.
    #[error("the saga log does not answer")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A stored saga cannot be read.
    #[error("a stored saga cannot be read")]
    Corrupt(#[source] Box<dyn std::error::Error + Send + Sync>),
}
