//! Documents that are elements of another one: the sub-addresses of an address (TMF673).

use hypo_store::documents;
use hypo_tmf::Resource;
use serde_json::Value;
use uuid::Uuid;

use crate::{
    App, Ctx, Result,
    permit::{Permit, may},
};

/// The elements of a document, each with an id (its own, or its position from 1) and its path; `None` when there is
/// no such document.
///
/// # Errors
/// Those of the store.
pub async fn children(
    app: &App,
    ctx: &Ctx,
    _: Permit<may::Read>,
    resource: &'static Resource,
    owner: Uuid,
) -> Result<Option<Vec<Value>>> {
    let Some(parent) = resource.parent else { return Ok(None) };
    let found = documents::find(app.store().read(), ctx.reach(), parent.collection, owner).await?;
    let Some(found) = found else { return Ok(None) };
    let elements = found.doc[resource.collection].as_array().cloned().unwrap_or_default();
    let shown = elements.into_iter().enumerate().filter_map(|(position, element)| {
        let Value::Object(mut members) = element else { return None };
        let id = match members.get("id").and_then(Value::as_str) {
            Some(id) => id.to_owned(),
            None => (position + 1).to_string(),
        };
        members.insert("href".to_owned(), resource.path_below(&owner.to_string(), Some(&id)).into());
        members.insert("id".to_owned(), id.into());
        members.entry("@type").or_insert_with(|| resource.type_name.into());
        Some(Value::Object(members))
    });
    Ok(Some(shown.collect()))
}

/// One of them.
///
/// # Errors
/// Those of the store.
pub async fn child(
    app: &App,
    ctx: &Ctx,
    permit: Permit<may::Read>,
    resource: &'static Resource,
    owner: Uuid,
    id: &str,
) -> Result<Option<Value>> {
    let all = children(app, ctx, permit, resource, owner).await?;
    Ok(all.into_iter().flatten().find(|element| element["id"] == id))
}
