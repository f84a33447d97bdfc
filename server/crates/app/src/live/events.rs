//! TMF events as they are committed: nothing is missed, and a reader goes on where it was.

use async_stream::try_stream;
use futures::StreamExt;
use hypo_shared::ErrorCode;
use hypo_store::{
    Scope,
    events::{self as rows, Cursor},
};

use super::{
    FrameKind, Frames,
    pace::{Pace, marked},
};
use crate::{
    App, Ctx, Result,
    events::{Event, Sieve, Wish},
    permit::{Permit, may},
};

/// Events read at once.
const BATCH: u64 = 200;

/// A frame of events.
#[derive(Clone, Debug)]
pub struct Frame {
    pub cursor: String,
    pub kind: FrameKind,
    pub events: Vec<Event>,
}

/// Watches the events behind `since`, or from now on. The first frame of a new stream is empty and says where it
/// begins.
///
/// # Errors
/// `HYP-6008` for a text that is no cursor; one of another store gives a reset and begins anew. `HYP-6001` for a
/// query the grammar does not know.
pub async fn watch(
    app: &App,
    ctx: &Ctx,
    _: Permit<may::Read>,
    since: Option<&str>,
    wish: &Wish,
) -> Result<Frames<Frame>> {
    let given: Option<Cursor> = since.map(str::parse).transpose()?;
    let sieve = Sieve::of(wish)?;
    let (app, scope) = (app.clone(), Scope::from(ctx.reach()));
    let stream = try_stream! {
        let read = app.store().read();
        let mut marks = app.store().changes();
        let mut pace = Pace::new();
        let mut at = match given {
            Some(cursor) => cursor,
            None => {
                let head = rows::head(read).await?;
                yield Frame { cursor: head.to_string(), kind: FrameKind::Snapshot, events: Vec::new() };
                head
            }
        };
        loop {
            let batch = match rows::records(read, scope, at, &sieve.filter, BATCH).await {
                Err(error) if error.code() == ErrorCode::CursorInvalid => {
                    at = rows::head(read).await?;
                    pace.spoke();
                    yield Frame { cursor: at.to_string(), kind: FrameKind::Reset, events: Vec::new() };
                    continue;
                }
                other => other?,
            };
            at = batch.next;
            let more = batch.more;
            let events: Vec<Event> = batch.records.into_iter().filter_map(|record| sieve.pass(record)).collect();
            if !events.is_empty() {
                pace.spoke();
                yield Frame { cursor: at.to_string(), kind: FrameKind::Delta, events };
            } else if pace.is_silent() {
                yield Frame { cursor: at.to_string(), kind: FrameKind::Heartbeat, events };
            }
            if !more {
                pace.rest(marked(&mut marks)).await;
            }
        }
    };
    Ok(stream.boxed())
}
