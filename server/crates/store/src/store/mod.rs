//! The open database: connecting, writing, waking listeners.

mod bells;
mod checkpoint;
mod connect;
mod durable;
mod listen;
mod lock;
mod tx;
mod write;

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use hypo_migrations::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DatabaseConnection, TransactionTrait};
use tokio::sync::watch;

use bells::Bells;
pub(crate) use listen::{CHANNEL, WORK};
pub use tx::Tx;
pub use write::Attempt;

use crate::{Error, Reader, Result, sql::args};

/// An open store. Clones share it.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    writer: DatabaseConnection,
    reader: Reader,
    bells: Arc<Bells>,
    commits: Arc<AtomicU64>,
    identities: AtomicU64,
    /// Holds the feed of other replicas' commits; ends with the store.
    listener: Option<listen::Listener>,
    /// SQLite's log, when it is a file.
    log: Option<durable::Log>,
    /// Keeps a second process off the same SQLite file.
    _lock: Option<lock::FileLock>,
}

impl Inner {
    /// Refuses when the disk has refused before.
    fn check(&self) -> Result<()> {
        self.log.as_ref().map_or(Ok(()), durable::Log::check)
    }

    /// Waits until what is committed is on the disk; PostgreSQL's commits wait for it themselves.
    async fn keep(&self) -> Result<()> {
        match &self.log {
            Some(log) => log.sync().await,
            None => Ok(()),
        }
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Store({:?})", self.inner.writer.get_database_backend())
    }
}

impl Store {
    /// Brings the schema up to date, in one transaction for all steps. Harmless when it is.
    ///
    /// # Errors
    /// [`Error::Unavailable`], or [`Error::Internal`] when a step does not run.
    pub async fn migrate(&self) -> Result<()> {
        let all = self.inner.writer.begin().await?;
        if self.read().is_postgres() {
            // Several replicas may start at once: one changes the schema, the others wait and find it changed.
            all.execute_unprepared("SELECT pg_advisory_xact_lock(7239462001)").await?;
        }
        Migrator::up(&all, None).await?;
        all.commit().await?;
        self.inner.keep().await
    }

    /// Takes back the last `steps` steps of the schema, and the data in them.
    ///
    /// # Errors
    /// As [`Store::migrate`].
    pub async fn migrate_down(&self, steps: u32) -> Result<()> {
        Migrator::down(&self.inner.writer, Some(steps)).await?;
        self.inner.keep().await
    }

    /// For finders outside a write.
    #[must_use]
    pub fn read(&self) -> &Reader {
        &self.inner.reader
    }

    /// Marked as changed after every commit that wrote an event, here or (PostgreSQL) on another replica. It says
    /// only that something is there: read with [`crate::events::since`], and poll now and then as well.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.inner.bells.changes.subscribe()
    }

    /// Marked after commits by which a saga or a delivery may have become claimable; as [`Store::changes`] otherwise.
    #[must_use]
    pub fn work(&self) -> watch::Receiver<u64> {
        self.inner.bells.work.subscribe()
    }

    /// Counts commits of this process after which a token may stand for somebody else, or for nobody; one that is not
    /// yet visible to readers may be counted.
    #[must_use]
    pub fn identities(&self) -> u64 {
        self.inner.identities.load(Ordering::Acquire)
    }

    /// Whether the database answers, and keeps what is written.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn ping(&self) -> Result<()> {
        self.inner.check()?;
        self.read().query("SELECT 1 AS n", args![]).await.map(drop)
    }

    /// Asks SQLite to check its file; PostgreSQL checks its pages as it reads them.
    ///
    /// # Errors
    /// [`Error::Corrupt`] with the first finding.
    pub async fn check_integrity(&self) -> Result<()> {
        if self.read().is_postgres() {
            return self.ping().await;
        }
        let finding: Option<String> =
            self.read().scalar("SELECT integrity_check AS n FROM pragma_integrity_check LIMIT 1", args![]).await?;
        match finding.as_deref() {
            Some("ok") => Ok(()),
            other => Err(Error::Corrupt(other.unwrap_or("no answer").to_owned())),
        }
    }

    /// Closes the connections; writes under way end first.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn close(self) -> Result<()> {
        if let Some(listener) = &self.inner.listener {
            listener.stop();
        }
        self.inner.reader.close().await?;
        self.inner.writer.close_by_ref().await.map_err(Error::from)
    }
}
