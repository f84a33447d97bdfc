//! Between a document as a client sends it and the row it is kept in.

use chrono::{DateTime, SecondsFormat, Utc};
use hypo_shared::ErrorCode;
use hypo_store::documents::{self, Document, Text};
use hypo_tmf::{Resource, registry::Area, shape};
use serde_json::Value;
use uuid::Uuid;

use super::Shown;
use crate::{Ctx, Error, Result, new_id};

/// Reads a body so that nothing in it changes.
///
/// # Errors
/// `HYP-6001` for text that is no JSON, and for numbers that could not be given back as they are.
pub fn parse(body: &[u8]) -> Result<Value> {
    let invalid = |text: String| Error::new(ErrorCode::InvalidInput, text);
    let text = std::str::from_utf8(body).map_err(|_| invalid("The body is not UTF-8.".to_owned()))?;
    documents::parse(text).map_err(|error| invalid(format!("The body cannot be read: {error}")))
}

/// RFC 3339 in UTC with milliseconds.
pub(crate) fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// The row of a new document of the caller's tenant.
pub(super) fn fresh(ctx: &Ctx, resource: &Resource, document: Value, now: DateTime<Utc>) -> Document {
    numbered(ctx, resource, new_id(), document, now)
}

/// The same with an id of the caller's choice.
pub(crate) fn numbered(ctx: &Ctx, resource: &Resource, id: Uuid, document: Value, now: DateTime<Utc>) -> Document {
    let doc = shape::fresh(resource, &id.to_string(), document, &instant(now));
    with(resource, Document::new(resource.kind, id, ctx.who.tenant, Value::Null, now), doc)
}

/// The row with another document in it.
pub(super) fn with(resource: &Resource, row: Document, doc: Value) -> Document {
    let external_id = external_id(resource, &doc);
    Document { state: shape::state(resource, &doc), name: shape::name(&doc), external_id, doc, ..row }
}

/// Orders carry the orderer's own id, which is unique in its tenant.
fn external_id(resource: &Resource, doc: &Value) -> Option<String> {
    if resource.family.area != Area::Ordering {
        return None;
    }
    doc.get("externalId").and_then(Value::as_str).filter(|id| !id.is_empty()).map(str::to_owned)
}

/// The most bytes of an external id.
pub(super) fn check_external_id(document: &Document) -> Result<()> {
    match &document.external_id {
        Some(id) if id.len() > 200 => Err(Error::field("externalId", "tooLong", "Use 1 to 200 characters.")),
        _ => Ok(()),
    }
}

pub(super) fn shown(document: Document) -> Shown {
    Shown { id: document.id, rev: document.rev, document: document.doc }
}

/// A stored text as a document.
///
/// # Errors
/// `HYP-9003` when it cannot be read.
pub fn read(text: Text) -> Result<Shown> {
    let corrupt = |error| hypo_store::Error::Corrupt(format!("document {}: {error}", text.id));
    Ok(Shown { id: text.id, rev: text.rev, document: serde_json::from_str(&text.doc).map_err(corrupt)? })
}
