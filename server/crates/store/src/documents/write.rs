//! Changing documents. Every change writes an event of the document's kind in the same transaction.

use chrono::{DateTime, Utc};
use hypo_shared::{ErrorCode, TenantId};
use hypo_tmf::event::{self, Change};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    Error, Result, Tx,
    documents::{Document, find, not_found},
    events::{self, NewEvent},
    sql::{Filter, args},
};

/// Stores a new document at revision 1 (whatever `rev` says) and emits `created`.
///
/// # Errors
/// [`Error::Duplicate`] when the id, or the external id in this tenant and kind, is taken; `InvalidInput` for a
/// document with a NUL character, which PostgreSQL cannot search.
pub async fn create(tx: &mut Tx, document: &Document) -> Result<Document> {
    check(&document.doc)?;
    let document = Document { rev: 1, ..document.clone() };
    if !tx.insert_new(&document).await? {
        return Err(Error::Duplicate(format!("{} {}", document.kind, document.id)));
    }
    emit(tx, &document, Change::Created, document.created_at);
    Ok(document)
}

/// Replaces the document; `document.rev` is the revision it was read at, `updated_at` the time of the change.
/// Emits `stateChanged` when the state differs, `changed` when anything else does, both when both do. Gives the document at its new revision.
///
/// # Errors
/// `PreconditionFailed` when it has changed since, not found when the owner has no such document,
/// [`Error::Duplicate`] for a taken external id.
pub async fn update(tx: &mut Tx, document: &Document) -> Result<Document> {
    check(&document.doc)?;
    let (tenant, kind, id) = (document.tenant, document.kind.as_str(), document.id);
    let before = find(tx, tenant, kind, id).await?.filter(|before| before.tenant == tenant);
    let before = before.ok_or_else(|| not_found(kind, id))?;
    let sql = "UPDATE documents SET rev = rev + 1, state = $1, name = $2, doc = $3, external_id = $4, updated_at = $5 \
               WHERE id = $6 AND kind = $7 AND tenant = $8 AND rev = $9";
    let Document { state, name, doc, external_id, updated_at, rev, .. } = document;
    let values = args![*state, *name, *doc, *external_id, *updated_at, id, document.kind, tenant, *rev];
    if tx.execute(sql, values).await? == 0 {
        return Err(stale(kind, id, *rev));
    }
    let after = Document { rev: rev + 1, created_at: before.created_at, ..document.clone() };
    let resource = event::Subject::of(&after.kind);
    for change in resource.changes(&before.doc, &after.doc, before.state != after.state) {
        emit(tx, &after, change, *updated_at);
    }
    Ok(after)
}

/// Removes the owner's document and emits `deleted`. With a revision only when it is still at it.
///
/// # Errors
/// Not found, `PreconditionFailed`.
pub async fn delete(
    tx: &mut Tx,
    tenant: TenantId,
    kind: &str,
    id: Uuid,
    rev: Option<i64>,
    at: DateTime<Utc>,
) -> Result<()> {
    let before = find(tx, tenant, kind, id).await?.filter(|before| before.tenant == tenant);
    let before = before.ok_or_else(|| not_found(kind, id))?;
    let filter = Filter::new().eq("id", id).eq("tenant", tenant).eq("rev", rev.unwrap_or(before.rev));
    if tx.delete::<Document>(&filter).await? == 0 {
        return Err(stale(kind, id, rev.unwrap_or(before.rev)));
    }
    emit(tx, &before, Change::Deleted, at);
    Ok(())
}

/// The change as a row of the outbox, and as a TMF event with the whole document where the specification has one.
fn emit(tx: &mut Tx, document: &Document, change: Change, at: DateTime<Utc>) {
    let event = NewEvent {
        topic: document.kind.clone(),
        tenant: document.tenant,
        subject: document.id,
        kind: change.word().to_owned(),
        payload: json!({"rev": document.rev, "state": document.state, "name": document.name}),
        at,
    };
    match event::Subject::of(&document.kind).event_type(change) {
        Some(name) => events::append_document(tx, event, document.rev, name, document.doc.clone()),
        None => events::append(tx, event),
    }
}

fn stale(kind: &str, id: Uuid, rev: i64) -> Error {
    Error::refused(ErrorCode::PreconditionFailed, format!("{kind} {id} is no longer at revision {rev}"))
}

fn check(doc: &Value) -> Result<()> {
    fn has_nul(value: &Value) -> bool {
        match value {
            Value::String(text) => text.contains('\0'),
            Value::Array(items) => items.iter().any(has_nul),
            Value::Object(members) => members.iter().any(|(name, value)| name.contains('\0') || has_nul(value)),
            _ => false,
        }
    }
    if has_nul(doc) {
        Err(Error::refused(ErrorCode::InvalidInput, "the document holds a NUL character"))
    } else {
        Ok(())
    }
}
