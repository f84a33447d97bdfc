//! What waits for a hub, what was given up, and starting again.

use chrono::{DateTime, Utc};
use hypo_shared::ErrorCode;
use serde_json::Value;
use uuid::Uuid;

use super::{CHANNEL, Hub};
use crate::{
    Error, Reader, Result, Slice, Tx,
    sql::{Filter, args, get},
};

/// How a hub is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    /// Deliveries that wait, the one in flight included.
    pub waiting: u64,
    /// When the oldest of them was put in the line.
    pub oldest: Option<DateTime<Utc>>,
    /// Deliveries that were given up.
    pub dead: u64,
    /// Accepted ones.
    pub delivered: u64,
    pub delivered_at: Option<DateTime<Utc>>,
    /// The last failure; cleared by an accepted delivery.
    pub error: Option<String>,
    pub failed_at: Option<DateTime<Utc>>,
}

/// A delivery that was given up.
#[derive(Clone, Debug, PartialEq)]
pub struct Letter {
    pub id: i64,
    pub payload: Value,
    pub attempts: u32,
    pub error: String,
    pub created_at: DateTime<Utc>,
}

/// How each of these hubs is doing, in the same order.
///
/// # Errors
/// Database failures only.
pub async fn lines(db: &Reader, hubs: &[Hub]) -> Result<Vec<Line>> {
    let mut all = Vec::with_capacity(hubs.len());
    for hub in hubs {
        let target = hub.id.to_string();
        let sql = "SELECT delivered, delivered_at, failed_at, error FROM delivery_lines \
                   WHERE channel = $1 AND target = $2";
        let rows = db.query(sql, args![CHANNEL.to_owned(), target]).await?;
        let mut line = match rows.first() {
            Some(row) => Line {
                delivered: get(row, "delivered")?,
                delivered_at: get(row, "delivered_at")?,
                failed_at: get(row, "failed_at")?,
                error: get(row, "error")?,
                ..Line::default()
            },
            None => Line::default(),
        };
        let sql = "SELECT count(run_at) AS waiting, count(*) - count(run_at) AS dead, \
                   min(CASE WHEN run_at IS NOT NULL THEN created_at END) AS oldest \
                   FROM deliveries WHERE channel = $1 AND target = $2";
        if let Some(row) = db.query(sql, args![CHANNEL.to_owned(), target]).await?.first() {
            line.waiting = get(row, "waiting")?;
            line.dead = get(row, "dead")?;
            line.oldest = get(row, "oldest")?;
        }
        all.push(line);
    }
    Ok(all)
}

/// Deliveries to a hub that were given up, oldest first.
///
/// # Errors
/// Database failures only.
pub async fn dead(db: &Reader, hub: &Hub, slice: Slice) -> Result<Vec<Letter>> {
    let filter = Filter::new().eq("channel", CHANNEL.to_owned()).eq("target", hub.id.to_string());
    let filter = filter.and_raw("run_at IS NULL").order("id").slice(slice);
    let sql = format!("SELECT * FROM deliveries{}", filter.tail());
    let rows = db.query(&sql, filter.values()).await?;
    rows.iter()
        .map(|row| {
            Ok(Letter {
                id: get(row, "id")?,
                payload: get(row, "payload")?,
                attempts: get(row, "attempt")?,
                error: get::<Option<String>>(row, "error")?.unwrap_or_default(),
                created_at: get(row, "created_at")?,
            })
        })
        .collect()
}

/// Puts given-up deliveries back in the line, at the places they had: all, or one. Counts.
///
/// # Errors
/// Database failures only.
pub async fn replay(tx: &mut Tx, hub: &Hub, one: Option<i64>, now: DateTime<Utc>) -> Result<u64> {
    tx.work = true;
    let sql = "UPDATE deliveries SET run_at = $1, attempt = 0, lease_until = 0 \
               WHERE channel = $2 AND target = $3 AND run_at IS NULL";
    let (channel, target) = (CHANNEL.to_owned(), hub.id.to_string());
    match one {
        Some(id) => tx.execute(&format!("{sql} AND id = $4"), args![now, channel, target, id]).await,
        None => tx.execute(sql, args![now, channel, target]).await,
    }
}

/// Holds the line, or lets it go on. What happens meanwhile is delivered afterwards.
///
/// # Errors
/// `HubNotFound`.
pub async fn pause(tx: &mut Tx, hub: Uuid, paused: bool) -> Result<()> {
    tx.work = true;
    if tx.execute("UPDATE hubs SET paused = $1 WHERE id = $2", args![paused, hub]).await? == 0 {
        return Err(Error::refused(ErrorCode::HubNotFound, format!("hub {hub}")));
    }
    let sql = "UPDATE delivery_lines SET paused = $1 WHERE channel = $2 AND target = $3";
    tx.execute(sql, args![paused, CHANNEL.to_owned(), hub.to_string()]).await.map(drop)
}
