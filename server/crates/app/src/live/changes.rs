//! Everything that changed in the tenant, from the outbox: nothing is missed, and one frame names each thing once.

use chrono::{DateTime, Utc};
use hypo_store::{
    Scope,
    events::{self, Cursor, Event, EventFilter},
};
use uuid::Uuid;

use super::{
    Frames,
    follow::{Batch, follow},
};
use crate::{
    App, Ctx, Result,
    permit::{Permit, may},
};

/// Events read at once.
const BATCH: u64 = 500;

/// A frame of changes.
pub type Frame = super::Frame<Change>;

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
    let scope = Scope::from(ctx.reach());
    Ok(follow(app, given, move |app, at| async move {
        let batch = events::since(app.store().read(), scope, at, &EventFilter::default(), BATCH).await?;
        Ok(Batch { items: merge(batch.events), next: batch.next, more: batch.more })
    }))
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
