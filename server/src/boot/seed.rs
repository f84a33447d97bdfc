//! The first start of an empty server: one tenant, one administrator, a one-time sign-in.

use hypo_app::{
    App, Ctx,
    access::{sessions, tenants, users},
};
use hypo_shared::{Role, TenantId};
use hypo_store::{Store, accounts};

use crate::cli::{Error, Result};

/// Name of the first administrator.
pub const ADMIN: &str = "admin";
/// Name of the administrator's tenant.
const PLATFORM: &str = "Platform";

/// A one-time sign-in and whose it is.
pub struct Invitation {
    pub secret: String,
    pub whose: String,
}

/// Makes the administrator where there is none, with a one-time sign-in unless somebody is `invited` anyway.
pub async fn first_run(app: &App, store: &Store, invited: bool) -> Result<Option<Invitation>> {
    let known = accounts::users::find_by_name(store.read(), ADMIN).await;
    if known.map_err(|error| Error::new(error.code(), error.to_string()))?.is_some() {
        return Ok(None);
    }
    administrator(app, store).await?;
    if invited { Ok(None) } else { invitation(app, ADMIN).await.map(Some) }
}

/// A one-time sign-in with the name of whose it is.
pub async fn invitation(app: &App, name: &str) -> Result<Invitation> {
    Ok(Invitation { secret: invite(app, name).await?, whose: name.to_owned() })
}

/// Makes the administrator and its tenant.
pub async fn administrator(app: &App, store: &Store) -> Result<TenantId> {
    let ctx = system(TenantId(uuid::Uuid::nil()));
    let permit = app.permit(&ctx).await.map_err(refused)?;
    let tenant = tenants::create(app, &ctx, permit, PLATFORM, &[Role::Admin, Role::Viewer]).await.map_err(refused)?;
    person(app, store, tenant.id, ADMIN, "Administrator", Role::Admin).await?;
    Ok(tenant.id)
}

/// Makes a person without a password: whoever uses the one-time sign-in may set the first one.
pub async fn person(
    app: &App,
    store: &Store,
    tenant: TenantId,
    name: &str,
    display_name: &str,
    role: Role,
) -> Result<()> {
    let ctx = system(tenant);
    let permit = app.permit(&ctx).await.map_err(refused)?;
    let new = users::NewUser {
        name: name.to_owned(),
        display_name: display_name.to_owned(),
        password: format!("{:032x}", rand::random::<u128>()),
        role,
        tenant: Some(tenant),
    };
    let made = users::create(app, &ctx, permit, new).await.map_err(refused)?;
    let cleared = hypo_store::write!(store, |tx| accounts::users::set_password(tx, tenant, made.id, "").await);
    cleared.map(drop).map_err(|error| Error::new(error.code(), error.to_string()))
}

/// A one-time sign-in for a person.
pub async fn invite(app: &App, name: &str) -> Result<String> {
    sessions::invite(app, name).await.map(|secret| secret.reveal().to_owned()).map_err(refused)
}

pub(super) fn system(tenant: TenantId) -> Ctx {
    Ctx::system("boot", tenant)
}

pub(super) fn refused(error: hypo_app::Error) -> Error {
    Error::new(error.code, error.to_string())
}
