//! The durable side of the engine: sagas, deliveries and named leases.
//!
//! [`StoredSagas`] is the engine's log. One commit holds the saga's head, the touched steps, the taken wishes, a `saga`
//! event in the outbox, and what the [`Projection`] writes: a document's state can never differ from its saga's.
//! A claim raises the epoch; a write with an older one is refused before it has any effect. The database's clock
//! decides about leases on PostgreSQL, the machine's on SQLite, where one process has the file.

mod claim;
mod commit;
mod create;
mod deliveries;
mod fence;
mod find;
mod leases;
mod log;
mod rows;

use std::{fmt, sync::Arc};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use hypo_engine::{LogError, Saga, Transition};

pub use create::create;
pub use deliveries::{Deliveries, NewDelivery, dead, enqueue};
pub(crate) use deliveries::{close_line, open_line};
pub use fence::fence;
pub use find::{load, of_subject, of_subjects};
pub use leases::Leases;

use crate::{
    Error, Reader, Result, Store, Tx,
    sql::{args, get},
};

/// The topic of saga events. Subject: the document the saga works on, or the saga itself.
pub const TOPIC: &str = "saga";

/// Writes what follows from a saga's new state, in the transaction that commits it. Awaits nothing but functions of
/// this crate, and may be run again when the database asks for it. An error refuses the commit, and the engine
/// drops the saga until its lease is over: fail only when the record would be wrong otherwise.
#[async_trait]
pub trait Projection: Send + Sync {
    /// `saga` is the state that is being committed.
    async fn project(&self, tx: &mut Tx, saga: &Saga, transition: &Transition) -> Result<()>;
}

/// The saga log on the store. Cheap to clone.
#[derive(Clone)]
pub struct StoredSagas {
    store: Store,
    projection: Option<Arc<dyn Projection>>,
}

impl fmt::Debug for StoredSagas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoredSagas({:?})", self.store)
    }
}

impl StoredSagas {
    #[must_use]
    pub const fn new(store: Store) -> Self {
        Self { store, projection: None }
    }

    /// Runs the projection in every commit of a saga.
    #[must_use]
    pub fn projection(mut self, projection: Arc<dyn Projection>) -> Self {
        self.projection = Some(projection);
        self
    }
}

/// The clock that leases are measured with.
async fn clock(db: &Reader) -> Result<DateTime<Utc>> {
    if !db.is_postgres() {
        return Ok(Utc::now());
    }
    let sql = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS now";
    let rows = db.query(sql, args![]).await?;
    get(rows.first().ok_or_else(|| Error::Internal("the clock gave no row".to_owned()))?, "now")
}

/// How the engine is told.
fn log_error(error: Error) -> LogError {
    match error {
        Error::Unavailable(_) | Error::Busy(_) => LogError::Unavailable(Box::new(error)),
        // Not worth trying again as it is: the saga is dropped and claimed anew when its lease is over.
        _ => LogError::Corrupt(Box::new(error)),
    }
}
