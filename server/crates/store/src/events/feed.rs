//! Reading the outbox by cursor.

use chrono::{DateTime, Utc};
use hypo_shared::ErrorCode;
use sea_orm::QueryResult;

use crate::{
    Error, Reader, Result, Scope, Tx,
    events::{Batch, Cursor, Event, EventFilter, NewEvent},
    sql::{Filter, args, get},
};

/// The most events one call gives.
pub(super) const MOST: u64 = 1000;

/// Behind the newest event: where a live view starts.
///
/// # Errors
/// Database failures only.
pub async fn head(db: &Reader) -> Result<Cursor> {
    Ok(Cursor::at(db.scalar("SELECT coalesce(max(seq), 0) AS n FROM outbox", args![]).await?.unwrap_or(0)))
}

/// Events behind `cursor` that the scope sees and the filter lets through, oldest first, at most `limit` (and 1000).
///
/// # Errors
/// `CursorInvalid` when the cursor is ahead of this outbox (it comes from another one) or behind what is kept:
/// read the present state again and go on from [`head`].
pub async fn since(
    db: &Reader,
    scope: impl Into<Scope>,
    cursor: Cursor,
    filter: &EventFilter,
    limit: u64,
) -> Result<Batch> {
    let limit = limit.clamp(1, MOST);
    let high = bounds(db, cursor).await?;
    let mut wanted = Filter::new().and("seq > {}", cursor.seq()).and("seq <= {}", high).scope("tenant", scope.into());
    if !filter.topics.is_empty() {
        wanted = wanted.any_of("topic", &filter.topics);
    }
    if !filter.subjects.is_empty() {
        wanted = wanted.any_of("subject", &filter.subjects);
    }
    let sql = format!("SELECT * FROM outbox{} ORDER BY seq LIMIT {limit}", wanted.condition());
    let events: Vec<Event> = db.query(&sql, wanted.values()).await?.iter().map(read).collect::<Result<_>>()?;
    let more = events.len() as u64 == limit;
    let next = match events.last() {
        Some(last) if more => last.cursor,
        _ => Cursor::at(high),
    };
    Ok(Batch { events, next, more })
}

/// The newest number, when the cursor can be gone on from.
pub(super) async fn bounds(db: &Reader, cursor: Cursor) -> Result<i64> {
    // Two subqueries: SQLite answers each from the end of its index, but scans for both at once.
    let bounds = "SELECT coalesce((SELECT min(seq) FROM outbox), 0) AS low, \
                  coalesce((SELECT max(seq) FROM outbox), 0) AS high";
    let bounds = db.query(bounds, args![]).await?;
    let bounds = bounds.first().ok_or_else(|| Error::Internal("an aggregate gave no row".to_owned()))?;
    let (low, high): (i64, i64) = (get(bounds, "low")?, get(bounds, "high")?);
    if cursor.seq() > high {
        return Err(Error::refused(ErrorCode::CursorInvalid, "the cursor is not of this store"));
    }
    if cursor != Cursor::START && cursor.seq() + 1 < low && pruned(db).await? > cursor.seq() {
        return Err(Error::refused(ErrorCode::CursorInvalid, "events behind the cursor are no longer kept"));
    }
    Ok(high)
}

/// Removes events older than `before`, but never one a hub has not been told of, nor the newest: it marks how far
/// the outbox has come. Counts.
///
/// # Errors
/// Database failures only.
pub async fn prune(tx: &mut Tx, before: DateTime<Utc>) -> Result<u64> {
    let sql = "SELECT coalesce(max(seq), 0) AS n FROM outbox WHERE at < $1 AND seq < (SELECT max(seq) FROM outbox) \
               AND NOT EXISTS (SELECT 1 FROM hubs WHERE position < outbox.seq)";
    let through: i64 = tx.scalar(sql, args![before]).await?.unwrap_or(0);
    let removed = tx.execute("DELETE FROM outbox WHERE seq <= $1", args![through]).await?;
    tx.execute("DELETE FROM events WHERE seq <= $1", args![through]).await?;
    tx.execute("UPDATE outbox_floor SET seq = $1 WHERE seq < $1", args![through]).await?;
    Ok(removed)
}

async fn pruned(db: &Reader) -> Result<i64> {
    Ok(db.scalar("SELECT seq AS n FROM outbox_floor", args![]).await?.unwrap_or(0))
}

fn read(row: &QueryResult) -> Result<Event> {
    Ok(Event {
        cursor: Cursor::at(get(row, "seq")?),
        event: NewEvent {
            topic: get(row, "topic")?,
            tenant: get(row, "tenant")?,
            subject: get(row, "subject")?,
            kind: get(row, "kind")?,
            payload: get(row, "payload")?,
            at: get(row, "at")?,
        },
    })
}
