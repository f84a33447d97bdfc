//! Adding events to a write.

use crate::{Result, Tx, events::NewEvent, sql::args};

/// Adds an event to the write. It gets its place in the outbox when the write commits.
pub fn append(tx: &mut Tx, event: NewEvent) {
    tx.events.push(event);
}

/// Writes the collected events. On PostgreSQL one writer at a time is between here and its commit: otherwise a
/// number taken first could become visible last, and a reader that has passed it would never see it.
pub async fn flush(tx: &mut Tx) -> Result<()> {
    if tx.events.is_empty() {
        return Ok(());
    }
    if tx.is_postgres() {
        tx.query("SELECT pg_advisory_xact_lock(7239462002)", args![]).await?;
    }
    for event in &tx.events {
        let sql = "INSERT INTO outbox (topic, tenant, subject, kind, payload, at) VALUES ($1, $2, $3, $4, $5, $6)";
        let NewEvent { topic, tenant, subject, kind, payload, at } = event;
        tx.execute(sql, args![*topic, *tenant, *subject, *kind, *payload, *at]).await?;
    }
    if tx.is_postgres() {
        tx.query("SELECT pg_notify($1, '')", args![crate::store::CHANNEL.to_owned()]).await?;
    }
    Ok(())
}
