//! Opening a database by its address.

use std::{
    path::Path,
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use hypo_shared::ErrorCode;
use sea_orm::{
    ConnectOptions, Database, DatabaseConnection,
    sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous},
};

use crate::{
    Error, Reader, Result, Store,
    store::{Inner, bells::Bells, checkpoint, durable::Log, listen::Listener, lock::FileLock},
};

const READERS: u32 = 4;
const POSTGRES_CONNECTIONS: u32 = 16;
/// After as long as this without work a connection to PostgreSQL may have been cut.
const IDLE: Duration = Duration::from_secs(1);
const ACQUIRE: Duration = Duration::from_secs(20);

impl Store {
    /// Opens `sqlite://PATH` (made when missing, readable by its owner only), `sqlite::memory:` (for tests; one
    /// connection, so a read outside waits for a running write) or `postgres://…`.
    ///
    /// # Errors
    /// `ConfigInvalid` for another address or a SQLite file another process has open, [`Error::Unavailable`].
    pub async fn connect(url: &str) -> Result<Self> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Self::postgres(url).await;
        }
        match url.strip_prefix("sqlite:") {
            Some(":memory:") => Self::memory().await,
            Some(path) => Self::file(Path::new(path.strip_prefix("//").unwrap_or(path))).await,
            None => {
                Err(Error::refused(ErrorCode::ConfigInvalid, "a store address starts with sqlite:// or postgres://"))
            }
        }
    }

    async fn postgres(url: &str) -> Result<Self> {
        let mut options = options(url.to_owned(), POSTGRES_CONNECTIONS);
        // One that was used a moment ago is not asked whether it lives: that would be a round trip per statement.
        options.set_application_name("hypo").test_before_acquire_if_idle_for(IDLE);
        let writer = Database::connect(options).await?;
        let bells = Arc::<Bells>::default();
        let listener = Listener::start(&writer, Arc::clone(&bells)).await?;
        Ok(Self::of(writer.clone(), Reader::pool(writer), bells, Some(listener), None))
    }

    async fn memory() -> Result<Self> {
        let writer = sqlite(None, false).await?;
        Ok(Self::of(writer.clone(), Reader::pool(writer), Arc::default(), None, None))
    }

    async fn file(path: &Path) -> Result<Self> {
        let lock = FileLock::take(path)?;
        let writer = sqlite(Some(path), false).await?;
        let reader = sqlite(Some(path), true).await?;
        let store = Self::of(writer, Reader::pool(reader.clone()), Arc::default(), None, Some((lock, Log::of(path))));
        checkpoint::start(Arc::downgrade(&store.inner.commits), Reader::pool(reader));
        Ok(store)
    }

    fn of(
        writer: DatabaseConnection,
        reader: Reader,
        bells: Arc<Bells>,
        listener: Option<Listener>,
        file: Option<(FileLock, Log)>,
    ) -> Self {
        let (lock, log) = file.unzip();
        Self {
            inner: Arc::new(Inner {
                writer,
                reader,
                bells,
                commits: Arc::default(),
                identities: AtomicU64::new(0),
                listener,
                log,
                _lock: lock,
            }),
        }
    }
}

fn options(url: String, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options.max_connections(connections).min_connections(1).acquire_timeout(ACQUIRE).sqlx_logging(false);
    options
}

/// One writing connection, or a pool that refuses to write. Connections stay: an in-memory database ends with its last.
async fn sqlite(path: Option<&Path>, read_only: bool) -> Result<DatabaseConnection> {
    let url = if path.is_some() { "sqlite://file" } else { "sqlite::memory:" };
    let mut options = options(url.to_owned(), if read_only { READERS } else { 1 });
    options.idle_timeout(None::<Duration>).max_lifetime(None::<Duration>).test_before_acquire(false);
    let path = path.map(Path::to_path_buf);
    options.map_sqlx_sqlite_opts(move |given| {
        // What a statement sets aside would be a file otherwise, made and removed within most writes.
        let given = given.foreign_keys(true).busy_timeout(Duration::from_secs(10)).pragma("temp_store", "memory");
        // The path is set here and not in the address, where `?` and `%` mean something.
        let Some(path) = &path else { return given };
        // Commits do not wait for the disk, `durable` does.
        let given = given.filename(path).journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Normal);
        match read_only {
            true => given.pragma("query_only", "on"),
            false => given.create_if_missing(true).pragma("wal_autocheckpoint", checkpoint::PAGES),
        }
    });
    Ok(Database::connect(options).await?)
}
