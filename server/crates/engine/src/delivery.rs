//! Hands stored rows to the outside until they are accepted or declared dead.

use std::{collections::HashMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use serde_json::Value;
use tokio::{sync::watch, task::JoinSet};
use tokio_util::sync::CancellationToken;

use crate::{LogError, Retry};

/// A claimed row.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    pub id: i64,
    /// Names the [`Deliver`] that knows how.
    pub channel: String,
    /// Whom it is for, in the channel's own words (a hub's id).
    pub target: String,
    pub payload: Value,
    /// 1 for the first attempt. The receiver can tell repetitions by `id`.
    pub attempt: u32,
    /// Fences the row as a saga's epoch does.
    pub epoch: u64,
}

/// The stored rows. Every write is fenced by the job's epoch; a stale one returns [`LogError::Fenced`].
#[async_trait]
pub trait DeliveryQueue: Send + Sync + 'static {
    /// Takes due rows that nobody holds.
    async fn claim(&self, owner: &str, lease: Duration, limit: usize) -> Result<Vec<Job>, LogError>;
    /// The outside has accepted it.
    async fn done(&self, job: &Job) -> Result<(), LogError>;
    /// Try again after the wait.
    async fn retry(&self, job: &Job, after: Duration, error: &str) -> Result<(), LogError>;
    /// Nobody tries again; kept for a person to see.
    async fn dead(&self, job: &Job, error: &str) -> Result<(), LogError>;
    /// Changes whenever a row may have become claimable.
    fn woken(&self) -> watch::Receiver<u64>;
}

/// Knows how to deliver on one channel. At least once: the receiver has to accept repetitions.
#[async_trait]
pub trait Deliver: Send + Sync {
    fn channel(&self) -> &str;
    async fn deliver(&self, job: &Job) -> Result<(), DeliveryError>;
}

/// Why a delivery failed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeliveryError {
    /// Worth another attempt.
    #[error("{0}")]
    Retry(String),
    /// Will never be accepted.
    #[error("{0}")]
    Permanent(String),
}

/// How a delivery driver behaves.
#[derive(Clone, Debug)]
pub struct DeliveryConfig {
    pub owner: String,
    /// Longer than any single delivery may take.
    pub lease: Duration,
    pub concurrent: usize,
    pub poll: Duration,
    pub retry: Retry,
}

impl Default for DeliveryConfig {
    /// Gives up after about a day.
    fn default() -> Self {
        Self {
            owner: uuid::Uuid::now_v7().to_string(),
            lease: Duration::from_secs(30),
            concurrent: 32,
            poll: Duration::from_secs(1),
            retry: Retry { attempts: 100, first_ms: 1_000, max_ms: 900_000, timeout_ms: Some(20_000) },
        }
    }
}

/// Claims and delivers.
pub struct DeliveryDriver {
    queue: Arc<dyn DeliveryQueue>,
    channels: HashMap<String, Arc<dyn Deliver>>,
    config: DeliveryConfig,
}

impl DeliveryDriver {
    pub fn new(queue: Arc<dyn DeliveryQueue>, config: DeliveryConfig) -> Self {
        Self { queue, channels: HashMap::new(), config }
    }

    /// Adds a channel.
    #[must_use]
    pub fn channel(mut self, deliver: Arc<dyn Deliver>) -> Self {
        self.channels.insert(deliver.channel().to_owned(), deliver);
        self
    }

    /// Delivers until `shutdown` fires; what is under way then is repeated by whoever claims it next.
    pub async fn run(self, shutdown: CancellationToken) {
        let driver = Arc::new(self);
        let mut woken = driver.queue.woken();
        // Tasks of their own: one that is in the middle of a write must go on while the queue is asked for more.
        let mut flying: JoinSet<()> = JoinSet::new();
        while !shutdown.is_cancelled() {
            let room = driver.config.concurrent.saturating_sub(flying.len());
            let jobs = if room == 0 {
                Vec::new()
            } else {
                driver.queue.claim(&driver.config.owner, driver.config.lease, room).await.unwrap_or_else(|error| {
                    tracing::warn!(error = &error as &dyn std::error::Error, "Deliveries could not be claimed.");
                    Vec::new()
                })
            };
            for job in jobs {
                let driver = Arc::clone(&driver);
                flying.spawn(async move { driver.one(job).await });
            }
            tokio::select! {
                () = shutdown.cancelled() => {}
                Some(_) = flying.join_next(), if !flying.is_empty() => {}
                _ = woken.changed() => {}
                () = tokio::time::sleep(driver.config.poll) => {}
            }
        }
    }

    async fn one(&self, job: Job) {
        let limit = self.config.retry.timeout_ms.map_or(self.config.lease, Duration::from_millis);
        let result = match self.channels.get(&job.channel) {
            // Another version of the product may know the channel.
            None => Err(DeliveryError::Retry(format!("no channel is named {}", job.channel))),
            Some(deliver) => tokio::time::timeout(limit, deliver.deliver(&job))
                .await
                .unwrap_or_else(|_| Err(DeliveryError::Retry("the receiver did not answer in time".to_owned()))),
        };
        let written = match result {
            Ok(()) => self.queue.done(&job).await,
            Err(DeliveryError::Retry(error)) if job.attempt < self.config.retry.attempts => {
                let wait = self.config.retry.wait(job.attempt, rand::random());
                self.queue.retry(&job, wait, &error).await
            }
            Err(error) => {
                tracing::warn!(delivery.id = job.id, delivery.channel = %job.channel, "A delivery was given up.");
                self.queue.dead(&job, &error.to_string()).await
            }
        };
        if let Err(error) = written {
            // The lease runs out and the delivery is repeated.
            tracing::warn!(
                delivery.id = job.id,
                error = &error as &dyn std::error::Error,
                "The outcome of a delivery could not be stored."
            );
        }
    }
}
