//! The outbox: what has happened, in the order it was committed. Bus, subscriptions, hubs and TMF688 read it by cursor.

mod cursor;
mod feed;
mod records;
mod write;

use chrono::{DateTime, Utc};
use hypo_shared::TenantId;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

pub use cursor::Cursor;
pub use feed::{head, prune, since};
pub(crate) use records::append_document;
pub use records::{Record, RecordFilter, Records, correlate, newest, publish, record, records};
pub use write::append;
pub(crate) use write::{Pending, flush};

/// Something that has happened, before it is committed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewEvent {
    /// What kind of thing it is about, for example `serviceOrder`.
    pub topic: String,
    /// Whose event it is; something two tenants must see is two events.
    pub tenant: TenantId,
    /// What it is about.
    pub subject: Uuid,
    /// What happened, for example `stateChanged`.
    pub kind: String,
    pub payload: Value,
    pub at: DateTime<Utc>,
}

/// A committed event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Reading from here continues behind this event.
    pub cursor: Cursor,
    #[serde(flatten)]
    pub event: NewEvent,
}

/// Which events; empty lists do not restrict.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventFilter {
    #[serde(default)]
    pub topics: Vec<String>,
    #[serde(default)]
    pub subjects: Vec<Uuid>,
}

/// What a reader gets at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Batch {
    /// Oldest first.
    pub events: Vec<Event>,
    /// Where to go on. Advances past events that did not match, too.
    pub next: Cursor,
    /// There is more to read right away.
    pub more: bool,
}
