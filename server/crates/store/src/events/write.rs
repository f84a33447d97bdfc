//! Adding events to a write.

use serde_json::Value;
use uuid::Uuid;

use crate::{
    Error, Result, Tx,
    events::NewEvent,
    sql::{args, get},
};

/// An event that waits for the end of its write; with a record it is a TMF event: id, type, document.
#[derive(Clone, Debug)]
pub struct Pending {
    pub event: NewEvent,
    pub record: Option<(Uuid, String, Value)>,
}

/// Adds an event to the write. It gets its place in the outbox when the write commits.
pub fn append(tx: &mut Tx, event: NewEvent) {
    tx.events.push(Pending { event, record: None });
}

/// Writes the collected events. On PostgreSQL one writer at a time is between here and its commit: otherwise a
/// number taken first could become visible last, and a reader that has passed it would never see it.
pub async fn flush(tx: &mut Tx) -> Result<()> {
    if tx.events.is_empty() && !tx.work {
        return Ok(());
    }
    if tx.is_postgres() && !tx.events.is_empty() {
        tx.query("SELECT pg_advisory_xact_lock(7239462002)", args![]).await?;
    }
    for Pending { event, record } in &tx.events {
        let sql = "INSERT INTO outbox (topic, tenant, subject, kind, payload, at) VALUES ($1, $2, $3, $4, $5, $6) \
                   RETURNING seq";
        let NewEvent { topic, tenant, subject, kind, payload, at } = event;
        let rows = tx.query(sql, args![*topic, *tenant, *subject, *kind, *payload, *at]).await?;
        let Some((id, event_type, document)) = record else { continue };
        let row = rows.first().ok_or_else(|| Error::Internal("an insert gave no number".to_owned()))?;
        let seq: i64 = get(row, "seq")?;
        let sql = "INSERT INTO events (seq, tenant, id, type, document, correlation) VALUES ($1, $2, $3, $4, $5, $6)";
        tx.execute(sql, args![seq, *tenant, *id, *event_type, *document, tx.correlation]).await?;
    }
    if tx.is_postgres() {
        let word = if tx.work { crate::store::WORK } else { "" };
        tx.query("SELECT pg_notify($1, $2)", args![crate::store::CHANNEL.to_owned(), word.to_owned()]).await?;
    }
    Ok(())
}
