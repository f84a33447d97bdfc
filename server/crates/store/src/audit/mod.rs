//! The audit trail: append-only, one hash chain per tenant. Who went around the database's refusal to change a row
//! is shown by [`verify_chain`].

mod chain;
mod verify;

use chrono::{DateTime, Utc};
use hypo_shared::{AuditId, Role, TenantId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub(crate) use chain::flush;
pub use verify::verify_chain;

use crate::{
    Page, Reader, Result, Scope, Slice, Tx,
    sql::{Filter, table},
};

/// What was done, before it is written. Something two tenants must see is two entries.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NewEntry {
    pub id: AuditId,
    pub tenant: TenantId,
    /// `user:NAME`, `token:NAME` or `system:WHAT`.
    pub actor: String,
    pub role: Option<Role>,
    /// For example `placeOrder`.
    pub action: String,
    /// For example `serviceOrder/ID`.
    pub subject: String,
    /// `done`, `refused` or `failed`.
    pub outcome: String,
    /// Never a secret.
    pub detail: Value,
    pub at: DateTime<Utc>,
}

/// A written row. `hash` is the SHA-256 of `prev_hash` and the row's content; the first row's `prev_hash` is empty.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    pub id: AuditId,
    pub tenant: TenantId,
    /// Counts from 1 per tenant.
    pub seq: i64,
    pub actor: String,
    pub role: Option<Role>,
    pub action: String,
    pub subject: String,
    pub outcome: String,
    pub detail: Value,
    pub at: DateTime<Utc>,
    pub prev_hash: String,
    pub hash: String,
}

table!(Entry, "audit" { id, tenant, seq, actor, role, action, subject, outcome, detail, at, prev_hash, hash });

/// Which rows; empty members do not restrict.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditQuery {
    #[serde(default)]
    pub actor: Option<String>,
    #[serde(default)]
    pub action: Option<String>,
    #[serde(default)]
    pub subject: Option<String>,
    #[serde(default)]
    pub slice: Slice,
}

/// Adds a row to the write; it gets its place in the chain when the write commits.
pub fn append(tx: &mut Tx, entry: NewEntry) {
    tx.audit.push(entry);
}

/// Rows the scope sees, newest first.
///
/// # Errors
/// Database failures only.
pub async fn list(db: &Reader, scope: impl Into<Scope>, query: &AuditQuery) -> Result<Page<Entry>> {
    let mut filter = Filter::new().scope("tenant", scope.into());
    let members = [("actor", &query.actor), ("action", &query.action), ("subject", &query.subject)];
    for (column, value) in members {
        if let Some(value) = value {
            filter = filter.eq(column, value.clone());
        }
    }
    db.page(&filter.order("at DESC, tenant, seq DESC").slice(query.slice)).await
}
