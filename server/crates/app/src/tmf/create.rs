//! Creating a document: checked, completed by the server, stored with its event and audit row.

use hypo_shared::ErrorCode;
use hypo_store::documents::{self, Document};
use hypo_tmf::{Method, Resource, shape, validate};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    Shown, document,
    hooks::{self, Draft},
    key::Key,
    permission, rejected,
};
use crate::{App, Ctx, Error, Result, access::audit, permit::Proof};

/// Creates a document from a client's body in official words. `key` is the client's `Idempotency-Key`: the same
/// request again gives the document that is there.
///
/// # Errors
/// `HYP-6001` that names every violation; `HYP-6006` for a taken external id; `HYP-6009` for a key that was used with
/// other content; those of the kind's hook.
pub async fn create(
    app: &App,
    ctx: &Ctx,
    proof: Proof,
    resource: &'static Resource,
    body: Value,
    key: Option<&str>,
) -> Result<Shown> {
    proof.of(permission::action(resource, Method::Create))?;
    validate::create(resource, &body)?;
    let key = key.map(|name| Key::of(resource, name, &body)).transpose()?;
    if let Some(key) = &key
        && let Some(before) = key.answered(app, ctx.who.tenant).await?
    {
        return again(app, ctx, resource, before).await;
    }
    match (store(app, ctx, resource, body, key.as_ref()).await, &key) {
        (Err(error), Some(key)) => match key.lost(app, ctx.who.tenant, &error).await? {
            Some(before) => again(app, ctx, resource, before).await,
            None => Err(error),
        },
        (made, _) => made,
    }
}

async fn store(app: &App, ctx: &Ctx, resource: &'static Resource, body: Value, key: Option<&Key>) -> Result<Shown> {
    let mut doc = shape::inward(resource, body.clone());
    if let Some(dialect) = body.get(shape::DIALECT) {
        doc[shape::DIALECT] = dialect.clone();
    }
    let draft = hooks::of(resource.kind).creating(app, ctx, resource, &mut doc, key).await?;
    if let Draft::Taken(id) = draft {
        return again(app, ctx, resource, id).await;
    }
    let row = document::fresh(ctx, resource, doc, app.now());
    document::check_external_id(&row)?;
    let written = hypo_store::write!(app.store(), |tx| {
        if let Some(key) = key {
            key.settle(tx, row.tenant, row.id, row.created_at).await?;
        }
        let stored = documents::create(tx, &row).await?;
        audit::done(tx, app, ctx, &format!("create{}", resource.type_name), subject(resource, row.id), json!({}));
        match &draft {
            Draft::Rejected(reasons) => documents::update(tx, &rejected::rejected(resource, &stored, reasons)).await,
            _ => Ok(stored),
        }
    });
    match written {
        Ok(stored) => Ok(document::shown(stored)),
        Err(hypo_store::Error::Duplicate(_)) => Err(taken(app, ctx, &row).await),
        Err(error) => Err(error.into()),
    }
}

pub(crate) fn subject(resource: &Resource, id: Uuid) -> String {
    format!("{}/{id}", resource.kind)
}

/// The document as it reads now: what its kind started may have gone on already.
async fn again(app: &App, ctx: &Ctx, resource: &Resource, id: Uuid) -> Result<Shown> {
    let found = documents::find(app.store().read(), ctx.reach(), resource.kind, id).await?;
    let gone = || Error::new(ErrorCode::NotFound, format!("The {} {id} was removed meanwhile.", resource.collection));
    found.map(document::shown).ok_or_else(gone)
}

/// Names the document that has the external id.
pub(super) async fn taken(app: &App, ctx: &Ctx, row: &Document) -> Error {
    let conflict = |text: String| Error::new(ErrorCode::StateConflict, text);
    let Some(external) = &row.external_id else { return conflict("The id is taken.".to_owned()) };
    match documents::find_external(app.store().read(), ctx.who.tenant, &row.kind, external).await {
        Ok(Some(other)) => conflict(format!("externalId {external:?} is taken by {} {}.", row.kind, other.id)),
        Ok(None) => conflict(format!("externalId {external:?} is taken.")),
        Err(error) => error.into(),
    }
}
