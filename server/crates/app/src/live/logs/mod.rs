//! Log lines of a service's pods, followed. A flood loses lines, says how many, and never grows a queue.

mod follow;
mod place;

use std::{collections::HashSet, time::Duration};

use async_stream::try_stream;
use chrono::{DateTime, Utc};
use futures::StreamExt;
use hypo_shared::{ClusterId, ErrorCode, ServiceId};
use tokio::time::{Instant, sleep_until, timeout};

use self::{
    follow::{Followers, Taken},
    place::Place,
};
use super::{FrameKind, Frames, cursor};
use crate::{
    App, Ctx, Error, Result,
    permit::{Permit, may},
    services,
};

const KIND: u8 = 4;
/// Lines of one frame.
const LINES: usize = 500;
/// Between two frames.
const TICK: Duration = Duration::from_millis(100);
/// A stream with nothing to say says so this often, and looks for new pods.
const SILENCE: Duration = Duration::from_secs(15);
/// Lines from the end a new stream begins with, per container.
const TAIL: i32 = 200;
/// The most a caller may ask for.
const MOST: i32 = 5_000;

/// Whose lines.
#[derive(Clone, Debug)]
pub struct Wish {
    pub service: ServiceId,
    pub component: Option<String>,
    pub cluster: Option<ClusterId>,
    /// Lines from the end, per container.
    pub tail: Option<i32>,
    pub resume: Option<String>,
}

/// A frame of lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    pub cursor: String,
    pub kind: FrameKind,
    pub lines: Vec<Line>,
    /// Lines that are missing before these.
    pub dropped: u64,
}

/// A log line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub at: DateTime<Utc>,
    pub pod: String,
    pub container: String,
    pub component: String,
    /// The cluster's name.
    pub cluster: String,
    pub text: String,
}

/// Follows the logs of a service. New pods are joined as they appear.
///
/// # Errors
/// `HYP-3003`, `HYP-6001`, `HYP-6008`.
pub async fn watch(app: &App, ctx: &Ctx, _: Permit<may::Observe>, wish: Wish) -> Result<Frames<Frame>> {
    if wish.tail.is_some_and(|tail| !(0..=MOST).contains(&tail)) {
        return Err(Error::field("tail", "range", format!("Ask for 0 to {MOST} lines.")));
    }
    let resumed = wish.resume.is_some();
    let mut place: Place = match wish.resume.as_deref() {
        Some(text) => cursor::read(KIND, text)?,
        None => Place::default(),
    };
    services::visible(app, ctx, wish.service).await?.ok_or_else(|| Error::of(ErrorCode::ServiceNotFound))?;
    let (app, tail) = (app.clone(), wish.tail.unwrap_or(TAIL));
    let stream = try_stream! {
        let mut changes = app.orchestrator().live().changes();
        let mut followers = Followers::new(app.clone(), wish.service);
        let mut known = HashSet::new();
        followers.join(&wish, tail, &place, &mut known).await?;
        yield Frame {
            cursor: cursor::write(KIND, &place),
            kind: if resumed { FrameKind::Delta } else { FrameKind::Snapshot },
            lines: Vec::new(),
            dropped: 0,
        };
        let mut last = Instant::now();
        loop {
            let heard = tokio::select! {
                taken = followers.take(LINES) => Some(taken),
                () = super::pace::heard(&mut changes, &wish.service) => None,
                () = tokio::time::sleep(SILENCE) => Some(Taken::default()),
            };
            let Some(Taken { mut lines, dropped }) = heard else {
                // A pod that is new to this stream is read from its beginning.
                followers.join(&wish, -1, &place, &mut known).await?;
                continue;
            };
            // What came in the meantime belongs into the same frame.
            sleep_until(last + TICK).await;
            if !lines.is_empty() && lines.len() < LINES && let Ok(more) = timeout(Duration::ZERO, followers.take(LINES - lines.len())).await {
                lines.extend(more.lines);
            }
            last = Instant::now();
            lines.retain(|line| place.is_new(line));
            lines.sort_by_key(|line| line.at);
            for line in &lines {
                place.saw(line);
            }
            let kind = match (lines.is_empty(), dropped) {
                (_, 1..) => FrameKind::Gap,
                (true, 0) => FrameKind::Heartbeat,
                (false, 0) => FrameKind::Delta,
            };
            yield Frame { cursor: cursor::write(KIND, &place), kind, lines, dropped };
        }
    };
    Ok(stream.boxed())
}
