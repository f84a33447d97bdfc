//! One transaction, tried again when the database asks for it.

use std::{
    hash::{BuildHasher, Hasher, RandomState},
    sync::atomic::Ordering,
    time::Duration,
};

use sea_orm::{SqliteTransactionMode, TransactionOptions, TransactionTrait};

use crate::{
    Error, Reader, Result, Store, Tx, audit, events,
    sql::{Exec, Failure},
};

/// How often a write is tried when the database reports a lock or a serialization failure.
const ATTEMPTS: u32 = 8;

/// Runs the body in one transaction and commits it with its events and audit rows; an error rolls back:
///
/// ```
/// use hypo_store::{Result, Store, documents::{self, Document}, plans::{self, PlanRow}};
///
/// async fn place(store: &Store, plan: &PlanRow, order: &Document) -> Result<Document> {
///     hypo_store::write!(store, |tx| {
///         plans::claim_for_order(tx, plan.tenant, plan.id, &plan.hash, order.id.into(), order.created_at).await?;
///         documents::create(tx, order).await
///     })
/// }
/// ```
///
/// `tx` is a `&mut` [`Tx`]; the body ends with a [`Result`] of this crate, `?` works in it and leaves only the body.
/// To roll back with a code of one's own return [`Error::refused`]. The body may run several times, so it must have
/// no effect but through `tx` and await nothing but this crate's functions: on SQLite every other write waits for it.
///
/// PostgreSQL runs it as READ COMMITTED; guard read-then-write with a revision, a unique value or a conditional
/// update, as this crate's functions do.
///
/// It is a macro because the future of a function that takes an async closure is not `Send` as soon as the closure
/// borrows, and handlers must be.
///
/// # Errors
/// What the body returns; [`Error::Busy`] when it was tried often enough; [`Error::Unavailable`].
#[macro_export]
macro_rules! write {
    ($store:expr, |$tx:ident| $body:expr) => {{
        let mut attempt = $crate::Store::attempt(&$store);
        loop {
            let result = match attempt.begin().await {
                Ok(mut transaction) => {
                    let worked: $crate::Result<_> = {
                        let $tx = &mut transaction;
                        async { $body }.await
                    };
                    attempt.end(transaction, worked).await
                }
                Err(error) => Err(error),
            };
            if !attempt.again(&result).await {
                break result;
            }
        }
    }};
}

/// The tries of one write; what [`write!`] is made of.
#[doc(hidden)]
#[derive(Debug)]
pub struct Attempt {
    store: Store,
    number: u32,
    try_again: bool,
}

impl Store {
    #[doc(hidden)]
    #[must_use]
    pub fn attempt(&self) -> Attempt {
        Attempt { store: self.clone(), number: 1, try_again: false }
    }
}

impl Attempt {
    #[doc(hidden)]
    pub async fn begin(&self) -> Result<Tx> {
        let inner = &self.store.inner;
        inner.check()?;
        let options = TransactionOptions {
            sqlite_transaction_mode: (!inner.reader.is_postgres()).then_some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        Ok(Tx::new(Reader::transaction(inner.writer.begin_with_options(options).await?)))
    }

    #[doc(hidden)]
    pub async fn end<T>(&mut self, mut tx: Tx, worked: Result<T>) -> Result<T> {
        let result = match worked {
            Ok(value) => flush(&mut tx).await.map(|()| value),
            Err(error) => Err(error),
        };
        let (happened, work, identity) = (tx.work || !tx.events.is_empty(), tx.work, tx.identity);
        let reader = tx.into_reader();
        let failure = reader.failure();
        self.try_again = failure == Failure::TryAgain;
        let Exec::Tx(transaction) = reader.into_exec() else { unreachable!("a write runs on a transaction") };
        match (result, failure) {
            (Ok(value), Failure::None) => {
                let committed = transaction.commit().await;
                // Counted whatever is answered: a commit whose answer was lost may have happened.
                self.store.inner.commits.fetch_add(1, Ordering::Release);
                if identity {
                    self.store.inner.identities.fetch_add(1, Ordering::Release);
                }
                committed?;
                self.store.inner.keep().await?;
                if happened {
                    self.store.inner.bells.ring(work);
                }
                Ok(value)
            }
            // PostgreSQL would turn the commit into a rollback without a word.
            (Ok(_), _) => Err(Error::Internal("a statement failed and the write went on".to_owned())),
            (Err(error), _) => {
                if let Err(problem) = transaction.rollback().await {
                    tracing::warn!(error = %problem, "A write could not be rolled back; its connection is given up.");
                }
                Err(error)
            }
        }
    }

    /// Waits and says `true` when the write should be tried again.
    #[doc(hidden)]
    pub async fn again<T>(&mut self, result: &Result<T>) -> bool {
        let Err(error) = result else { return false };
        if self.number >= ATTEMPTS || !(self.try_again || matches!(error, Error::Busy(_))) {
            return false;
        }
        tracing::debug!(write.attempt = self.number, error = %error, "A write is tried again.");
        tokio::time::sleep(pause(self.number)).await;
        self.number += 1;
        self.try_again = false;
        true
    }
}

/// Audit before outbox, always, so that two writes never wait for each other crosswise.
async fn flush(tx: &mut Tx) -> Result<()> {
    audit::flush(tx).await?;
    events::flush(tx).await
}

/// 2 ms doubling to 256 ms, half of it by chance so that two writers do not meet again.
fn pause(attempt: u32) -> Duration {
    let most = 2_u64 << attempt.min(7);
    let chance = RandomState::new().build_hasher().finish() % (most / 2 + 1);
    Duration::from_millis(most / 2 + chance)
}
