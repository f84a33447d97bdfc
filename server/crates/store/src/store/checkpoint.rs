//! Brings SQLite's log into its database file beside the writer, so that no write waits for it.
//!
//! SQLite does this itself within the commit that fills the log, which then takes many times as long as others. What is
//! left for it is the end of a log that is in the file already, from where it starts over.

use std::{
    sync::{
        Weak,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use crate::{Reader, sql::args};

const EVERY: Duration = Duration::from_millis(250);
/// Pages of 4 KB in the log from which on SQLite does it itself.
pub const PAGES: &str = "8000";

/// Runs for as long as somebody counts `commits`. The connections write no row, but may do this.
pub fn start(commits: Weak<AtomicU64>, connections: Reader) {
    tokio::spawn(async move {
        let mut done = 0;
        while let Some(commits) = commits.upgrade() {
            let commits = commits.load(Ordering::Acquire);
            if commits != done {
                done = commits;
                if let Err(error) = connections.query("PRAGMA wal_checkpoint(PASSIVE)", args![]).await {
                    tracing::debug!(error = %error, "The log stays as it is until the next time.");
                }
            }
            tokio::time::sleep(EVERY).await;
        }
    });
}
