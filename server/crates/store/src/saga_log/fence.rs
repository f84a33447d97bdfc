//! The epoch fence.

use hypo_shared::{ErrorCode, SagaId};

use crate::{
    Error, Result, Tx,
    sql::{args, get},
};

/// Refuses the write when the saga has been claimed by somebody else since `epoch`. For actions that write in the
/// store themselves: first in the write, with `StepContext::epoch`. Holds off other claims until the write ends.
///
/// # Errors
/// `StateConflict` when the epoch is not the present one, `NotFound`.
pub async fn fence(tx: &mut Tx, saga: SagaId, epoch: u64) -> Result<()> {
    match state_at(tx, saga, epoch).await? {
        At::Epoch(_) => Ok(()),
        At::Other => {
            Err(Error::refused(ErrorCode::StateConflict, format!("saga {saga} is no longer held at epoch {epoch}")))
        }
        At::Nowhere => Err(Error::refused(ErrorCode::NotFound, format!("saga {saga}"))),
    }
}

pub(super) enum At {
    /// The epoch is the present one; the stored state.
    Epoch(String),
    Other,
    Nowhere,
}

pub(super) async fn state_at(tx: &mut Tx, saga: SagaId, epoch: u64) -> Result<At> {
    // SQLite has one writer at a time anyway.
    let lock = if tx.is_postgres() { "FOR UPDATE" } else { "" };
    let sql = format!("SELECT epoch, state FROM sagas WHERE id = $1 {lock}");
    let rows = tx.query(&sql, args![saga]).await?;
    let Some(row) = rows.first() else { return Ok(At::Nowhere) };
    Ok(if get::<u64>(row, "epoch")? == epoch { At::Epoch(get(row, "state")?) } else { At::Other })
}
