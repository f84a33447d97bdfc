//! Domains.

use std::collections::{HashMap, HashSet};

use hypo_shared::{DomainId, TenantId, validate};
use hypo_store::{
    Scope, Slice,
    clusters::{self, DomainRow},
};
use serde_json::json;
use uuid::Uuid;

use super::{Domain, read::visible};
use crate::{
    App, Ctx, Error, Result,
    access::{Tenant, audit, tenants},
    new_id,
    permit::{Permit, may},
};

/// A domain to create.
#[derive(Clone, Debug, Default)]
pub struct NewDomain {
    pub name: String,
    /// ISO 3166 code.
    pub country: Option<String>,
    pub latitude: Option<f64>,
    pub longitude: Option<f64>,
}

/// One's own domains and those of clusters one may see.
///
/// # Errors
/// Those of the store.
pub async fn domains(app: &App, ctx: &Ctx, _: Permit<may::ReadClusters>) -> Result<Vec<Domain>> {
    let names = tenants::names(app).await?;
    let seen: HashSet<DomainId> = visible(app, ctx).await?.into_iter().map(|cluster| cluster.domain).collect();
    let reach = ctx.reach();
    let rows = all(app).await?;
    let rows = rows.into_iter().filter(|row| reach.covers(row.tenant) || seen.contains(&row.id));
    Ok(rows.map(|row| view(row, &names)).collect())
}

/// Domains of clusters that records of the caller's refer to.
///
/// # Errors
/// Those of the store.
pub async fn domains_by_ids(
    app: &App,
    _: &Ctx,
    _: Permit<may::ReadClusters>,
    ids: &[DomainId],
) -> Result<HashMap<DomainId, Domain>> {
    let names = tenants::names(app).await?;
    let rows: HashMap<DomainId, DomainRow> = all(app).await?.into_iter().map(|row| (row.id, row)).collect();
    let removed = |id: DomainId| Domain {
        id,
        name: "removed domain".to_owned(),
        owner: Tenant { id: TenantId(Uuid::nil()), name: String::new() },
        country: None,
        latitude: None,
        longitude: None,
    };
    let found = ids.iter().map(|id| (*id, rows.get(id).map_or_else(|| removed(*id), |row| view(row.clone(), &names))));
    Ok(found.collect())
}

/// Adds a domain of the caller's tenant.
///
/// # Errors
/// `HYP-6001` field by field, `HYP-6006` for a taken name.
pub async fn add_domain(app: &App, ctx: &Ctx, _: Permit<may::ManageClusters>, new: NewDomain) -> Result<Domain> {
    let mut violations = validate::display_name("name", &new.name);
    violations.extend(country("country", new.country.as_deref()));
    for (path, value, most) in [("latitude", new.latitude, 90.0), ("longitude", new.longitude, 180.0)] {
        if value.is_some_and(|value| !(-most..=most).contains(&value)) {
            violations.extend(Error::field(path, "range", format!("Use -{most} to {most} degrees.")).violations);
        }
    }
    Error::check(violations)?;
    let row = DomainRow {
        id: new_id(),
        tenant: ctx.who.tenant,
        name: new.name,
        country: new.country.unwrap_or_default(),
        lat: new.latitude,
        lon: new.longitude,
        description: String::new(),
        created_at: app.now(),
    };
    hypo_store::write!(app.store(), |tx| {
        clusters::create_domain(tx, &row).await?;
        audit::done(tx, app, ctx, "addDomain", format!("resource/{}", row.id), json!({"name": row.name}));
        Ok(())
    })?;
    Ok(view(row, &tenants::names(app).await?))
}

/// A country code, when one is given.
pub(super) fn country(path: &str, text: Option<&str>) -> Vec<validate::Violation> {
    let fine =
        text.is_none_or(|text| text.is_empty() || text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase()));
    if fine {
        Vec::new()
    } else {
        Error::field(path, "format", "Use a code of ISO 3166, two capital letters.").violations
    }
}

async fn all(app: &App) -> Result<Vec<DomainRow>> {
    let slice = Slice { offset: 0, limit: Slice::MAX };
    Ok(clusters::list_domains(app.store().read(), Scope::Platform, slice).await?.items)
}

fn view(row: DomainRow, names: &tenants::Names) -> Domain {
    Domain {
        id: row.id,
        name: row.name,
        owner: names.tenant(row.tenant),
        country: (!row.country.is_empty()).then_some(row.country),
        latitude: row.lat,
        longitude: row.lon,
    }
}
