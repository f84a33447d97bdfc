//! Runs statements on a pool or inside a transaction.

use std::{
    fmt,
    sync::atomic::{AtomicU8, AtomicU64, Ordering},
};

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, QueryResult, Statement, Value,
};

use crate::{
    Error, Page, Result,
    sql::{Cell, Filter, Row, get},
};

pub enum Exec {
    Pool(DatabaseConnection),
    Tx(DatabaseTransaction),
}

/// What a statement of a transaction has met so far. A transaction with a failure must not be committed:
/// PostgreSQL would quietly roll it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    None,
    Final,
    TryAgain,
}

/// Gives rows. [`crate::Store::read`] has one; a [`crate::Tx`] is one.
pub struct Reader {
    exec: Exec,
    backend: DbBackend,
    failure: AtomicU8,
    statements: AtomicU64,
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reader({:?})", self.backend)
    }
}

impl Reader {
    pub(crate) fn pool(connection: DatabaseConnection) -> Self {
        let backend = connection.get_database_backend();
        Self { exec: Exec::Pool(connection), backend, failure: AtomicU8::new(0), statements: AtomicU64::new(0) }
    }

    pub(crate) fn transaction(transaction: DatabaseTransaction) -> Self {
        let backend = transaction.get_database_backend();
        Self { exec: Exec::Tx(transaction), backend, failure: AtomicU8::new(0), statements: AtomicU64::new(0) }
    }

    pub(crate) async fn close(&self) -> Result<()> {
        match &self.exec {
            Exec::Pool(connection) => connection.close_by_ref().await.map_err(Error::from),
            Exec::Tx(_) => Ok(()),
        }
    }

    pub(crate) fn into_exec(self) -> Exec {
        self.exec
    }

    pub(crate) fn failure(&self) -> Failure {
        match self.failure.load(Ordering::Relaxed) {
            0 => Failure::None,
            1 => Failure::Final,
            _ => Failure::TryAgain,
        }
    }

    /// Queries run so far, so that tests can see how many a list takes.
    #[must_use]
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    pub(crate) fn is_postgres(&self) -> bool {
        self.backend == DbBackend::Postgres
    }

    pub(crate) async fn query(&self, sql: &str, values: Vec<Value>) -> Result<Vec<QueryResult>> {
        self.statements.fetch_add(1, Ordering::Relaxed);
        let statement = Statement::from_sql_and_values(self.backend, sql, values);
        let rows = match &self.exec {
            Exec::Pool(connection) => connection.query_all_raw(statement).await,
            Exec::Tx(transaction) => transaction.query_all_raw(statement).await,
        };
        rows.map_err(|error| self.failed(error))
    }

    /// Runs a statement and counts the rows it touched.
    pub(crate) async fn execute(&self, sql: &str, values: Vec<Value>) -> Result<u64> {
        let statement = Statement::from_sql_and_values(self.backend, sql, values);
        let done = match &self.exec {
            Exec::Pool(connection) => connection.execute_raw(statement).await,
            Exec::Tx(transaction) => transaction.execute_raw(statement).await,
        };
        done.map(|done| done.rows_affected()).map_err(|error| self.failed(error))
    }

    fn failed(&self, error: DbErr) -> Error {
        let error = Error::from(error);
        let failure = if matches!(error, Error::Busy(_)) { 2 } else { 1 };
        self.failure.fetch_max(failure, Ordering::Relaxed);
        error
    }

    pub(crate) async fn rows<T: Row>(&self, filter: &Filter) -> Result<Vec<T>> {
        let sql = format!("SELECT {} FROM {}{}", columns::<T>(), T::TABLE, filter.tail());
        self.query(&sql, filter.values()).await?.iter().map(T::read).collect()
    }

    pub(crate) async fn row<T: Row>(&self, filter: &Filter) -> Result<Option<T>> {
        Ok(self.rows(filter).await?.into_iter().next())
    }

    /// A page of rows and the length of the whole list.
    pub(crate) async fn page<T: Row>(&self, filter: &Filter) -> Result<Page<T>> {
        let items = self.rows(filter).await?;
        Ok(Page { items, total: self.count::<T>(filter).await? })
    }

    pub(crate) async fn count<T: Row>(&self, filter: &Filter) -> Result<u64> {
        let sql = format!("SELECT count(*) AS n FROM {}{}", T::TABLE, filter.condition());
        self.scalar(&sql, filter.values()).await.map(Option::unwrap_or_default)
    }

    /// The column `n` of the first row.
    pub(crate) async fn scalar<T: Cell>(&self, sql: &str, values: Vec<Value>) -> Result<Option<T>> {
        self.query(sql, values).await?.first().map(|row| get(row, "n")).transpose()
    }
}

/// The quoted columns of a row, for SELECT and INSERT.
pub fn columns<T: Row>() -> String {
    let names: Vec<String> = T::COLUMNS.iter().map(|name| format!("\"{name}\"")).collect();
    names.join(", ")
}
