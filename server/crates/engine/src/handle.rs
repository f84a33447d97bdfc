//! How the rest of the product talks to the engine.

use std::sync::Arc;

use chrono::Utc;
use hypo_shared::{ErrorCode, SagaId, timeline::SagaState};
use serde_json::Value;
use tokio::sync::{broadcast, mpsc};
use uuid::Uuid;

use crate::{Builder, DagError, LogError, Saga, SagaLog, Wish};

/// Cheap to clone. Works in every process that shares the log, also where no engine runs.
#[derive(Clone)]
pub struct EngineHandle {
    pub(crate) builder: Arc<dyn Builder>,
    pub(crate) log: Arc<dyn SagaLog>,
    pub(crate) nudge: mpsc::UnboundedSender<SagaId>,
    pub(crate) changed: broadcast::Sender<SagaId>,
}

impl EngineHandle {
    /// Starts a saga, or names the one that was started with this key before.
    pub async fn start(&self, kind: &str, params: Value, key: &str) -> Result<SagaId, EngineError> {
        let saga = self.prepare(kind, params, key)?;
        let id = self.log.create(&saga).await?.id;
        // Not every log can wake the engine; no receiver means that no engine runs in this process.
        let _ = self.nudge.send(id);
        Ok(id)
    }

    /// Builds a saga without storing it, for callers that store it in a transaction of their own.
    pub fn prepare(&self, kind: &str, params: Value, key: &str) -> Result<Saga, EngineError> {
        Ok(self.builder.prepare(SagaId(Uuid::now_v7()), kind, params, key, Utc::now())?)
    }

    /// Asks a saga to cancel, retry or go on. Obeyed soon, in whichever process holds it.
    pub async fn wish(&self, id: SagaId, wish: Wish) -> Result<(), EngineError> {
        let saga = self.load(id).await?;
        let sensible = match saga.state {
            SagaState::Completed | SagaState::Compensated => false,
            SagaState::Stuck | SagaState::Unwinding => wish == Wish::Retry,
            SagaState::Running => wish != Wish::Release,
            SagaState::Held => true,
        };
        if !sensible {
            return Err(EngineError::State(saga.state));
        }
        self.log.wish(id, wish).await?;
        // No receiver: no engine runs in this process, and another one polls.
        let _ = self.nudge.send(id);
        Ok(())
    }

    /// The saga as it was last committed.
    pub async fn load(&self, id: SagaId) -> Result<Saga, EngineError> {
        self.log.load(id).await?.ok_or(EngineError::Log(LogError::NotFound))
    }

    /// Ids of sagas this process has committed a change of. A slow receiver is told that it lagged and should
    /// reload; changes made by other processes come through the store's outbox.
    #[must_use]
    pub fn changed(&self) -> broadcast::Receiver<SagaId> {
        self.changed.subscribe()
    }

    /// Waits until the saga has ended or is held, and returns it.
    pub async fn settled(&self, id: SagaId) -> Result<Saga, EngineError> {
        let mut changed = self.changed();
        loop {
            let saga = self.load(id).await?;
            if saga.state.is_final() || saga.state == SagaState::Held {
                return Ok(saga);
            }
            // A saga carried by another process is seen by polling.
            let poll = std::time::Duration::from_millis(500);
            let _ = tokio::time::timeout(poll, changed.recv()).await;
        }
    }
}

/// Why a request to the engine was refused.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    #[error(transparent)]
    Dag(#[from] DagError),
    #[error(transparent)]
    Log(#[from] LogError),
    /// The wish makes no sense in this state.
    #[error("the saga is {0:?}, which does not allow this")]
    State(SagaState),
}

impl EngineError {
    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            EngineError::Dag(DagError::Params(_)) => ErrorCode::InvalidInput,
            EngineError::Dag(_) => ErrorCode::Internal,
            EngineError::Log(LogError::NotFound) => ErrorCode::NotFound,
            EngineError::Log(LogError::Corrupt(_)) => ErrorCode::StoreCorrupt,
            EngineError::Log(LogError::Fenced | LogError::Unavailable(_)) => ErrorCode::StoreUnavailable,
            EngineError::State(_) => ErrorCode::StateConflict,
        }
    }
}
