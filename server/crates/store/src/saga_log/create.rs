//! Storing a new saga, alone or inside a larger write.

use hypo_engine::{Created, Saga};
use hypo_shared::SagaId;
use serde_json::json;

use super::{
    TOPIC,
    rows::{SagaRow, StepRow},
};
use crate::{
    Error, Result, Tx,
    events::{self, NewEvent},
    sql::args,
};

/// Stores a saga that `EngineHandle::prepare` has built. With a start key that exists nothing is written and the
/// existing saga is named. The engine sees it when the write is committed.
///
/// # Errors
/// [`Error::Duplicate`] when the id is taken by a saga with another key.
pub async fn create(tx: &mut Tx, saga: &Saga) -> Result<Created> {
    if !tx.insert_new(&SagaRow::new(saga)?).await? {
        let sql = "SELECT id AS n FROM sagas WHERE start_key = $1";
        let existing: Option<SagaId> = tx.scalar(sql, args![saga.key]).await?;
        return match existing {
            Some(id) => Ok(Created { id, new: false }),
            None => Err(Error::Duplicate(format!("saga {}", saga.id))),
        };
    }
    for (position, step) in saga.steps.iter().enumerate() {
        tx.insert(&StepRow::new(saga.id, position, step)?).await?;
    }
    emit(tx, saga, "created", json!({"saga": saga.id, "kind": saga.kind, "state": saga.state}));
    Ok(Created { id: saga.id, new: true })
}

/// Wakes engines. Sagas that belong to no tenant have no reader.
pub(super) fn emit(tx: &mut Tx, saga: &Saga, kind: &str, payload: serde_json::Value) {
    tx.work = true;
    let Some(tenant) = saga.tenant else { return };
    let subject = saga.subject.unwrap_or(saga.id.0);
    let event =
        NewEvent { topic: TOPIC.to_owned(), tenant, subject, kind: kind.to_owned(), payload, at: saga.updated_at };
    events::append(tx, event);
}
