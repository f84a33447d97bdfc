//! Claiming and renewing.

use std::time::Duration;

use chrono::{DateTime, Utc};
use hypo_engine::{Claim, Held};
use hypo_shared::SagaId;

use super::{
    StoredSagas, clock,
    rows::{SagaRow, whole, wishes},
};
use crate::{
    Error, Reader, Result, Tx,
    sql::{Filter, args, get},
};

impl StoredSagas {
    pub(super) async fn claim_due(&self, owner: &str, lease: Duration, limit: usize) -> Result<Vec<Claim>> {
        // Asking costs no lock; most of the time there is nothing to claim.
        if limit == 0 || !anything_due(self.store.read()).await? {
            return Ok(Vec::new());
        }
        crate::write!(self.store, |tx| {
            let now = clock(tx).await?;
            let mut claims = Vec::new();
            for id in take(tx, owner, now, now + lease, limit).await? {
                match claimed(tx, id).await {
                    Ok(claim) => claims.push(claim),
                    // It keeps its lease, so that it does not come back in every round; a person has to look.
                    Err(Error::Corrupt(problem)) => {
                        tracing::error!(saga.id = %id, error = %problem, "A stored saga cannot be read.");
                    }
                    Err(error) => return Err(error),
                }
            }
            Ok(claims)
        })
    }

    pub(super) async fn renew_held(&self, held: &[(SagaId, u64)], lease: Duration) -> Result<Vec<Held>> {
        crate::write!(self.store, |tx| {
            let until = clock(tx).await? + lease;
            let mut kept = Vec::new();
            for (id, epoch) in held {
                let sql = "UPDATE sagas SET lease_until = $1 WHERE id = $2 AND epoch = $3";
                if tx.execute(sql, args![until, *id, *epoch]).await? == 1 {
                    kept.push(*id);
                }
            }
            let filter = Filter::new().any_of("saga", &kept);
            let sql = format!("SELECT DISTINCT saga FROM saga_wishes{}", filter.condition());
            let rows = tx.query(&sql, filter.values()).await?;
            let wished = rows.iter().map(|row| get(row, "saga")).collect::<Result<Vec<SagaId>>>()?;
            Ok(kept.into_iter().map(|id| Held { id, has_wishes: wished.contains(&id) }).collect())
        })
    }
}

async fn anything_due(db: &Reader) -> Result<bool> {
    let now = clock(db).await?;
    let sql = "SELECT 1 AS n FROM sagas WHERE run_at <= $1 AND lease_until < $1 LIMIT 1";
    Ok(!db.query(sql, args![now]).await?.is_empty())
}

/// Raises the epoch of due sagas nobody holds. Rows that another replica is taking right now are passed over.
async fn take(tx: &mut Tx, owner: &str, now: DateTime<Utc>, until: DateTime<Utc>, limit: usize) -> Result<Vec<SagaId>> {
    let pass_over = if tx.is_postgres() { "FOR UPDATE SKIP LOCKED" } else { "" };
    let sql = format!(
        "UPDATE sagas SET owner = $1, epoch = epoch + 1, lease_until = $2 WHERE id IN \
         (SELECT id FROM sagas WHERE run_at <= $3 AND lease_until < $3 ORDER BY run_at LIMIT {limit} {pass_over}) \
         RETURNING id"
    );
    tx.query(&sql, args![owner.to_owned(), until, now]).await?.iter().map(|row| get(row, "id")).collect()
}

async fn claimed(tx: &mut Tx, id: SagaId) -> Result<Claim> {
    let row = tx.row::<SagaRow>(&Filter::new().eq("id", id)).await?;
    let row = row.ok_or_else(|| Error::Corrupt("it has just been claimed and is gone".to_owned()))?;
    Ok(Claim { saga: whole(tx, row).await?, wishes: wishes(tx, id).await? })
}
