//! Publishing: the row and its four documents in one transaction; a new version supersedes the one before.

use hypo_shared::{
    PackageId,
    analysis::Analysis,
    placement::PlacementRequest,
    validate::{self, Violation},
};
use hypo_store::{
    Scope,
    documents::{self, kind},
    mirror::EVERYBODY,
    offerings::{self as rows, OfferingRow},
};
use serde_json::json;

use super::{Approval, NewOffering, Offering, Terms, documents as written, form, lifecycle, read};
use crate::{
    App, Ctx, Error, Result,
    access::audit,
    new_id, packages,
    permit::{Permit, may},
};

/// Publishes a package of the caller's tenant.
///
/// # Errors
/// `HYP-6001` that names every violation of name, policy and form; `HYP-1012`; `HYP-6006` for a taken version.
pub async fn publish(app: &App, ctx: &Ctx, _: Permit<may::WriteCatalogue>, new: NewOffering) -> Result<Offering> {
    let may_read = app.permit::<may::Read>(ctx).await?;
    let package = packages::find(app, ctx, may_read, new.package).await?;
    // An administrator sees everybody's packages; an offering is made of one's own.
    let package = package.filter(|package| package.tenant == ctx.who.tenant);
    let package = package.ok_or_else(|| Error::of(hypo_shared::ErrorCode::PackageNotFound))?;
    let fields = packages::form(app, ctx, may_read, new.package).await?;
    let mut wrong = validate::display_name("name", &new.name);
    if new.description.chars().count() > 2000 {
        wrong.push(violation("description", "tooLong", "Use at most 2000 characters."));
    }
    if new.version.as_ref().is_some_and(|version| version.is_empty() || version.len() > 40) {
        wrong.push(violation("version", "format", "A version has 1 to 40 characters."));
    }
    wrong.extend(unknown_components(&new.request, &package.analysis));
    let form = form::complete(new.choices, &fields, &package.analysis).unwrap_or_else(|found| {
        wrong.extend(found);
        Vec::new()
    });
    Error::check(wrong)?;
    let before = rows::versions(app.store().read(), ctx.who.tenant, &new.name).await?;
    let version = new.version.unwrap_or_else(|| format!("{}.0", before.len() + 1));
    let row = OfferingRow {
        id: new_id(),
        tenant: ctx.who.tenant,
        name: new.name,
        version,
        package: new.package,
        approval: if new.approval == Approval::Provider { "provider" } else { "automatic" }.to_owned(),
        terms: serde_json::to_value(Terms { request: new.request, choices: form.clone() })?,
        candidate: new_id(),
        product_specification: new_id(),
        product_offering: new_id(),
        created_at: app.now(),
    };
    store(app, ctx, &row, &new.description, &form, before.first(), new.launch).await?;
    read::find(app, ctx, may_read, row.id).await?.ok_or_else(super::not_found)
}

async fn store(
    app: &App,
    ctx: &Ctx,
    row: &OfferingRow,
    description: &str,
    form: &[super::Choice],
    before: Option<&OfferingRow>,
    launch: bool,
) -> Result<()> {
    let lifecycle = if launch { "Launched" } else { "In Design" };
    let all = written::write(ctx, row, description, form, lifecycle, before)?;
    let detail =
        json!({"name": row.name, "version": row.version, "package": PackageId(row.package.0), "state": lifecycle});
    let subject = format!("{}/{}", kind::SERVICE_SPECIFICATION, row.id);
    hypo_store::write!(app.store(), |tx| {
        rows::create(tx, row).await?;
        for document in &all {
            documents::create(tx, document).await?;
            if launch {
                documents::open_to(tx, document.id, EVERYBODY).await?;
            }
        }
        if let Some(before) = before.filter(|_| launch) {
            for (kind, id) in written::ids(before) {
                let found = documents::find(tx, Scope::Platform, kind, id).await?;
                for step in found.iter().flat_map(|found| lifecycle::way(&found.state, "Retired")) {
                    lifecycle::step(tx, row.tenant, kind, id, step, row.created_at).await?;
                }
            }
        }
        audit::done(tx, app, ctx, "publishOffering", subject.clone(), detail.clone());
        Ok(())
    })?;
    Ok(())
}

fn unknown_components(request: &PlacementRequest, analysis: &Analysis) -> Vec<Violation> {
    let known = |name: &str| analysis.components.iter().any(|component| component.name == name);
    let named = request.pins.keys().chain(request.requires.keys()).chain(request.overrides.keys());
    let unknown = named.filter(|name| !known(name));
    unknown.map(|name| violation("request", "unknown", format!("The package has no component {name}."))).collect()
}

fn violation(path: &str, code: &str, text: impl Into<String>) -> Violation {
    Violation { path: path.to_owned(), code: code.to_owned(), text: text.into() }
}
