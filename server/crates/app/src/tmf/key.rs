//! `Idempotency-Key`: a request that is sent twice is done once.

use chrono::{DateTime, Utc};
use hypo_shared::{ErrorCode, TenantId};
use hypo_store::{
    Tx,
    idempotency::{self, Claim},
};
use hypo_tmf::Resource;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{App, Error, Result};

/// A key a client gave, with the digest of what it was given for.
#[derive(Clone, Debug)]
pub(crate) struct Key {
    name: String,
    digest: String,
}

/// The same content in another order of members is the same request.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let mut names: Vec<&String> = members.keys().collect();
            names.sort_unstable();
            names.into_iter().map(|name| (name.clone(), sorted(&members[name]))).collect()
        }
        Value::Array(items) => items.iter().map(sorted).collect(),
        other => other.clone(),
    }
}

impl Key {
    /// Keys of different resources do not meet.
    pub(super) fn of(resource: &Resource, name: &str, body: &Value) -> Result<Self> {
        if name.is_empty() || name.len() > 200 {
            return Err(Error::new(ErrorCode::InvalidInput, "An Idempotency-Key has 1 to 200 characters."));
        }
        let digest = hex::encode(Sha256::digest(sorted(body).to_string()));
        Ok(Self { name: format!("tmf:{}:{name}", resource.kind), digest })
    }

    /// Whether an error says that the same request was faster.
    pub(super) async fn lost(&self, app: &App, tenant: TenantId, error: &Error) -> Result<Option<Uuid>> {
        if error.code == ErrorCode::StateConflict { self.answered(app, tenant).await } else { Ok(None) }
    }

    /// The document that answered the same request before.
    ///
    /// # Errors
    /// `HYP-6009` when the key was used with other content.
    pub(super) async fn answered(&self, app: &App, tenant: TenantId) -> Result<Option<Uuid>> {
        match idempotency::find(app.store().read(), tenant, &self.name).await? {
            Some((digest, _)) if digest != self.digest => Err(Error::of(ErrorCode::IdempotencyConflict)),
            Some((_, answer)) => Ok(answer.and_then(|answer| answer["id"].as_str()?.parse().ok())),
            None => Ok(None),
        }
    }

    /// Uses the key for a document, in the transaction that writes it.
    ///
    /// # Errors
    /// `HYP-6006` when the same request was faster, `HYP-6009` when another one was.
    pub(crate) async fn settle(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        document: Uuid,
        at: DateTime<Utc>,
    ) -> hypo_store::Result<()> {
        match idempotency::claim(tx, tenant, &self.name, &self.digest, at).await? {
            Claim::New => idempotency::complete(tx, tenant, &self.name, &json!({"id": document})).await,
            Claim::Pending | Claim::Done(_) => {
                Err(hypo_store::Error::refused(ErrorCode::StateConflict, "the same request was faster"))
            }
        }
    }
}
