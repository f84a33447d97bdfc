//! The files of a chart, in the secret store: they may hold secrets, and a chart that is offered is rendered again for
//! values a customer chooses.

use base64::{Engine, engine::general_purpose::STANDARD};
use hypo_model::ports::secrets::{SecretRef, SecretValue};
use hypo_package::SourceFile;
use hypo_shared::{ErrorCode, PackageId, TenantId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Import, Package, Source, import, import::merge};
use crate::{
    App, Ctx, Error, Result,
    permit::{Permit, may},
};

/// Kind of the secret; its name is the package's id.
const KIND: &str = "package-source";

#[derive(Serialize, Deserialize)]
struct Kept {
    /// Path and base64.
    files: Vec<(String, String)>,
    /// What was set over the chart's defaults.
    values: Value,
}

/// Where the files of a package lie.
pub(super) fn at(tenant: TenantId, package: PackageId) -> SecretRef {
    SecretRef { tenant, kind: KIND.to_owned(), name: package.to_string() }
}

/// Puts the files of a chart away.
pub(super) async fn keep(app: &App, at: &SecretRef, files: &[SourceFile], values: Value) -> Result<()> {
    let files = files.iter().map(|file| (file.path.clone(), STANDARD.encode(&file.bytes))).collect();
    let bytes = serde_json::to_vec(&Kept { files, values })?;
    Ok(app.secrets().put(at, &SecretValue(bytes)).await?)
}

/// Renders a chart of the caller's tenant again, with values over those it was imported with, as a package of another
/// name. The same name again is its next revision, which keeps generated passwords.
///
/// # Errors
/// `HYP-1012`; `HYP-1001` for a chart whose files were not kept; `HYP-1009` when its schema refuses the values.
pub(crate) async fn derive(
    app: &App,
    ctx: &Ctx,
    permit: Permit<may::ImportPackage>,
    id: PackageId,
    name: &str,
    values: Value,
) -> Result<Package> {
    let gone = || Error::new(ErrorCode::PackageUnreadable, "The files of this package were not kept. Import it again.");
    let sealed = app.secrets().get(&at(ctx.who.tenant, id)).await?.ok_or_else(gone)?;
    let kept: Kept = serde_json::from_slice(&sealed.0)?;
    let file = |(path, text): (String, String)| {
        let bytes = STANDARD.decode(text).map_err(|error| Error::internal(format!("package {id}: {error}")))?;
        Ok(SourceFile { path, bytes })
    };
    let files = kept.files.into_iter().map(file).collect::<Result<Vec<_>>>()?;
    let mut all = kept.values;
    merge(&mut all, &values);
    let new = Import { name: Some(name.to_owned()), source: Source::Files(files), values: Some(all) };
    import(app, ctx, permit, new).await
}
