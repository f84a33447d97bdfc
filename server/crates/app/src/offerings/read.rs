//! Reading offerings: one's own in every state, those of others once they are launched.

use hypo_store::{
    Slice,
    documents::{self, Document, kind},
    offerings::{self as rows, OfferingRow},
};
use uuid::Uuid;

use super::{Offering, approval, terms};
use crate::{
    App, Ctx, Result,
    access::tenants,
    permit::{Permit, may},
};

/// Offerings the caller may see, newest first.
///
/// # Errors
/// Those of the store.
pub async fn list(app: &App, ctx: &Ctx, _: Permit<may::Read>) -> Result<Vec<Offering>> {
    let all =
        rows::list(app.store().read(), hypo_store::Scope::Platform, Slice { offset: 0, limit: Slice::MAX }).await?;
    let ids: Vec<Uuid> = all.iter().map(|row| row.id).collect();
    let mut seen = crate::documents::by_ids(app, ctx.reach(), kind::SERVICE_SPECIFICATION, &ids).await?;
    let names = tenants::names(app).await?;
    let seen = all.iter().filter_map(|row| Some((row, seen.remove(&row.id)?)));
    seen.map(|(row, document)| view(ctx, row, &document, names.name(row.tenant))).collect()
}

/// One of them.
///
/// # Errors
/// Those of the store.
pub async fn find(app: &App, ctx: &Ctx, _: Permit<may::Read>, id: Uuid) -> Result<Option<Offering>> {
    let Some((row, document)) = visible(app, ctx, id).await? else { return Ok(None) };
    view(ctx, &row, &document, tenants::names(app).await?.name(row.tenant)).map(Some)
}

/// The offering of a service specification the caller may see.
pub(crate) async fn visible(app: &App, ctx: &Ctx, id: Uuid) -> Result<Option<(OfferingRow, Document)>> {
    let read = app.store().read();
    let Some(row) = rows::find(read, hypo_store::Scope::Platform, id).await? else { return Ok(None) };
    let document = documents::find(read, ctx.reach(), kind::SERVICE_SPECIFICATION, id).await?;
    Ok(document.map(|document| (row, document)))
}

/// Whether a catalogue element in this state can be ordered (TMF620 user guide).
pub(crate) fn orderable(state: &str) -> bool {
    matches!(state, "Active" | "Launched")
}

fn view(ctx: &Ctx, row: &OfferingRow, document: &Document, provider: &str) -> Result<Offering> {
    Ok(Offering {
        id: row.id,
        tenant: row.tenant,
        provider: provider.to_owned(),
        name: row.name.clone(),
        version: row.version.clone(),
        description: document.doc["description"].as_str().map_or_else(String::new, str::to_owned),
        lifecycle: document.doc["lifecycleStatus"].as_str().map_or_else(String::new, str::to_owned),
        approval: approval(row),
        form: terms(row)?.choices,
        candidate: row.candidate,
        product_specification: row.product_specification,
        product_offering: row.product_offering,
        created_at: row.created_at,
        package: ctx.reach().covers(row.tenant).then_some(row.package),
    })
}
