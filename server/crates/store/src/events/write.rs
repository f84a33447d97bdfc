//! Adding events to a write.

use serde_json::Value;
use uuid::Uuid;

use crate::{
    Result, Tx,
    events::NewEvent,
    sql::args,
    store::{CHANNEL, WORK},
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

/// Writes the collected events, each with one statement. On PostgreSQL one writer at a time is between here and its
/// commit: otherwise a number taken first could become visible last, and a reader that has passed it would never see it.
pub async fn flush(tx: &mut Tx) -> Result<()> {
    if tx.is_postgres() && (tx.work || !tx.events.is_empty()) {
        // Sent with the commit; before the lock, so that nobody waits for it.
        let word = if tx.work { WORK } else { "" };
        tx.query("SELECT pg_notify($1, $2)", args![CHANNEL.to_owned(), word.to_owned()]).await?;
    }
    for Pending { event, record } in &tx.events {
        let NewEvent { topic, tenant, subject, kind, payload, at } = event;
        let mut values = args![*topic, *tenant, *subject, *kind, *payload, *at];
        if let Some((id, event_type, document)) = record {
            values.extend(args![*id, *event_type, *document, tx.correlation]);
        }
        let sql = match (tx.is_postgres(), record.is_some()) {
            (false, false) => format!("{OUTBOX} VALUES ($1, $2, $3, $4, $5, $6)"),
            (false, true) => {
                format!("{OUTBOX} VALUES ($1, $2, $3, $4, $5, $6); {EVENTS} VALUES (last_insert_rowid(), {RECORD})")
            }
            (true, false) => format!("{OUTBOX} {IN_TURN}"),
            (true, true) => {
                format!("WITH o AS ({OUTBOX} {IN_TURN} RETURNING seq) {EVENTS} SELECT seq, {RECORD} FROM o")
            }
        };
        tx.execute(&sql, values).await?;
    }
    Ok(())
}

const OUTBOX: &str = "INSERT INTO outbox (topic, tenant, subject, kind, payload, at)";
const EVENTS: &str = "INSERT INTO events (seq, tenant, id, type, document, correlation)";
const RECORD: &str = "$2, $7, $8, $9, $10";
/// The number is taken when the row of the lock is there.
const IN_TURN: &str = "SELECT $1, $2, $3, $4, $5, $6 FROM (SELECT pg_advisory_xact_lock(7239462002)) AS turn";
