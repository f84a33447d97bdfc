//! Container logs: a bounded ring of lines, and the generated lines of simulated containers.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, Duration, Utc};
use tokio::sync::watch;

/// Bytes kept per container; older lines go first.
const KEPT: usize = 512 << 10;
/// A simulated container writes a line this often.
const EVERY_SECONDS: i64 = 5;

/// One line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Position, growing by one.
    pub at: u64,
    pub time: DateTime<Utc>,
    pub text: String,
}

#[derive(Debug, Default)]
struct Inner {
    lines: VecDeque<Line>,
    bytes: usize,
    next: u64,
}

/// The log of one run of a container.
#[derive(Debug)]
pub struct Log {
    inner: Mutex<Inner>,
    /// Number of lines ever written; closed when the container has ended.
    written: watch::Sender<u64>,
    ended: watch::Sender<bool>,
}

impl Log {
    pub fn new() -> Self {
        Self { inner: Mutex::default(), written: watch::Sender::new(0), ended: watch::Sender::new(false) }
    }

    /// Appends a line.
    pub fn push(&self, time: DateTime<Utc>, text: String) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let at = inner.next;
        inner.next += 1;
        inner.bytes += text.len() + 40;
        inner.lines.push_back(Line { at, time, text });
        while inner.bytes > KEPT && inner.lines.len() > 1 {
            if let Some(old) = inner.lines.pop_front() {
                inner.bytes -= old.text.len() + 40;
            }
        }
        self.written.send_replace(inner.next);
    }

    /// No more lines will come.
    pub fn end(&self) {
        self.ended.send_replace(true);
    }

    /// Lines from a position on.
    pub fn from(&self, at: u64) -> Vec<Line> {
        let inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        inner.lines.iter().filter(|line| line.at >= at).cloned().collect()
    }

    /// Waits for a line at or after a position; false when none will come.
    pub async fn more(&self, at: u64) -> bool {
        let (mut written, mut ended) = (self.written.subscribe(), self.ended.subscribe());
        loop {
            if *written.borrow_and_update() > at {
                return true;
            }
            if *ended.borrow_and_update() {
                return *written.borrow() > at;
            }
            tokio::select! {
                changed = written.changed() => if changed.is_err() { return false },
                changed = ended.changed() => if changed.is_err() { return false },
            }
        }
    }
}

/// Lines a simulated container has written between its start and a moment: computed, never stored.
pub fn simulated(
    pod: &str,
    container: &str,
    image: &str,
    start: DateTime<Utc>,
    until: DateTime<Utc>,
    from: u64,
) -> Vec<Line> {
    let passed = (until - start).num_seconds().max(0) / EVERY_SECONDS;
    let count = u64::try_from(passed).unwrap_or(0) + 1;
    // A container that has run for days does not answer with all of its lines.
    let first = from.max(count.saturating_sub(2000));
    let mut lines = vec![];
    if from == 0 {
        let text = format!("simulated: the twin does not run image {image}; these lines are generated");
        lines.push(Line { at: 0, time: start, text });
    }
    for at in first.max(1)..count {
        let time = start + Duration::seconds(i64::try_from(at).unwrap_or(0) * EVERY_SECONDS);
        let load = crate::rng::hash(&format!("{pod}/{at}")) % 100;
        lines.push(Line { at, time, text: format!("simulated: {container} tick {at} load={load}%") });
    }
    lines
}

/// When a simulated container writes line `at`.
pub fn due(start: DateTime<Utc>, at: u64) -> DateTime<Utc> {
    start + Duration::seconds(i64::try_from(at).unwrap_or(0) * EVERY_SECONDS)
}
