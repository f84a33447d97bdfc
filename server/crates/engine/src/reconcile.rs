//! Reconcilers: level-triggered work that keeps the world as it is wanted.
//!
//! A reconciler takes no input: what it has to do follows from what it finds, so that being woken twice, too late or
//! for nothing does no harm. It does not retry inside; the next activation is the retry. Activated by its timer or by
//! a wake-up, never twice at the same time; across processes a lease decides who runs it.

use std::{
    collections::BTreeMap,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use futures::{FutureExt, future::join_all};
use serde::Serialize;
use serde_json::Value;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::LogError;

/// One reconciler.
#[async_trait]
pub trait Reconciler: Send + Sync {
    /// Stable, for example `drift`.
    fn name(&self) -> &'static str;

    /// How long it sleeps when nothing wakes it.
    fn period(&self) -> Duration;

    /// One activation: compare, act, return a typed status as JSON.
    async fn run(&self) -> Result<Value, ReconcileError>;
}

/// One activation failed; the next one tries again.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ReconcileError(pub String);

/// Named leases, so that one process at a time runs a reconciler.
#[async_trait]
pub trait LeaseTable: Send + Sync + 'static {
    /// Takes or prolongs the lease; false when somebody else holds it.
    async fn acquire(&self, name: &str, owner: &str, lease: Duration) -> Result<bool, LogError>;
    /// Gives it back, if it is still held.
    async fn release(&self, name: &str, owner: &str) -> Result<(), LogError>;
}

/// What is known of a reconciler's last activation in this process.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ReconcilerStatus {
    pub running: bool,
    /// Activations that ended, in this process.
    pub runs: u64,
    pub last_started_at: Option<DateTime<Utc>>,
    pub last_ended_at: Option<DateTime<Utc>>,
    /// The status the last successful activation returned.
    pub last_status: Option<Value>,
    /// Why the last activation failed; cleared by a successful one.
    pub last_error: Option<String>,
}

#[derive(Default)]
struct Board {
    status: Mutex<BTreeMap<&'static str, ReconcilerStatus>>,
    wakes: Mutex<BTreeMap<&'static str, Arc<Notify>>>,
}

/// Wakes reconcilers and reads their status. Cheap to clone.
#[derive(Clone)]
pub struct ReconcilerHandle(Arc<Board>);

impl ReconcilerHandle {
    /// Activates the reconciler soon. Waking an unknown one does nothing.
    pub fn wake(&self, name: &str) {
        if let Some(notify) = self.0.wakes.lock().unwrap_or_else(PoisonError::into_inner).get(name) {
            notify.notify_one();
        }
    }

    /// Status by name.
    #[must_use]
    pub fn status(&self) -> BTreeMap<&'static str, ReconcilerStatus> {
        self.0.status.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Runs reconcilers.
pub struct ReconcilerHost {
    reconcilers: Vec<Arc<dyn Reconciler>>,
    leases: Option<Arc<dyn LeaseTable>>,
    owner: String,
    lease: Duration,
    board: Arc<Board>,
}

impl ReconcilerHost {
    /// Without leases: for one process, or for reconcilers that every process runs.
    #[must_use]
    pub fn new(owner: &str) -> Self {
        Self {
            reconcilers: Vec::new(),
            leases: None,
            owner: owner.to_owned(),
            lease: Duration::from_secs(15),
            board: Arc::default(),
        }
    }

    /// One process at a time runs each reconciler; without a table there is one process only.
    #[must_use]
    pub fn leases(mut self, leases: Option<Arc<dyn LeaseTable>>) -> Self {
        self.leases = leases;
        self
    }

    /// Adds a reconciler.
    #[expect(clippy::should_implement_trait, reason = "a builder's method, nothing is summed")]
    #[must_use]
    pub fn add(mut self, reconciler: Arc<dyn Reconciler>) -> Self {
        let name = reconciler.name();
        self.board.status.lock().unwrap_or_else(PoisonError::into_inner).insert(name, ReconcilerStatus::default());
        self.board.wakes.lock().unwrap_or_else(PoisonError::into_inner).insert(name, Arc::default());
        self.reconcilers.push(reconciler);
        self
    }

    #[must_use]
    pub fn handle(&self) -> ReconcilerHandle {
        ReconcilerHandle(self.board.clone())
    }

    /// Runs until `shutdown` fires; an activation under way is dropped, the next start compares again.
    pub async fn run(self, shutdown: CancellationToken) {
        join_all(self.reconcilers.iter().map(|reconciler| self.one(&**reconciler, &shutdown))).await;
    }

    async fn one(&self, reconciler: &dyn Reconciler, shutdown: &CancellationToken) {
        let name = reconciler.name();
        let wake = self.board.wakes.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
        let wake = wake.unwrap_or_default();
        loop {
            tokio::select! {
                biased;
                () = shutdown.cancelled() => break,
                () = self.activate(reconciler) => {}
            }
            tokio::select! {
                biased;
                () = shutdown.cancelled() => break,
                () = wake.notified() => {}
                () = tokio::time::sleep(reconciler.period()) => {}
            }
        }
        if let Some(leases) = &self.leases {
            let _ = leases.release(name, &self.owner).await;
        }
    }

    async fn activate(&self, reconciler: &dyn Reconciler) {
        let name = reconciler.name();
        let Some(leases) = &self.leases else { return self.once(reconciler).await };
        match leases.acquire(name, &self.owner, self.lease).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => {
                tracing::warn!(
                    reconciler.name = name,
                    error = &error as &dyn std::error::Error,
                    "A reconciler's lease could not be taken."
                );
                return;
            }
        }
        let keep = async {
            loop {
                tokio::time::sleep(self.lease / 3).await;
                if matches!(leases.acquire(name, &self.owner, self.lease).await, Ok(false)) {
                    return;
                }
            }
        };
        tokio::select! {
            () = self.once(reconciler) => {}
            () = keep => tracing::warn!(reconciler.name = name, "A reconciler lost its lease and was stopped."),
        }
    }

    async fn once(&self, reconciler: &dyn Reconciler) {
        let name = reconciler.name();
        self.note(name, |status| {
            status.running = true;
            status.last_started_at = Some(Utc::now());
        });
        let result = AssertUnwindSafe(reconciler.run()).catch_unwind().await;
        self.note(name, |status| {
            status.running = false;
            status.runs += 1;
            status.last_ended_at = Some(Utc::now());
            match result {
                Ok(Ok(value)) => {
                    status.last_status = Some(value);
                    status.last_error = None;
                }
                Ok(Err(error)) => status.last_error = Some(error.to_string()),
                Err(_) => status.last_error = Some("the activation ended unexpectedly".to_owned()),
            }
        });
        if let Some(error) = self.board.status.lock().unwrap_or_else(PoisonError::into_inner)[name].last_error.as_ref()
        {
            tracing::warn!(reconciler.name = name, error.message = %error, "A reconciler's activation failed.");
        }
    }

    fn note(&self, name: &'static str, change: impl FnOnce(&mut ReconcilerStatus)) {
        change(self.board.status.lock().unwrap_or_else(PoisonError::into_inner).entry(name).or_default());
    }
}
