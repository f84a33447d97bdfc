//! Committing a transition.

use chrono::DateTime;
use hypo_engine::{LogError, Saga, Step, Transition};
use serde_json::{Value, json};

use super::{
    StoredSagas, clock,
    create::emit,
    fence::{At, state_at},
    log_error,
    rows::{StepRow, word},
};
use crate::{Error, Result, Tx, sql::args};

enum Done {
    Yes,
    Fenced,
    NoSaga,
}

impl StoredSagas {
    pub(super) async fn commit(&self, saga: &Saga, transition: &Transition) -> Result<(), LogError> {
        let done: Result<Done> = crate::write!(self.store, |tx| {
            let before = match state_at(tx, saga.id, saga.epoch).await? {
                At::Epoch(state) => state,
                At::Other => return Ok(Done::Fenced),
                At::Nowhere => return Ok(Done::NoSaga),
            };
            write_steps(tx, saga, transition).await?;
            write_head(tx, saga, transition).await?;
            if let Some(projection) = &self.projection {
                projection.project(tx, saga, transition).await?;
            }
            let kind = if before == word(&saga.state)? { "changed" } else { "stateChanged" };
            emit(tx, saga, kind, payload(saga, transition));
            Ok(Done::Yes)
        });
        match done.map_err(log_error)? {
            Done::Yes => Ok(()),
            Done::Fenced => Err(LogError::Fenced),
            Done::NoSaga => Err(LogError::NotFound),
        }
    }
}

async fn write_steps(tx: &mut Tx, saga: &Saga, transition: &Transition) -> Result<()> {
    for position in &transition.touched {
        let step = saga.steps.get(*position);
        let step = step.ok_or_else(|| Error::Internal(format!("saga {} has no step {position}", saga.id)))?;
        tx.upsert(&StepRow::new(saga.id, *position, step)?, &["saga", "position"]).await?;
    }
    for number in &transition.wishes_taken {
        let sql = "DELETE FROM saga_wishes WHERE saga = $1 AND number = $2";
        tx.execute(sql, args![saga.id, *number]).await?;
    }
    Ok(())
}

/// A wish that came in meanwhile keeps the saga due. The row is locked, so none can slip in between.
async fn write_head(tx: &mut Tx, saga: &Saga, transition: &Transition) -> Result<()> {
    let sql = "SELECT count(*) AS n FROM saga_wishes WHERE saga = $1";
    let wished = tx.scalar::<i64>(sql, args![saga.id]).await?.unwrap_or(0) > 0;
    let run_at = if wished { Some(clock(tx).await?) } else { transition.run_at };
    let sql = "UPDATE sagas SET state = $1, cancelled = $2, cause = $3, run_at = $4, updated_at = $5 WHERE id = $6";
    let cause = super::rows::json(&saga.cause)?;
    tx.execute(sql, args![word(&saga.state)?, saga.cancelled, cause, run_at, saga.updated_at, saga.id]).await?;
    if transition.release {
        let sql = "UPDATE sagas SET owner = '', lease_until = $1 WHERE id = $2";
        tx.execute(sql, args![DateTime::UNIX_EPOCH, saga.id]).await?;
    }
    Ok(())
}

/// The head and the touched steps, without parameters and outputs: those may be large, and are read from the saga.
fn payload(saga: &Saga, transition: &Transition) -> Value {
    let steps: Vec<Value> = transition.touched.iter().filter_map(|index| saga.steps.get(*index)).map(brief).collect();
    json!({
        "saga": saga.id,
        "kind": saga.kind,
        "state": saga.state,
        "cancelled": saga.cancelled,
        "cause": saga.cause.as_ref().map(|cause| json!({"step": cause.step, "code": cause.failure.code.code()})),
        "steps": steps,
    })
}

fn brief(step: &Step) -> Value {
    let error = |error: &hypo_engine::Failure| json!({"code": error.code.code(), "message": error.message});
    json!({
        "name": step.def.name,
        "state": step.state,
        "attempt": step.attempt,
        "due": step.due,
        "parked": step.parked,
        "error": step.error.as_ref().map(error),
        "progress": step.progress,
        "startedAt": step.started_at,
        "endedAt": step.ended_at,
    })
}
