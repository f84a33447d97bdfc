//! Who waits for commits is woken here. What has happened is asked of the tables.

use tokio::sync::watch;

#[derive(Debug, Default)]
pub struct Bells {
    pub changes: watch::Sender<u64>,
    pub work: watch::Sender<u64>,
}

impl Bells {
    /// After a commit with an event; `work` when it made a saga or a delivery claimable.
    pub fn ring(&self, work: bool) {
        let count = |count: &mut u64| *count = count.wrapping_add(1);
        self.changes.send_modify(count);
        if work {
            self.work.send_modify(count);
        }
    }
}
