//! Sagas and their steps as rows.

use chrono::{DateTime, Utc};
use hypo_engine::{Saga, Step, Wish};
use hypo_shared::{SagaId, TenantId, order::OnFailure};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    Error, Reader, Result,
    sql::{Filter, table},
};

/// The head of a saga, and who holds it until when.
#[derive(Clone, Debug, PartialEq)]
pub struct SagaRow {
    pub id: SagaId,
    pub kind: String,
    pub start_key: String,
    pub tenant: Option<TenantId>,
    pub subject: Option<Uuid>,
    pub params: Value,
    pub on_failure: OnFailure,
    /// `SagaState`, in the spelling serde gives it.
    pub state: String,
    pub cancelled: bool,
    /// `Cause` or null.
    pub cause: Value,
    pub epoch: u64,
    pub owner: String,
    pub lease_until: DateTime<Utc>,
    pub run_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

table!(SagaRow, "sagas" {
    id, kind, start_key, tenant, subject, params, on_failure, state, cancelled, cause, epoch, owner, lease_until,
    run_at, created_at, updated_at
});

/// One step, whole.
#[derive(Clone, Debug, PartialEq)]
pub struct StepRow {
    pub saga: SagaId,
    pub position: u32,
    pub body: Value,
}

table!(StepRow, "saga_steps" { saga, position, body });

/// A wish nobody has taken yet.
#[derive(Clone, Debug, PartialEq)]
pub struct WishRow {
    pub number: u64,
    pub saga: SagaId,
    pub wish: String,
}

table!(WishRow, "saga_wishes" { number, saga, wish });

impl SagaRow {
    /// A new saga: due at once, held by nobody.
    pub fn new(saga: &Saga) -> Result<Self> {
        Ok(Self {
            id: saga.id,
            kind: saga.kind.clone(),
            start_key: saga.key.clone(),
            tenant: saga.tenant,
            subject: saga.subject,
            params: saga.params.clone(),
            on_failure: saga.on_failure,
            state: word(&saga.state)?,
            cancelled: saga.cancelled,
            cause: json(&saga.cause)?,
            epoch: saga.epoch,
            owner: String::new(),
            lease_until: DateTime::UNIX_EPOCH,
            run_at: Some(saga.created_at),
            created_at: saga.created_at,
            updated_at: saga.updated_at,
        })
    }

    pub fn with_steps(self, steps: Vec<StepRow>) -> Result<Saga> {
        Ok(Saga {
            id: self.id,
            kind: self.kind,
            key: self.start_key,
            tenant: self.tenant,
            subject: self.subject,
            params: self.params,
            on_failure: self.on_failure,
            state: of_word("saga state", self.state)?,
            cancelled: self.cancelled,
            cause: of_json("saga cause", self.cause)?,
            epoch: self.epoch,
            created_at: self.created_at,
            updated_at: self.updated_at,
            steps: steps.into_iter().map(|row| of_json("saga step", row.body)).collect::<Result<_>>()?,
        })
    }
}

impl StepRow {
    pub fn new(saga: SagaId, position: usize, step: &Step) -> Result<Self> {
        let position = u32::try_from(position).map_err(|_| Error::Internal("a saga has too many steps".to_owned()))?;
        Ok(Self { saga, position, body: json(step)? })
    }
}

impl WishRow {
    pub fn read(self) -> Result<(u64, Wish)> {
        Ok((self.number, of_word("wish", self.wish)?))
    }
}

/// The saga as it is in the tables.
pub async fn whole(db: &Reader, row: SagaRow) -> Result<Saga> {
    let steps = db.rows::<StepRow>(&Filter::new().eq("saga", row.id).order("position")).await?;
    row.with_steps(steps)
}

/// Untaken wishes, oldest first.
pub async fn wishes(db: &Reader, id: SagaId) -> Result<Vec<(u64, Wish)>> {
    let rows = db.rows::<WishRow>(&Filter::new().eq("saga", id).order("number")).await?;
    rows.into_iter().map(WishRow::read).collect()
}

pub fn word(value: &impl Serialize) -> Result<String> {
    match json(value)? {
        Value::String(word) => Ok(word),
        other => Err(Error::Internal(format!("{other} is not a word"))),
    }
}

fn of_word<T: DeserializeOwned>(what: &str, word: String) -> Result<T> {
    of_json(what, Value::String(word))
}

pub fn json(value: &impl Serialize) -> Result<Value> {
    serde_json::to_value(value).map_err(|error| Error::Internal(error.to_string()))
}

fn of_json<T: DeserializeOwned>(what: &str, value: Value) -> Result<T> {
    serde_json::from_value(value).map_err(|error| Error::Corrupt(format!("{what}: {error}")))
}
