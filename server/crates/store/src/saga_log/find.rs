//! Reading sagas.

use hypo_engine::Saga;
use hypo_shared::SagaId;
use uuid::Uuid;

use super::rows::{SagaRow, whole};
use crate::{Reader, Result, Scope, sql::Filter};

/// The saga as it was last committed, when the scope sees it.
///
/// # Errors
/// Database failures, [`crate::Error::Corrupt`].
pub async fn load(db: &Reader, scope: impl Into<Scope>, id: SagaId) -> Result<Option<Saga>> {
    let filter = Filter::new().eq("id", id).scope("tenant", scope.into());
    match db.row::<SagaRow>(&filter).await? {
        Some(row) => whole(db, row).await.map(Some),
        None => Ok(None),
    }
}

/// Sagas that work or worked on a document, oldest first.
///
/// # Errors
/// As [`load`].
pub async fn of_subject(db: &Reader, scope: impl Into<Scope>, subject: Uuid) -> Result<Vec<Saga>> {
    let filter = Filter::new().eq("subject", subject).scope("tenant", scope.into()).order("created_at, id");
    let mut sagas = Vec::new();
    for row in db.rows::<SagaRow>(&filter).await? {
        sagas.push(whole(db, row).await?);
    }
    Ok(sagas)
}
