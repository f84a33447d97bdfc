//! TMF events as they are kept: the history of every document, by cursor.

mod topics;

use chrono::{DateTime, SecondsFormat, Utc};
use hypo_store::events::{self, Cursor, Record, RecordFilter};
use hypo_tmf::event::{Happening, HubQuery};
use serde_json::Value;
use uuid::Uuid;

pub use topics::{History, in_topic, one_in_topic, publish};

use crate::{
    App, Ctx, Error, Result,
    permit::{Permit, may},
};

/// Events of one page.
const PAGE: u64 = 100;
/// Pages looked through for one that has something to show.
const LOOKS: usize = 20;

/// An event.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Reading from here goes on behind this event.
    pub cursor: String,
    pub id: Uuid,
    /// For example `ServiceOrderStateChangeEvent`.
    pub event_type: String,
    pub at: DateTime<Utc>,
    /// Kind of the document, for example `serviceOrder`.
    pub resource: String,
    /// Id of the document.
    pub subject: Uuid,
    pub correlation: Option<String>,
    /// TMF688, with the whole document.
    pub body: Value,
    time: String,
}

/// Which events; empty members do not restrict.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    pub types: Vec<String>,
    /// Kinds of documents.
    pub resources: Vec<String>,
    pub subject: Option<Uuid>,
    /// The grammar of hubs: TMF630 filters on the event, and `fields`.
    pub query: Option<String>,
}

/// Part of the history.
#[derive(Clone, Debug, PartialEq)]
pub struct Slice {
    /// Oldest first.
    pub events: Vec<Event>,
    /// Where to go on.
    pub next: String,
    /// There is more right away.
    pub more: bool,
}

impl Event {
    pub(crate) fn of(record: Record) -> Self {
        let time = record.at.to_rfc3339_opts(SecondsFormat::Micros, true);
        let mut event = Self {
            cursor: record.cursor.to_string(),
            id: record.id,
            event_type: record.event_type,
            at: record.at,
            resource: record.kind,
            subject: record.subject,
            correlation: record.correlation,
            body: Value::Null,
            time,
        };
        event.body = event.told(&record.document, |happening| happening.body());
        topics::restore(&mut event.body, &event.resource, &record.document);
        event
    }

    /// CloudEvents 1.0 around the body, or around a part of it.
    #[must_use]
    pub fn cloud(&self, body: &Value) -> Value {
        self.told(&Value::Null, |happening| happening.cloud(body))
    }

    fn told(&self, document: &Value, how: impl FnOnce(&Happening<'_>) -> Value) -> Value {
        how(&Happening {
            id: &self.id.to_string(),
            event_type: &self.event_type,
            time: &self.time,
            correlation: self.correlation.as_deref(),
            kind: &self.resource,
            subject: &self.subject.to_string(),
            document,
        })
    }
}

/// A wish, read.
pub(crate) struct Sieve {
    pub filter: RecordFilter,
    query: Option<HubQuery>,
}

impl Sieve {
    pub(crate) fn of(wish: &Wish) -> Result<Self> {
        let query = wish.query.as_deref().map(HubQuery::parse).transpose();
        Ok(Self {
            filter: RecordFilter { types: wish.types.clone(), kinds: wish.resources.clone(), subject: wish.subject },
            query: query.map_err(|problem| Error::field("filter.query", "format", problem.reason))?,
        })
    }

    pub(crate) fn pass(&self, record: Record) -> Option<Event> {
        let mut event = Event::of(record);
        if let Some(query) = &self.query {
            if !query.matches(&event.body) {
                return None;
            }
            event.body = query.trim(event.body);
        }
        Some(event)
    }
}

/// Events behind a cursor, or from the oldest that is kept, oldest first.
///
/// # Errors
/// `HYP-6008` for a cursor that is not of this store or whose events are no longer kept, `HYP-6001` for a query the
/// grammar does not know.
pub async fn since(
    app: &App,
    ctx: &Ctx,
    _: Permit<may::Read>,
    cursor: Option<&str>,
    wish: &Wish,
    first: Option<i32>,
) -> Result<Slice> {
    let limit = match first {
        None => PAGE,
        Some(first) => u64::try_from(first)
            .ok()
            .filter(|first| (1..=1000).contains(first))
            .ok_or_else(|| Error::field("first", "range", "Ask for 1 to 1000 items."))?,
    };
    let sieve = Sieve::of(wish)?;
    let mut at: Cursor = cursor.map(str::parse).transpose()?.unwrap_or(Cursor::START);
    let mut found = Vec::new();
    for _ in 0..LOOKS {
        let batch = events::records(app.store().read(), ctx.reach(), at, &sieve.filter, limit).await?;
        (at, found) = (batch.next, batch.records.into_iter().filter_map(|record| sieve.pass(record)).collect());
        if !found.is_empty() || !batch.more {
            return Ok(Slice { events: found, next: at.to_string(), more: batch.more });
        }
    }
    Ok(Slice { events: found, next: at.to_string(), more: true })
}
