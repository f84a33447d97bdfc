//! Removing a document that nothing needs any more.

use hypo_shared::{ErrorCode, machine::Machine};
use hypo_store::{
    Scope, Slice,
    documents::{self, Document, ListQuery},
    mirror,
};
use hypo_tmf::{Method, Resource, registry::Area};
use serde_json::json;
use uuid::Uuid;

use super::{create, hooks, own, permission, references};
use crate::{App, Ctx, Error, Result, access::audit, permit::Proof};

/// Removes a document of the caller's.
///
/// # Errors
/// `HYP-6002`; `HYP-6005` when it is no longer at the revision; `HYP-6006` while it is worked on, while others refer
/// to it, and for documents whose truth is elsewhere.
pub async fn remove(
    app: &App,
    ctx: &Ctx,
    proof: Proof,
    resource: &'static Resource,
    id: Uuid,
    revisions: Option<&[i64]>,
) -> Result<()> {
    proof.of(permission::action(resource, Method::Delete))?;
    let before = own(app, ctx, resource, id).await?;
    if revisions.is_some_and(|known| !known.contains(&before.rev)) {
        return Err(Error::of(ErrorCode::PreconditionFailed));
    }
    running(resource, &before)?;
    hooks::of(resource.kind).removing(app, ctx, &before).await?;
    referred(app, resource, &before).await?;
    let now = app.now();
    hypo_store::write!(app.store(), |tx| {
        documents::delete(tx, before.tenant, resource.kind, id, revisions.map(|_| before.rev), now).await?;
        let (action, subject) = (format!("delete{}", resource.type_name), create::subject(resource, id));
        audit::done_for(tx, app, ctx, before.tenant, &action, subject, json!({"name": before.name}));
        Ok(())
    })?;
    Ok(())
}

/// An order is removed when it has come to its end, and so is a task.
fn running(resource: &Resource, document: &Document) -> Result<()> {
    let machine: Option<&Machine> = resource.main_machine().filter(|_| resource.family.area == Area::Ordering);
    match machine {
        Some(machine) if !machine.is_final(&document.state) => Err(Error::new(
            ErrorCode::StateConflict,
            format!(
                "The {} is {}; it can be removed when it has come to its end.",
                resource.collection, document.state
            ),
        )),
        _ => Ok(()),
    }
}

/// Refuses while others refer to it: the owner's documents, and those of tenants that may read it. Of theirs the caller
/// is told no more than that there are some; what else anybody writes down keeps nothing here.
async fn referred(app: &App, resource: &Resource, document: &Document) -> Result<()> {
    let read = app.store().read();
    let own = Scope::Tenant(document.tenant);
    let readers = documents::readers(read, document.tenant, document.id).await?;
    let theirs: Vec<Scope> = if readers.contains(&mirror::EVERYBODY) {
        vec![Scope::Platform]
    } else {
        readers.into_iter().map(Scope::Tenant).collect()
    };
    for (kind, path) in references::to(resource.kind) {
        let filters = vec![((*path).to_owned(), json!(document.id))];
        let query = ListQuery { filters, slice: Slice { offset: 0, limit: 1 }, ..ListQuery::of(kind) };
        let found = documents::list(read, own, &query).await?;
        if let Some(other) = found.items.first() {
            let text = format!("{} documents refer to it, for example {kind} {} ({path}).", found.total, other.id);
            return Err(Error::new(ErrorCode::StateConflict, text));
        }
        for scope in &theirs {
            if documents::list(read, *scope, &query).await?.total > 0 {
                let text = format!("Others refer to it ({kind}, {path}). Retire it instead, where it has a lifecycle.");
                return Err(Error::new(ErrorCode::StateConflict, text));
            }
        }
    }
    Ok(())
}
