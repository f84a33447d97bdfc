//! TMF events: what happened to a document, with the whole document as it was then.

use chrono::{DateTime, Utc};
use hypo_shared::TenantId;
use sea_orm::QueryResult;
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use super::feed::{MOST, bounds};
use crate::{
    Reader, Result, Scope, Tx,
    events::{Cursor, NewEvent, write::Pending},
    sql::{Filter, get},
};

/// A committed TMF event.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// Reading from here continues behind this event.
    pub cursor: Cursor,
    /// The same in every delivery, so that a receiver can tell repetitions.
    pub id: Uuid,
    /// For example `ServiceOrderStateChangeEvent`.
    pub event_type: String,
    pub tenant: TenantId,
    /// Kind of the document, for example `serviceOrder`.
    pub kind: String,
    /// Id of the document.
    pub subject: Uuid,
    /// The document at that revision.
    pub document: Value,
    /// What the event belongs to: the request that caused it.
    pub correlation: Option<String>,
    pub at: DateTime<Utc>,
}

/// Which TMF events; empty members do not restrict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordFilter {
    pub types: Vec<String>,
    pub kinds: Vec<String>,
    pub subject: Option<Uuid>,
}

/// Part of the history.
#[derive(Clone, Debug, PartialEq)]
pub struct Records {
    /// Oldest first.
    pub records: Vec<Record>,
    /// Where to go on. Advances past events that did not match, too.
    pub next: Cursor,
    /// There is more to read right away.
    pub more: bool,
}

/// Adds a change of a document to the write, with the TMF event it is.
pub(crate) fn append_document(tx: &mut Tx, event: NewEvent, rev: i64, event_type: String, document: Value) {
    let words = (&event.topic, event.subject, rev, &event.kind, event.at.timestamp_micros());
    let digest: [u8; 32] = Sha256::digest(format!("{words:?}").as_bytes()).into();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    // RFC 9562, 5.8: the bytes are ours, the version says so.
    let id = Builder::from_custom_bytes(bytes).into_uuid();
    tx.events.push(Pending { event, record: Some((id, event_type, document)) });
}

/// Adds an event that is no change of a document: one that a client publishes itself (TMF688; `document` is its whole
/// body), or one that asks for something.
pub fn publish(tx: &mut Tx, event: NewEvent, id: Uuid, event_type: &str, document: Value) {
    tx.events.push(Pending { event, record: Some((id, event_type.to_owned(), document)) });
}

/// Says what the events of this write belong to: the trace of a request, or the order a saga works on. The first
/// word stands.
pub fn correlate(tx: &mut Tx, correlation: &str) {
    tx.correlation.get_or_insert_with(|| correlation.to_owned());
}

/// TMF events behind `cursor` that the scope sees and the filter lets through, oldest first, at most `limit` (and
/// 1000).
///
/// # Errors
/// As [`super::since`].
pub async fn records(
    db: &Reader,
    scope: impl Into<Scope>,
    cursor: Cursor,
    filter: &RecordFilter,
    limit: u64,
) -> Result<Records> {
    let limit = limit.clamp(1, MOST);
    let high = bounds(db, cursor).await?;
    let wanted = Filter::new().and("e.seq > {}", cursor.seq()).and("e.seq <= {}", high);
    let wanted = matching(wanted, scope.into(), filter);
    let sql = format!("{SELECT}{} ORDER BY e.seq LIMIT {limit}", wanted.condition());
    let records: Vec<Record> = db.query(&sql, wanted.values()).await?.iter().map(read).collect::<Result<_>>()?;
    let more = records.len() as u64 == limit;
    let next = match records.last() {
        Some(last) if more => last.cursor,
        _ => Cursor::at(high),
    };
    Ok(Records { records, next, more })
}

/// The newest TMF events that are kept, oldest first, at most `limit` (and 10,000).
///
/// # Errors
/// Database failures only.
pub async fn newest(db: &Reader, scope: impl Into<Scope>, filter: &RecordFilter, limit: u64) -> Result<Vec<Record>> {
    let wanted = matching(Filter::new(), scope.into(), filter);
    let sql = format!("{SELECT}{} ORDER BY e.seq DESC LIMIT {}", wanted.condition(), limit.min(10 * MOST));
    let mut records: Vec<Record> = db.query(&sql, wanted.values()).await?.iter().map(read).collect::<Result<_>>()?;
    records.reverse();
    Ok(records)
}

/// One TMF event.
///
/// # Errors
/// Database failures only.
pub async fn record(db: &Reader, scope: impl Into<Scope>, id: Uuid) -> Result<Option<Record>> {
    let wanted = matching(Filter::new().and("e.id = {}", id), scope.into(), &RecordFilter::default());
    let sql = format!("{SELECT}{} ORDER BY e.seq LIMIT 1", wanted.condition());
    db.query(&sql, wanted.values()).await?.first().map(read).transpose()
}

const SELECT: &str = "SELECT e.seq, e.id, e.type, e.tenant, e.document, e.correlation, o.topic, o.subject, o.at \
                      FROM events e JOIN outbox o ON o.seq = e.seq";

fn matching(mut wanted: Filter, scope: Scope, filter: &RecordFilter) -> Filter {
    if let Scope::Tenant(tenant) = scope {
        wanted = wanted.and("e.tenant = {}", tenant);
    }
    if !filter.types.is_empty() {
        wanted = wanted.any_of("type", &filter.types);
    }
    if !filter.kinds.is_empty() {
        wanted = wanted.any_of("topic", &filter.kinds);
    }
    match filter.subject {
        Some(subject) => wanted.and("o.subject = {}", subject),
        None => wanted,
    }
}

fn read(row: &QueryResult) -> Result<Record> {
    Ok(Record {
        cursor: Cursor::at(get(row, "seq")?),
        id: get(row, "id")?,
        event_type: get(row, "type")?,
        tenant: get(row, "tenant")?,
        kind: get(row, "topic")?,
        subject: get(row, "subject")?,
        document: get(row, "document")?,
        correlation: get(row, "correlation")?,
        at: get(row, "at")?,
    })
}
