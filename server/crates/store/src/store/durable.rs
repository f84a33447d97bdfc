//! One sync of SQLite's log for every commit that waits for it.
//!
//! The writing connection commits without waiting for the disk (`synchronous = NORMAL`), so the next write may begin.
//! Who wrote waits here until the log has been synced behind its commit, and only then answers. Where several wait, the
//! first of them syncs for all (ADR 17).

use std::{
    fs::File,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use tokio::sync::Mutex;

use crate::{Error, Result};

#[derive(Debug)]
pub struct Log {
    path: PathBuf,
    /// Commits that are in the file.
    written: AtomicU64,
    /// Who holds it syncs.
    disk: Mutex<Disk>,
    /// What a disk answers after it has refused once means nothing.
    broken: AtomicBool,
}

#[derive(Debug, Default)]
struct Disk {
    /// The log is there from the first commit on, and stays as long as the database is open.
    file: Option<Arc<File>>,
    /// As many of the commits are on the disk.
    synced: u64,
}

impl Log {
    /// The log of a database in WAL mode.
    pub fn of(database: &Path) -> Self {
        let mut path = database.as_os_str().to_owned();
        path.push("-wal");
        Self { path: path.into(), written: AtomicU64::new(0), disk: Mutex::default(), broken: AtomicBool::new(false) }
    }

    /// Waits until everything that is committed now will survive a loss of power.
    pub async fn sync(&self) -> Result<()> {
        let mine = self.written.fetch_add(1, Ordering::AcqRel) + 1;
        let mut disk = self.disk.lock().await;
        self.check()?;
        if disk.synced >= mine {
            return Ok(());
        }
        let all = self.written.load(Ordering::Acquire);
        let (known, path) = (disk.file.clone(), self.path.clone());
        let done = tokio::task::spawn_blocking(move || {
            let file = known.map_or_else(|| File::open(path).map(Arc::new), Ok)?;
            file.sync_data().map(|()| file)
        });
        match done.await.map_err(std::io::Error::other).flatten() {
            Ok(file) => {
                *disk = Disk { file: Some(file), synced: all };
                Ok(())
            }
            Err(error) => {
                self.broken.store(true, Ordering::Release);
                tracing::error!(error = %error, "The disk does not keep the store's log; writes are refused from here on.");
                self.check()
            }
        }
    }

    /// Refuses when a commit was lost, or may have been.
    pub fn check(&self) -> Result<()> {
        match self.broken.load(Ordering::Acquire) {
            true => Err(Error::Unavailable("the disk has refused to keep a write; start the server anew".to_owned())),
            false => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_came_before_a_sync_began_is_served_by_it() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("db-wal"), "commits").unwrap();
        let log = Arc::new(Log::of(&folder.path().join("db")));
        let held = log.disk.lock().await;
        let waiting: Vec<_> = (0..5)
            .map(|_| {
                let log = Arc::clone(&log);
                tokio::spawn(async move { log.sync().await })
            })
            .collect();
        while log.written.load(Ordering::Acquire) < 5 {
            tokio::task::yield_now().await;
        }
        assert_eq!(held.synced, 0);
        drop(held);
        for one in waiting {
            one.await.unwrap().unwrap();
            assert_eq!(log.disk.lock().await.synced, 5, "the first to go synced for all");
        }
    }

    #[tokio::test]
    async fn a_disk_that_refuses_once_is_not_believed_again() {
        let folder = tempfile::tempdir().unwrap();
        let log = Log::of(&folder.path().join("db"));
        assert!(matches!(log.sync().await, Err(Error::Unavailable(_))), "there is no log");
        std::fs::write(folder.path().join("db-wal"), "commits").unwrap();
        assert!(matches!(log.sync().await, Err(Error::Unavailable(_))));
        assert!(log.check().is_err());
    }
}
