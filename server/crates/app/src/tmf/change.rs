//! Changing a document: read, apply, check, write at the revision that was read.

use std::time::Duration;

use hypo_shared::{ErrorCode, Role};
use hypo_store::documents::{self, Document};
use hypo_tmf::{Method, Resource, patch::Format, shape, transition, validate};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Shown, create, document, hooks, own, permission, placed};
use crate::{App, Ctx, Error, Result, access::audit, permit::Proof};

/// How often a change without `If-Match` is tried when somebody else was faster.
const TRIES: u32 = 50;
/// Those who were slower come back at different times.
const PAUSE_MS: u64 = 20;

/// A change a client asks for.
#[derive(Clone, Debug)]
pub struct Change {
    pub format: Format,
    /// In official words.
    pub body: Value,
    /// The revisions the client has read, from `If-Match`; `None` when it does not say.
    pub revisions: Option<Vec<i64>>,
}

/// Changes a document of the caller's.
///
/// # Errors
/// `HYP-6002`; `HYP-6005` when it is no longer at the revision; `HYP-6001` that names every violation; `HYP-6006` that
/// names current state, asked state and legal targets, and for documents whose truth is elsewhere.
pub async fn change(
    app: &App,
    ctx: &Ctx,
    proof: Proof,
    resource: &'static Resource,
    id: Uuid,
    change: &Change,
) -> Result<Shown> {
    proof.of(permission::action(resource, Method::Patch))?;
    let mut tries = 1;
    loop {
        let before = own(app, ctx, resource, id).await?;
        if change.revisions.as_ref().is_some_and(|known| !known.contains(&before.rev)) {
            return Err(Error::of(ErrorCode::PreconditionFailed));
        }
        let doc = asked(resource, &before, change)?;
        if hooks::of(resource.kind).ordering(app, ctx, &before, &doc).await? {
            return Ok(document::shown(own(app, ctx, resource, id).await?));
        }
        let row = after(app, ctx, resource, &before, doc).await?;
        if row.doc == before.doc {
            return Ok(document::shown(before));
        }
        let subject = create::subject(resource, id);
        let written = hypo_store::write!(app.store(), |tx| {
            let stored = documents::update(tx, &row).await?;
            let detail = json!({"rev": stored.rev, "members": members(&before.doc, &row.doc)});
            let action = format!("change{}", resource.type_name);
            audit::done_for(tx, app, ctx, row.tenant, &action, subject.clone(), detail);
            Ok(stored)
        });
        match written {
            Ok(stored) => return Ok(document::shown(stored)),
            Err(hypo_store::Error::Duplicate(_)) => return Err(create::taken(app, ctx, &row).await),
            Err(error)
                if error.code() == ErrorCode::PreconditionFailed && change.revisions.is_none() && tries < TRIES =>
            {
                tries += 1;
                tokio::time::sleep(Duration::from_millis(rand::random_range(1..=PAUSE_MS))).await;
            }
            Err(error) => return Err(error.into()),
        }
    }
}

/// The document as the client wants it, well formed.
fn asked(resource: &Resource, before: &Document, change: &Change) -> Result<Value> {
    let mut doc = change.format.apply(&before.doc, &change.body)?;
    shape::spell(resource, &mut doc);
    keep_ours(&before.doc, &mut doc);
    validate::changed(resource, &before.doc, &doc)?;
    Ok(doc)
}

/// The row as it would be.
async fn after(
    app: &App,
    ctx: &Ctx,
    resource: &'static Resource,
    before: &Document,
    mut doc: Value,
) -> Result<Document> {
    if doc == before.doc {
        return Ok(before.clone());
    }
    placed::kept(before, &mut doc)?;
    hooks::of(resource.kind).changing(app, ctx, before, &mut doc).await?;
    transition::guard(resource, &before.doc, &doc, ctx.who.role == Role::Admin)?;
    let now = app.now();
    shape::touch(resource, &mut doc, &document::instant(now));
    let row = document::with(resource, Document { updated_at: now, ..before.clone() }, doc);
    document::check_external_id(&row)?;
    Ok(row)
}

/// Notes of ours in a document are not the client's to change.
fn keep_ours(before: &Value, after: &mut Value) {
    let Some(members) = after.as_object_mut() else { return };
    let is_ours = |name: &str| name.starts_with(shape::OURS);
    members.retain(|name, _| !is_ours(name));
    let known = before.as_object().into_iter().flatten().filter(|(name, _)| is_ours(name));
    members.extend(known.map(|(name, value)| (name.clone(), value.clone())));
}

/// First-level members that differ, for the audit trail.
fn members(before: &Value, after: &Value) -> Vec<String> {
    let empty = serde_json::Map::new();
    let (before, after) = (before.as_object().unwrap_or(&empty), after.as_object().unwrap_or(&empty));
    let gone = before.keys().filter(|name| !after.contains_key(*name));
    let other = after.iter().filter(|(name, value)| before.get(*name) != Some(value)).map(|(name, _)| name);
    gone.chain(other).cloned().collect()
}
