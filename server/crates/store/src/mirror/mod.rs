//! Rows of our own as TMF documents: a cluster and a domain are TMF639 resources, a package is a TMF633 service
//! specification, a tenant is a TMF632 organization. The document is written in the transaction that writes the row,
//! so that lists, filters, events and GraphQL read one table. The row is the truth: clients cannot change these.

mod backfill;
mod cluster;
mod package;
mod tenant;

use chrono::{DateTime, SecondsFormat, Utc};
use hypo_shared::TenantId;
use serde_json::{Value, json};
use uuid::Uuid;

pub use backfill::backfill;
pub(crate) use cluster::{cluster, domain};
pub(crate) use package::package;
pub(crate) use tenant::tenant;

use crate::{
    Reader, Result, Scope, Tx,
    accounts::tenants,
    clusters,
    documents::{self, Document, kind},
    packages,
};

/// Readers of a document that everybody may see, beside its owner.
pub const EVERYBODY: TenantId = TenantId(Uuid::nil());

/// What a row of ours is, when the document of this id mirrors one.
///
/// # Errors
/// Database failures only.
pub async fn mirrored(db: &Reader, kind: &str, id: Uuid) -> Result<Option<&'static str>> {
    Ok(match kind {
        kind::RESOURCE if clusters::find(db, Scope::Platform, id.into()).await?.is_some() => Some("cluster"),
        kind::RESOURCE if clusters::find_domain(db, Scope::Platform, id.into()).await?.is_some() => Some("domain"),
        kind::SERVICE_SPECIFICATION if packages::find(db, Scope::Platform, id.into()).await?.is_some() => {
            Some("package")
        }
        kind::ORGANIZATION if tenants::find(db, id.into()).await?.is_some() => Some("tenant"),
        _ => None,
    })
}

/// What a mirrored document says.
pub(crate) struct Mirror {
    pub id: Uuid,
    pub tenant: TenantId,
    pub kind: &'static str,
    pub state: String,
    pub name: String,
    pub doc: Value,
    /// Of the row.
    pub created_at: DateTime<Utc>,
}

/// Writes the document as it should read now; nothing happens when it reads so already.
pub(crate) async fn put(tx: &mut Tx, mirror: Mirror, at: DateTime<Utc>) -> Result<()> {
    let Mirror { id, tenant, kind, state, name, mut doc, created_at } = mirror;
    let before = documents::find(tx, Scope::Platform, kind, id).await?;
    if let Some(before) = &before {
        // The time of the last change is no change.
        if let Some(known) = before.doc.get("lastUpdate") {
            doc["lastUpdate"] = known.clone();
        }
        if before.doc == doc && before.state == state {
            return Ok(());
        }
    }
    if doc.get("lastUpdate").is_some() {
        doc["lastUpdate"] = json!(instant(at));
    }
    let rev = before.as_ref().map_or(1, |before| before.rev);
    let document = Document { rev, state, name, created_at, ..Document::new(kind, id, tenant, doc, at) };
    match before {
        None => documents::create(tx, &document).await.map(drop),
        Some(_) => documents::update(tx, &document).await.map(drop),
    }
}

/// Takes the document away with its row.
pub(crate) async fn remove(tx: &mut Tx, tenant: TenantId, kind: &str, id: Uuid, at: DateTime<Utc>) -> Result<()> {
    match documents::find(tx, tenant, kind, id).await? {
        Some(_) => documents::delete(tx, tenant, kind, id, None, at).await,
        None => Ok(()),
    }
}

/// RFC 3339 in UTC with milliseconds, as every document says it.
pub(crate) fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn party(id: TenantId, name: Option<&str>, role: &str) -> Value {
    let mut party = json!({"id": id, "role": role, "@referredType": "Organization"});
    if let Some(name) = name {
        party["name"] = json!(name);
    }
    party
}
