//! Reading sagas.

use std::collections::HashMap;

use hypo_engine::Saga;
use hypo_shared::SagaId;
use uuid::Uuid;

use super::rows::{SagaRow, StepRow, whole};
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

/// Sagas that work or worked on documents, oldest first, in two statements.
///
/// # Errors
/// As [`load`].
pub async fn of_subjects(db: &Reader, scope: impl Into<Scope>, subjects: &[Uuid]) -> Result<Vec<Saga>> {
    let filter = Filter::new().any_of("subject", subjects).scope("tenant", scope.into()).order("created_at, id");
    let rows = db.rows::<SagaRow>(&filter).await?;
    let ids: Vec<SagaId> = rows.iter().map(|row| row.id).collect();
    let mut steps: HashMap<SagaId, Vec<StepRow>> = HashMap::new();
    for step in db.rows::<StepRow>(&Filter::new().any_of("saga", &ids).order("saga, position")).await? {
        steps.entry(step.saga).or_default().push(step);
    }
    rows.into_iter()
        .map(|row| {
            let steps = steps.remove(&row.id).unwrap_or_default();
            row.with_steps(steps)
        })
        .collect()
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
