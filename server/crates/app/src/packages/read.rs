//! Reading packages.

use std::collections::HashMap;

use hypo_package::{GeneratedField, PackageKind, Render, values::FormField};
use hypo_shared::{ErrorCode, PackageId, TenantId};
use hypo_store::packages::{self as rows, blobs};

use serde::{Deserialize, Serialize};

use super::{
    Package,
    import::SourceRecord,
    seal::{self, Sealed},
};
use crate::{
    App, Ctx, Error, Result,
    ctx::Reach,
    page::{Page, Window},
    permit::{Permit, may},
};

/// Packages of the caller's tenant, newest first.
///
/// # Errors
/// Those of the store.
pub async fn list(app: &App, ctx: &Ctx, _: Permit<may::Read>, window: Window) -> Result<Page<Package>> {
    let page = rows::list(app.store().read(), ctx.reach(), None, window.slice()).await?;
    let items = page.items.into_iter().map(view).collect::<Result<Vec<_>>>()?;
    Ok(Page::of(window, hypo_store::Page { items, total: page.total }, |package| package))
}

/// One of them.
///
/// # Errors
/// Those of the store.
pub async fn find(app: &App, ctx: &Ctx, _: Permit<may::Read>, id: PackageId) -> Result<Option<Package>> {
    rows::find(app.store().read(), ctx.reach(), id).await?.map(view).transpose()
}

/// Many of them.
///
/// # Errors
/// Those of the store.
pub async fn by_ids(
    app: &App,
    ctx: &Ctx,
    _: Permit<may::Read>,
    ids: &[PackageId],
) -> Result<HashMap<PackageId, Package>> {
    let rows = rows::by_ids(app.store().read(), ctx.reach(), ids).await?;
    rows.into_iter().map(|row| Ok((row.id, view(row)?))).collect()
}

/// The values form of a package.
///
/// # Errors
/// `HYP-1012`.
pub async fn form(app: &App, ctx: &Ctx, _: Permit<may::Read>, id: PackageId) -> Result<Vec<FormField>> {
    let row = rows::get(app.store().read(), ctx.reach(), id).await?;
    let record: SourceRecord = serde_json::from_slice(&blobs::get(app.store().read(), &row.blob).await?)?;
    Ok(record.form)
}

/// A package ready to be planned: its render with the secret data back in.
pub(crate) struct Loaded {
    pub package: Package,
    pub render: Render,
}

/// Loads a package of a tenant.
pub(crate) async fn load(app: &App, reach: Reach, id: PackageId) -> Result<Loaded> {
    let row = rows::get(app.store().read(), reach, id).await?;
    let render = render(app, &row).await?.ok_or_else(|| Error::of(ErrorCode::StoreCorrupt))?;
    Ok(Loaded { package: view(row)?, render })
}

/// The render of a row; `None` when it was never rendered.
pub(super) async fn render(app: &App, row: &rows::Package) -> Result<Option<Render>> {
    let Some(blob) = &row.render else { return Ok(None) };
    let mut render: Render = serde_json::from_slice(&blobs::get(app.store().read(), blob).await?)?;
    if let Some(sealed) = secrets(app, row.tenant, row.id).await? {
        sealed.put(&mut render);
    }
    Ok(Some(render))
}

async fn secrets(app: &App, tenant: TenantId, id: PackageId) -> Result<Option<Sealed>> {
    let found = app.secrets().get(&seal::at(tenant, id)).await?;
    found.map(|secret| Sealed::from_secret(&secret)).transpose()
}

/// The word of a kind in the store.
pub(super) const fn kind_word(kind: PackageKind) -> &'static str {
    match kind {
        PackageKind::Manifests => "manifests",
        PackageKind::HelmChart => "helm",
    }
}

/// What the row's column `generated` holds.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct RenderRecord {
    /// Keyed digest of the rendered objects, hex.
    pub digest: String,
    pub fields: Vec<GeneratedField>,
}

pub(super) fn view(row: rows::Package) -> Result<Package> {
    let record: RenderRecord = serde_json::from_value(row.generated)?;
    Ok(Package {
        id: row.id,
        tenant: row.tenant,
        name: row.name,
        version: row.version,
        kind: if row.kind == "helm" { PackageKind::HelmChart } else { PackageKind::Manifests },
        digest: record.digest,
        revision: u32::try_from(row.revision).unwrap_or(u32::MAX),
        created_at: row.created_at,
        analysis: serde_json::from_value(row.analysis)?,
        values: row.values,
        generated: record.fields,
    })
}
