//! Everything that changed in the tenant, from the outbox: nothing is missed, and one frame names each thing once.

use async_stream::try_stream;
use chrono::{DateTime, Utc};
use futures::StreamExt;
use hypo_shared::ErrorCode;
use hypo_store::{
    Scope,
    events::{self, Cursor, Event, EventFilter},
};
use uuid::Uuid;

use super::{
    FrameKind, Frames,
    pace::{Pace, marked},
};
use crate::{
    App, Ctx, Result,
    permit::{Permit, may},
};

/// Events read at once.
const BATCH: u64 = 500;

/// A frame of changes.
#[derive(Clone, Debug)]
pub struct Frame {
    pub cursor: String,
    pub kind: FrameKind,
    pub changes: Vec<Change>,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub topic: String,
    pub subject: Uuid,
    pub kind: String,
    pub at: DateTime<Utc>,
}

/// Watches the outbox. The first frame of a new stream is empty and says where it begins.
///
/// # Errors
/// `HYP-6008` for a text that is no cursor; one of another store gives a reset and begins anew.
pub async fn watch(app: &App, ctx: &Ctx, _: Permit<may::Read>, resume: Option<&str>) -> Result<Frames<Frame>> {
    let given: Option<Cursor> = resume.map(str::parse).transpose()?;
    let (app, scope) = (app.clone(), Scope::from(ctx.reach()));
    let stream = try_stream! {
        let read = app.store().read();
        let mut marks = app.store().changes();
        let mut pace = Pace::new();
        let mut at = match given {
            Some(cursor) => cursor,
            None => {
                let head = events::head(read).await?;
                yield Frame { cursor: head.to_string(), kind: FrameKind::Snapshot, changes: Vec::new() };
                head
            }
        };
        loop {
            let batch = match events::since(read, scope, at, &EventFilter::default(), BATCH).await {
                Err(error) if error.code() == ErrorCode::CursorInvalid => {
                    at = events::head(read).await?;
                    pace.spoke();
                    yield Frame { cursor: at.to_string(), kind: FrameKind::Reset, changes: Vec::new() };
                    continue;
                }
                other => other?,
            };
            at = batch.next;
            let more = batch.more;
            let changes = merge(batch.events);
            if !changes.is_empty() {
                pace.spoke();
                yield Frame { cursor: at.to_string(), kind: FrameKind::Delta, changes };
            } else if pace.is_silent() {
                yield Frame { cursor: at.to_string(), kind: FrameKind::Heartbeat, changes };
            }
            if !more {
                pace.rest(marked(&mut marks)).await;
            }
        }
    };
    Ok(stream.boxed())
}

/// The last of equal changes, in the order of their last.
fn merge(events: Vec<Event>) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::with_capacity(events.len());
    for Event { event, .. } in events {
        let change = Change { topic: event.topic, subject: event.subject, kind: event.kind, at: event.at };
        let same = |known: &Change| {
            (&known.topic, known.subject, &known.kind) == (&change.topic, change.subject, &change.kind)
        };
        changes.retain(|known| !same(known));
        changes.push(change);
    }
    changes
}
