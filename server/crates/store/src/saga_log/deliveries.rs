//! Rows that are handed to the outside until they are accepted or given up.
//!
//! All rows of one target stand in a line: only the first is claimed, and the next one when that one was accepted or
//! given up. A row that waits for its next attempt keeps the others waiting.

use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use hypo_engine::{DeliveryQueue, Job, LogError};
use hypo_shared::TenantId;
use sea_orm::Value as Argument;
use serde_json::Value;
use tokio::sync::watch;

use super::{clock, log_error};
use crate::{
    Error, Reader, Result, Scope, Slice, Store, Tx,
    sql::{Filter, args, get},
};

/// A delivery to be made, enqueued by the write that made it necessary.
#[derive(Clone, Debug, PartialEq)]
pub struct NewDelivery {
    pub tenant: TenantId,
    /// Who knows how, for example `tmf-hub`.
    pub channel: String,
    /// Whom it is for, in the channel's words.
    pub target: String,
    pub payload: Value,
    pub at: DateTime<Utc>,
}

/// Adds a delivery to the write; it is due when the write is committed.
///
/// # Errors
/// Database failures only.
pub async fn enqueue(tx: &mut Tx, delivery: &NewDelivery) -> Result<()> {
    let sql = "INSERT INTO deliveries (tenant, channel, target, payload, attempt, epoch, lease_until, run_at, created_at) \
               VALUES ($1, $2, $3, $4, 0, 0, 0, $5, $5)";
    let NewDelivery { tenant, channel, target, payload, at } = delivery;
    tx.work = true;
    open_line(tx, channel, target).await?;
    tx.execute(sql, args![*tenant, *channel, *target, *payload, *at]).await.map(drop)
}

/// Makes a line where there is none.
pub async fn open_line(tx: &mut Tx, channel: &str, target: &str) -> Result<()> {
    let sql = "INSERT INTO delivery_lines (channel, target, paused, delivered) VALUES ($1, $2, $3, 0) \
               ON CONFLICT DO NOTHING";
    tx.execute(sql, args![channel.to_owned(), target.to_owned(), false]).await.map(drop)
}

/// Removes a line and what stands in it.
pub async fn close_line(tx: &mut Tx, channel: &str, target: &str) -> Result<()> {
    for table in ["deliveries", "delivery_lines"] {
        let sql = format!("DELETE FROM {table} WHERE channel = $1 AND target = $2");
        tx.execute(&sql, args![channel.to_owned(), target.to_owned()]).await?;
    }
    Ok(())
}

/// Ids of rows at the head of their lines that are due and that nobody holds (`$2` is the time). One look-up by
/// index per line, however long the lines are.
const DUE: &str = "SELECT d.id FROM delivery_lines l JOIN deliveries d ON d.id = (SELECT min(x.id) FROM deliveries x \
                   WHERE x.channel = l.channel AND x.target = l.target AND x.run_at IS NOT NULL) \
                   WHERE NOT l.paused AND d.run_at <= $2 AND d.lease_until < $2 ORDER BY d.run_at, d.id";

/// Deliveries that were given up, newest first, with the last error.
///
/// # Errors
/// Database failures only.
pub async fn dead(db: &Reader, scope: impl Into<Scope>, slice: Slice) -> Result<Vec<(Job, String)>> {
    let filter = Filter::new().and_raw("run_at IS NULL").scope("tenant", scope.into()).order("id DESC").slice(slice);
    let sql = format!("SELECT * FROM deliveries{}", filter.tail());
    let rows = db.query(&sql, filter.values()).await?;
    rows.iter().map(|row| Ok((read(row)?, get::<Option<String>>(row, "error")?.unwrap_or_default()))).collect()
}

/// The delivery queue on the store.
#[derive(Clone, Debug)]
pub struct Deliveries(Store);

impl Deliveries {
    #[must_use]
    pub const fn new(store: Store) -> Self {
        Self(store)
    }

    /// Runs a statement on the row of a job and notes on its line what came of it; refused when the row was claimed
    /// again since.
    async fn fenced(&self, job: &Job, sql: &str, values: Vec<Argument>, error: Option<&str>) -> Result<(), LogError> {
        let now = clock(self.0.read()).await.map_err(log_error)?;
        let done = crate::write!(self.0, |tx| {
            let done = tx.execute(sql, values.clone()).await?;
            if done == 1 {
                let (channel, target) = (job.channel.clone(), job.target.clone());
                match error {
                    Some(error) => {
                        let sql = "UPDATE delivery_lines SET failed_at = $1, error = $2 \
                                   WHERE channel = $3 AND target = $4";
                        tx.execute(sql, args![now, error.to_owned(), channel, target]).await?;
                    }
                    None => {
                        let sql = "UPDATE delivery_lines SET delivered = delivered + 1, delivered_at = $1, \
                                   error = NULL WHERE channel = $2 AND target = $3";
                        tx.execute(sql, args![now, channel, target]).await?;
                    }
                }
            }
            Ok(done)
        });
        if done.map_err(log_error)? == 1 { Ok(()) } else { Err(LogError::Fenced) }
    }

    async fn take(&self, lease: Duration, limit: usize) -> Result<Vec<Job>> {
        let now = clock(self.0.read()).await?;
        if limit == 0
            || self.0.read().query(&format!("{DUE} LIMIT 1").replace("$2", "$1"), args![now]).await?.is_empty()
        {
            return Ok(Vec::new());
        }
        crate::write!(self.0, |tx| {
            let now = clock(tx).await?;
            let pass_over = if tx.is_postgres() { "FOR UPDATE OF d SKIP LOCKED" } else { "" };
            // Once more outside the choice: on PostgreSQL a row that was locked meanwhile is looked at again.
            let sql = format!(
                "UPDATE deliveries SET attempt = attempt + 1, epoch = epoch + 1, lease_until = $1 \
                 WHERE id IN ({DUE} LIMIT {limit} {pass_over}) AND lease_until < $2 RETURNING *"
            );
            let rows = tx.query(&sql, args![now + lease, now]).await?;
            let mut jobs = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
            jobs.sort_by_key(|job| job.id);
            Ok(jobs)
        })
    }
}

#[async_trait]
impl DeliveryQueue for Deliveries {
    async fn claim(&self, _owner: &str, lease: Duration, limit: usize) -> Result<Vec<Job>, LogError> {
        self.take(lease, limit).await.map_err(log_error)
    }

    async fn done(&self, job: &Job) -> Result<(), LogError> {
        let sql = "DELETE FROM deliveries WHERE id = $1 AND epoch = $2";
        self.fenced(job, sql, args![job.id, job.epoch], None).await
    }

    async fn retry(&self, job: &Job, after: Duration, error: &str) -> Result<(), LogError> {
        let due = clock(self.0.read()).await.map_err(log_error)? + after;
        let sql = "UPDATE deliveries SET run_at = $1, lease_until = 0, error = $2 WHERE id = $3 AND epoch = $4";
        self.fenced(job, sql, args![due, error.to_owned(), job.id, job.epoch], Some(error)).await
    }

    async fn dead(&self, job: &Job, error: &str) -> Result<(), LogError> {
        let sql = "UPDATE deliveries SET run_at = NULL, lease_until = 0, error = $1 WHERE id = $2 AND epoch = $3";
        self.fenced(job, sql, args![error.to_owned(), job.id, job.epoch], Some(error)).await
    }

    fn woken(&self) -> watch::Receiver<u64> {
        self.0.work()
    }
}

fn read(row: &sea_orm::QueryResult) -> Result<Job, Error> {
    Ok(Job {
        id: get(row, "id")?,
        channel: get(row, "channel")?,
        target: get(row, "target")?,
        payload: get(row, "payload")?,
        attempt: get(row, "attempt")?,
        epoch: get(row, "epoch")?,
    })
}
