//! People.

use hypo_shared::{Role, TenantId, UserId, validate};
use hypo_store::accounts::{self, tenants as rows, users};
use serde_json::json;

use super::{User, audit, tenants};
use crate::{
    App, Ctx, Error, Result, new_id,
    permit::{Permit, may},
};

/// A person to create. `Debug` is missing: it holds a password.
#[derive(Clone)]
pub struct NewUser {
    pub name: String,
    pub display_name: String,
    pub password: String,
    pub role: Role,
    /// The caller's own when `None`.
    pub tenant: Option<TenantId>,
}

/// Users the caller manages, by name.
///
/// # Errors
/// Those of the store.
pub async fn list(app: &App, ctx: &Ctx, _: Permit<may::ManageUsers>) -> Result<Vec<User>> {
    let names = tenants::names(app).await?;
    let users = users::list(app.store().read(), ctx.reach()).await?;
    Ok(users.into_iter().map(|user| view(user, &names)).collect())
}

/// Creates a person.
///
/// # Errors
/// `HYP-6001` field by field; `HYP-6006` for a taken name; `HYP-6002` for an unknown tenant.
pub async fn create(app: &App, ctx: &Ctx, _: Permit<may::ManageUsers>, new: NewUser) -> Result<User> {
    let mut violations = validate::user_name("name", &new.name);
    violations.extend(validate::display_name("displayName", &new.display_name));
    violations.extend(validate::password("password", &new.password));
    Error::check(violations)?;
    let tenant = new.tenant.unwrap_or(ctx.who.tenant);
    let owner = rows::get(app.store().read(), ctx.reach(), tenant).await?;
    if !owner.roles.is_empty() && !owner.roles.contains(&new.role) {
        return Err(Error::field("role", "notAllowed", "Users of this tenant may not have this role."));
    }
    let user = accounts::User {
        id: new_id(),
        tenant,
        name: new.name,
        display_name: new.display_name,
        password_hash: app.passwords().hash(&new.password).await?,
        role: new.role,
        disabled: false,
        created_at: app.now(),
    };
    hypo_store::write!(app.store(), |tx| {
        users::create(tx, &user).await?;
        let detail = json!({"name": user.name, "role": user.role, "tenant": tenant});
        audit::done(tx, app, ctx, "createUser", subject(user.id), detail);
        Ok(())
    })?;
    Ok(view(user, &tenants::names(app).await?))
}

/// Disables a person: sessions and tokens end too.
///
/// # Errors
/// `HYP-5007`; `HYP-6001` for oneself.
pub async fn disable(app: &App, ctx: &Ctx, _: Permit<may::ManageUsers>, id: UserId) -> Result<User> {
    if id == ctx.who.user {
        return Err(Error::field("id", "self", "Nobody can disable oneself."));
    }
    let now = app.now();
    let scope = ctx.reach();
    let user = hypo_store::write!(app.store(), |tx| {
        let user = accounts::User { disabled: true, ..users::get(tx, scope, id).await? };
        users::update(tx, &user, now).await?;
        audit::done(tx, app, ctx, "disableUser", subject(id), json!({"name": user.name}));
        Ok(user)
    })?;
    Ok(view(user, &tenants::names(app).await?))
}

pub(crate) fn view(user: accounts::User, names: &tenants::Names) -> User {
    User {
        id: user.id,
        name: user.name,
        display_name: user.display_name,
        role: user.role,
        tenant: names.tenant(user.tenant),
        disabled: user.disabled,
        created_at: user.created_at,
    }
}

fn subject(id: UserId) -> String {
    format!("user/{id}")
}
