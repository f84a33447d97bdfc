//! When to look again.

use std::time::Duration;

use tokio::{
    sync::{Semaphore, SemaphorePermit, broadcast, watch},
    time::{Instant, sleep_until, timeout},
};

/// Between two frames of one stream: bursts become one frame.
const TICK: Duration = Duration::from_millis(200);
/// A stream with nothing to say says so this often.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// Changes made by another process are seen this late at most.
const POLL: Duration = Duration::from_secs(3);
/// Streams that look at the store at once.
const TURNS: usize = 8;

/// Streams that a change has woken look at the store one after the other: more at once than it has connections would
/// only wait in it, each with the memory of a query.
#[derive(Debug)]
pub(crate) struct Turns(Semaphore);

impl Default for Turns {
    fn default() -> Self {
        Self(Semaphore::new(TURNS))
    }
}

impl Turns {
    /// Waits for a turn, which lasts as long as what is given back.
    pub async fn take(&self) -> Option<SemaphorePermit<'_>> {
        self.0.acquire().await.ok()
    }
}

/// Paces one stream.
#[derive(Debug)]
pub(super) struct Pace {
    last: Instant,
    said: Instant,
}

impl Pace {
    pub fn new() -> Self {
        let now = Instant::now();
        Self { last: now, said: now }
    }

    /// Waits for `woken` or the poll, but never less than a tick after the frame before.
    pub async fn rest(&mut self, woken: impl Future<Output = ()>) {
        // Either outcome means: look again.
        let _ = timeout(POLL, woken).await;
        sleep_until(self.last + TICK).await;
        self.last = Instant::now();
    }

    /// A frame was given.
    pub fn spoke(&mut self) {
        self.said = Instant::now();
    }

    /// Whether it is time for a heartbeat; counts as one.
    pub fn is_silent(&mut self) -> bool {
        let silent = self.said.elapsed() >= HEARTBEAT;
        if silent {
            self.spoke();
        }
        silent
    }
}

/// Waits for a message that concerns this stream; one that was missed may have.
pub(super) async fn heard<T: Clone + PartialEq>(receiver: &mut broadcast::Receiver<T>, about: &T) {
    loop {
        match receiver.recv().await {
            Ok(message) if message != *about => {}
            Err(broadcast::error::RecvError::Closed) => return std::future::pending().await,
            Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => return,
        }
    }
}

/// Waits for a mark.
pub(super) async fn marked(receiver: &mut watch::Receiver<u64>) {
    if receiver.changed().await.is_err() {
        std::future::pending().await
    }
}
