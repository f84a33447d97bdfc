//! Named leases: one process at a time does what the name stands for.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use hypo_engine::{LeaseTable, LogError};

use super::{clock, log_error};
use crate::{Store, sql::args};

/// The lease table on the store.
#[derive(Clone, Debug)]
pub struct Leases(Store);

impl Leases {
    #[must_use]
    pub const fn new(store: Store) -> Self {
        Self(store)
    }

    /// The table where several processes may share the store; none on SQLite, which one process has.
    #[must_use]
    pub fn between_processes(store: &Store) -> Option<Arc<dyn LeaseTable>> {
        store.read().is_postgres().then(|| Arc::new(Self::new(store.clone())) as Arc<dyn LeaseTable>)
    }
}

#[async_trait]
impl LeaseTable for Leases {
    async fn acquire(&self, name: &str, owner: &str, lease: Duration) -> Result<bool, LogError> {
        let taken = crate::write!(self.0, |tx| {
            let now = clock(tx).await?;
            let sql = "INSERT INTO leases (name, owner, lease_until) VALUES ($1, $2, $3) \
                       ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, lease_until = excluded.lease_until \
                       WHERE leases.owner = excluded.owner OR leases.lease_until < $4";
            tx.execute(sql, args![name.to_owned(), owner.to_owned(), now + lease, now]).await
        });
        Ok(taken.map_err(log_error)? == 1)
    }

    async fn release(&self, name: &str, owner: &str) -> Result<(), LogError> {
        let sql = "DELETE FROM leases WHERE name = $1 AND owner = $2";
        crate::write!(self.0, |tx| tx.execute(sql, args![name.to_owned(), owner.to_owned()]).await)
            .map(drop)
            .map_err(log_error)
    }
}
