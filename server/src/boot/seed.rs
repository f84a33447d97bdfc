//! The first start of an empty server: one tenant, one administrator, a one-time sign-in.

use hypo_app::{
    App, Ctx,
    access::{sessions, tenants, users},
};
use hypo_shared::{Role, TenantId};

use crate::cli::{Error, Result};

/// Name of the first administrator.
pub const ADMIN: &str = "admin";
/// Name of the administrator's tenant.
const PLATFORM: &str = "Platform";

/// Makes the administrator where there is none, with a one-time sign-in. Later starts give one only where `invited`
/// names a person.
pub async fn first_run(app: &App, invited: Option<&str>) -> Result<Option<String>> {
    if let Some(name) = invited {
        return invite(app, name).await.map(Some);
    }
    match sessions::exists(app, ADMIN).await.map_err(refused)? {
        true => Ok(None),
        false => {
            administrator(app).await?;
            invite(app, ADMIN).await.map(Some)
        }
    }
}

/// Makes the administrator and its tenant.
pub async fn administrator(app: &App) -> Result<TenantId> {
    let ctx = system(TenantId(uuid::Uuid::nil()));
    let permit = app.permit(&ctx).await.map_err(refused)?;
    let tenant = tenants::create(app, &ctx, permit, PLATFORM, &[Role::Admin, Role::Viewer]).await.map_err(refused)?;
    person(app, tenant.id, ADMIN, "Administrator", Role::Admin).await?;
    Ok(tenant.id)
}

/// Makes a person with a random password that nobody knows: a one-time sign-in sets the first one.
pub async fn person(app: &App, tenant: TenantId, name: &str, display_name: &str, role: Role) -> Result<()> {
    let ctx = system(tenant);
    let permit = app.permit(&ctx).await.map_err(refused)?;
    let new = users::NewUser {
        name: name.to_owned(),
        display_name: display_name.to_owned(),
        password: format!("{:032x}", rand::random::<u128>()),
        role,
        tenant: Some(tenant),
    };
    users::create(app, &ctx, permit, new).await.map(drop).map_err(refused)
}

/// A one-time sign-in for a person.
pub async fn invite(app: &App, name: &str) -> Result<String> {
    sessions::invite(app, name).await.map(|secret| secret.reveal().to_owned()).map_err(refused)
}

pub(super) fn system(tenant: TenantId) -> Ctx {
    Ctx::system("boot", tenant)
}

pub(super) fn refused(error: hypo_app::Error) -> Error {
    Error::new(error.code(), error.to_string())
}
