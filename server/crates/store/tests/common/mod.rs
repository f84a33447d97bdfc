//! A fresh database per test: a SQLite file, or a database of a PostgreSQL cluster that lives as long as the process.

mod postgres;

use hypo_store::Store;
use sea_orm::{ConnectionTrait, Database};

/// An open, migrated store of one test.
pub struct Db {
    pub store: Store,
    pub url: String,
    folder: Option<tempfile::TempDir>,
}

impl Db {
    async fn open(url: String, folder: Option<tempfile::TempDir>) -> Self {
        let store = Store::connect(&url).await.expect("the store opens");
        store.migrate().await.expect("the schema comes up");
        Self { store, url, folder }
    }

    /// Changes rows behind the store's back. `{blob}` is the database's word for bytes.
    pub async fn tamper(&self, sql: &str) {
        self.try_sql(sql).await.expect("the statement runs");
    }

    /// As [`Db::tamper`], with the database's words when it refuses.
    pub async fn try_sql(&self, sql: &str) -> Result<u64, String> {
        let postgres = self.url.starts_with("postgres");
        let connection = Database::connect(&self.url).await.expect("a second connection");
        let sql = sql.replace("{blob}", if postgres { "bytea" } else { "blob" });
        let done = connection.execute_unprepared(&sql).await;
        connection.close().await.expect("the connection closes");
        done.map(|done| done.rows_affected()).map_err(|error| error.to_string())
    }

    /// Closes and opens again, as a restart does.
    pub async fn reopen(self) -> Self {
        let Self { store, url, folder } = self;
        store.close().await.expect("the store closes");
        Self::open(url, folder).await
    }
}

/// A SQLite file in a folder of its own.
pub async fn sqlite() -> Option<Db> {
    let folder = tempfile::tempdir().expect("a folder for the test");
    let url = format!("sqlite://{}", folder.path().join("hypo.db").display());
    Some(Db::open(url, Some(folder)).await)
}

/// A database of its own; `None` when `HYPO_SKIP_POSTGRES=1`.
pub async fn postgres() -> Option<Db> {
    let url = postgres::new_database().await?;
    Some(Db::open(url, None).await)
}

/// Declares async functions that take a [`Db`] as tests on both databases.
#[macro_export]
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {$(
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $name() {
                super::$name($crate::common::sqlite().await.expect("SQLite is built in")).await;
            }
        )+}
        mod postgres {$(
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $name() {
                if let Some(db) = $crate::common::postgres().await {
                    super::$name(db).await;
                }
            }
        )+}
    };
}
