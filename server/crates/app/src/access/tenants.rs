//! Tenants.

use std::collections::HashMap;

use hypo_shared::{Role, TenantId, validate};
use hypo_store::accounts::tenants;
use serde_json::json;

use super::{Tenant, audit};
use crate::{
    App, Ctx, Error, Result, new_id,
    permit::{Permit, may},
};

/// Names of all tenants: everybody may know whom a grant can be given to.
///
/// # Errors
/// Those of the store.
pub async fn list(app: &App, _: &Ctx, _: Permit<may::ReadClusters>) -> Result<Vec<Tenant>> {
    Ok(tenants::names(app.store().read()).await?.into_iter().map(|(id, name)| Tenant { id, name }).collect())
}

/// Creates a tenant. `roles` are those its users may have; empty means any.
///
/// # Errors
/// `HYP-6001` for a name that is not accepted, `HYP-6006` for a taken one.
pub async fn create(app: &App, ctx: &Ctx, _: Permit<may::ManageTenants>, name: &str, roles: &[Role]) -> Result<Tenant> {
    Error::check(validate::display_name("name", name))?;
    let (id, now) = (new_id::<TenantId>(), app.now());
    let row = tenants::Tenant { id, name: name.to_owned(), roles: roles.to_vec(), created_at: now };
    hypo_store::write!(app.store(), |tx| {
        tenants::create(tx, &row).await?;
        audit::done(tx, app, ctx, "createTenant", format!("organization/{id}"), json!({"name": name}));
        Ok(())
    })?;
    Ok(Tenant { id, name: name.to_owned() })
}

/// Names by id, for views.
pub(crate) async fn names(app: &App) -> Result<Names> {
    Ok(Names(tenants::names(app.store().read()).await?.into_iter().collect()))
}

/// Names of tenants.
pub(crate) struct Names(HashMap<TenantId, String>);

impl Names {
    pub fn tenant(&self, id: TenantId) -> Tenant {
        Tenant { id, name: self.name(id).to_owned() }
    }

    pub fn name(&self, id: TenantId) -> &str {
        self.0.get(&id).map_or("", String::as_str)
    }
}
