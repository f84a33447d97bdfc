//! The engine's trait.

use std::time::Duration;

use async_trait::async_trait;
use hypo_engine::{Claim, Created, Held, LogError, Saga, SagaLog, Transition, Wish};
use hypo_shared::SagaId;
use serde_json::json;
use tokio::sync::watch;

use super::{
    StoredSagas, clock,
    create::{create, emit},
    find, log_error,
    rows::{SagaRow, whole, wishes, word},
};
use crate::{
    Scope,
    sql::{Filter, args},
};

#[async_trait]
impl SagaLog for StoredSagas {
    async fn create(&self, saga: &Saga) -> Result<Created, LogError> {
        crate::write!(self.store, |tx| create(tx, saga).await).map_err(log_error)
    }

    async fn claim(&self, owner: &str, lease: Duration, limit: usize) -> Result<Vec<Claim>, LogError> {
        self.claim_due(owner, lease, limit).await.map_err(log_error)
    }

    async fn renew(&self, held: &[(SagaId, u64)], lease: Duration) -> Result<Vec<Held>, LogError> {
        self.renew_held(held, lease).await.map_err(log_error)
    }

    async fn append(&self, saga: &Saga, transition: &Transition) -> Result<(), LogError> {
        self.commit(saga, transition).await
    }

    async fn load(&self, id: SagaId) -> Result<Option<Saga>, LogError> {
        find::load(self.store.read(), Scope::Platform, id).await.map_err(log_error)
    }

    async fn wish(&self, id: SagaId, wish: Wish) -> Result<(), LogError> {
        let found = crate::write!(self.store, |tx| {
            // The row's lock comes first: a commit of the saga either sees the wish or is seen by it.
            let sql = "UPDATE sagas SET run_at = $1 WHERE id = $2";
            if tx.execute(sql, args![clock(tx).await?, id]).await? == 0 {
                return Ok(false);
            }
            let sql = "INSERT INTO saga_wishes (saga, wish) VALUES ($1, $2)";
            tx.execute(sql, args![id, word(&wish)?]).await?;
            if let Some(row) = tx.row::<SagaRow>(&Filter::new().eq("id", id)).await? {
                let saga = whole(tx, row).await?;
                emit(tx, &saga, "wished", json!({"saga": id, "kind": saga.kind, "state": saga.state, "wish": wish}));
            }
            Ok(true)
        });
        if found.map_err(log_error)? { Ok(()) } else { Err(LogError::NotFound) }
    }

    async fn wishes(&self, id: SagaId) -> Result<Vec<(u64, Wish)>, LogError> {
        wishes(self.store.read(), id).await.map_err(log_error)
    }

    fn woken(&self) -> watch::Receiver<u64> {
        self.store.work()
    }
}
