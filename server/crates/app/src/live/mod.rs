//! What moves: timelines, health, metrics, logs and changes, as frames that can be resumed by cursor.
//!
//! Every stream is pulled: nothing is made before the reader has taken the frame before it, so a slow reader gets
//! fewer and fuller frames and costs no memory. Cursors are opaque; numbers stay inside them.

pub mod changes;
pub mod events;
pub mod health;
pub mod logs;
pub mod metrics;
pub mod timeline;

mod cursor;
mod follow;
mod pace;

use futures::stream::BoxStream;

use crate::Result;

pub use follow::Frame;
pub(crate) use pace::Turns;

/// What a frame means to the one who shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameKind {
    /// The whole state: forget what was shown before.
    Snapshot,
    /// What changed since the frame before.
    Delta,
    /// Nothing changed; the stream lives.
    Heartbeat,
    /// Something between is missing.
    Gap,
    /// The cursor is from another life of the server; a snapshot follows.
    Reset,
}

/// A stream of frames.
pub type Frames<T> = BoxStream<'static, Result<T>>;
