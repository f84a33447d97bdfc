//! Following what is committed, by cursor: nothing is missed, and a reader goes on where it was.

use async_stream::try_stream;
use futures::StreamExt;
use hypo_shared::ErrorCode;
use hypo_store::events::{self, Cursor};

use super::{
    FrameKind, Frames,
    pace::{Pace, marked},
};
use crate::App;

/// A frame of what was committed.
#[derive(Clone, Debug)]
pub struct Frame<T> {
    pub cursor: String,
    pub kind: FrameKind,
    pub items: Vec<T>,
}

/// What a look behind a cursor finds.
pub(super) struct Batch<T> {
    pub items: Vec<T>,
    /// Where to go on.
    pub next: Cursor,
    /// There is more right away.
    pub more: bool,
}

/// Frames of what `read` finds behind `given`, or from now on. The first frame of a new stream is empty and says where
/// it begins; a cursor of another store gives a reset and begins anew.
pub(super) fn follow<T, R>(
    app: &App,
    given: Option<Cursor>,
    read: impl Fn(App, Cursor) -> R + Send + 'static,
) -> Frames<Frame<T>>
where
    T: Send + 'static,
    R: Future<Output = hypo_store::Result<Batch<T>>> + Send + 'static,
{
    let app = app.clone();
    let stream = try_stream! {
        let mut marks = app.store().changes();
        let mut pace = Pace::new();
        let mut at = match given {
            Some(cursor) => cursor,
            None => {
                let head = events::head(app.store().read()).await?;
                yield Frame { cursor: head.to_string(), kind: FrameKind::Snapshot, items: Vec::new() };
                head
            }
        };
        loop {
            let found = {
                let _turn = app.turns().take().await;
                Box::pin(read(app.clone(), at)).await
            };
            let Batch { items, next, more } = match found {
                Err(error) if error.code() == ErrorCode::CursorInvalid => {
                    at = events::head(app.store().read()).await?;
                    pace.spoke();
                    yield Frame { cursor: at.to_string(), kind: FrameKind::Reset, items: Vec::new() };
                    continue;
                }
                other => other?,
            };
            at = next;
            if !items.is_empty() {
                pace.spoke();
                yield Frame { cursor: at.to_string(), kind: FrameKind::Delta, items };
            } else if pace.is_silent() {
                yield Frame { cursor: at.to_string(), kind: FrameKind::Heartbeat, items };
            }
            if !more {
                pace.rest(marked(&mut marks)).await;
            }
        }
    };
    stream.boxed()
}
