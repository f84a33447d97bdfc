//! Signing in and out, and who is signed in.

use std::net::IpAddr;

use chrono::{DateTime, Duration, Utc};
use hypo_shared::{Action, ErrorCode, Role, UserId, validate};
use hypo_store::accounts::{self, attempts, secret_hash, sessions, setup, users as user_rows};
use serde_json::json;

use super::{
    Tenant, User,
    audit::{self, Loose},
    tenants, tokens, users,
};
use crate::{
    App, Ctx, Error, Result,
    auth::secret::Secret,
    ctx::{Credential, Principal},
    new_id,
    permit::{self, Permit, may},
};

/// Between two notes of a session's use.
const TOUCH: Duration = Duration::minutes(5);
/// The window wrong passwords of an account are counted in; it outlives a restart.
const WINDOW: Duration = Duration::minutes(15);
/// Wrong passwords in a window after which the account waits for its end.
const WRONG: u64 = 10;
/// How long a one-time sign-in can be used.
const SETUP: Duration = Duration::hours(24);

/// Who is signed in, with what rights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Current {
    pub user: User,
    pub tenant: Tenant,
    pub role: Role,
    pub actions: Vec<Action>,
    pub version: String,
    pub demo: bool,
}

/// Somebody who is not signed in yet.
#[derive(Clone, Debug, Default)]
pub struct Visitor {
    pub address: Option<IpAddr>,
    pub trace: String,
    /// Secret of the session this sign-in replaces.
    pub replaces: Option<String>,
}

/// A new session.
#[derive(Clone, Debug)]
pub struct SignedIn {
    pub current: Current,
    /// For the cookie.
    pub secret: Secret,
    /// Seconds the cookie lasts.
    pub seconds: i64,
}

/// Who is signed in.
///
/// # Errors
/// Those of the store.
pub async fn current(app: &App, ctx: &Ctx, _: Permit<may::ReadSelf>) -> Result<Current> {
    let user = user_rows::get(app.store().read(), ctx.who.tenant, ctx.who.user).await?;
    of(app, user, ctx.who.role).await
}

async fn of(app: &App, user: accounts::User, role: Role) -> Result<Current> {
    let names = tenants::names(app).await?;
    Ok(Current {
        tenant: names.tenant(user.tenant),
        user: users::view(user, &names),
        role,
        actions: permit::actions(role),
        version: app.settings().version.clone(),
        demo: app.settings().demo,
    })
}

/// Signs in with name and password.
///
/// # Errors
/// `HYP-5004` after too many tries of the account or from the address; `HYP-5003` otherwise, whatever was wrong.
pub async fn sign_in(app: &App, visitor: &Visitor, name: &str, password: &str) -> Result<SignedIn> {
    let now = app.now();
    // Longer ones cannot be right, and hashing them would cost us.
    if name.len() > 64 || password.len() > 1024 {
        return Err(Error::of(ErrorCode::BadCredentials));
    }
    app.throttle().take(name, visitor.address, now)?;
    let key = format!("account:{name}");
    let read = app.store().read();
    if attempts::failures(read, &key, now - WINDOW).await? >= WRONG {
        return Err(Error::of(ErrorCode::TooManyAttempts).retry(std::time::Duration::from_secs(60)));
    }
    let user = user_rows::find_by_name(read, name).await?;
    let usable = user.as_ref().filter(|user| !user.disabled && !user.password_hash.is_empty());
    let right = app.passwords().verify(password, usable.map(|user| user.password_hash.as_str())).await?;
    let Some(user) = user.filter(|user| right && !user.disabled) else {
        refused(app, visitor, name, &key, now).await?;
        return Err(Error::of(ErrorCode::BadCredentials));
    };
    app.throttle().succeeded(name);
    open(app, visitor, user, "signIn", Some(&key)).await
}

async fn refused(app: &App, visitor: &Visitor, name: &str, key: &str, now: DateTime<Utc>) -> Result<()> {
    let user = user_rows::find_by_name(app.store().read(), name).await?;
    hypo_store::write!(app.store(), |tx| {
        attempts::record_failure(tx, key, now - WINDOW, now).await?;
        // A name nobody has belongs to no tenant's trail.
        if let Some(user) = &user {
            let detail = json!({"trace": visitor.trace, "address": visitor.address});
            let entry = Loose { tenant: user.tenant, actor: &user.name, action: "signIn", outcome: "refused", detail };
            audit::loose(tx, now, &entry);
        }
        Ok(())
    })?;
    Ok(())
}

/// Opens a session; the one it replaces ends.
async fn open(app: &App, visitor: &Visitor, user: accounts::User, how: &str, key: Option<&str>) -> Result<SignedIn> {
    let (secret, now) = (Secret::new(""), app.now());
    let life = Duration::from_std(app.settings().session_idle).map_err(Error::internal)?;
    let session = accounts::Session {
        id: new_id(),
        hash: secret_hash(secret.reveal()),
        user: user.id,
        tenant: user.tenant,
        created_at: now,
        expires_at: now + life,
        last_seen: now,
    };
    let old = match visitor.replaces.as_deref() {
        Some(old) => sessions::authenticate(app.store().read(), &secret_hash(old), now).await?,
        None => None,
    };
    hypo_store::write!(app.store(), |tx| {
        if let Some((old, _)) = &old {
            sessions::delete(tx, old.user, old.id).await?;
        }
        if let Some(key) = key {
            attempts::clear(tx, key).await?;
        }
        sessions::create(tx, &session).await?;
        let detail = json!({"trace": visitor.trace, "address": visitor.address});
        let entry = Loose { tenant: user.tenant, actor: &user.name, action: how, outcome: "done", detail };
        audit::loose(tx, now, &entry);
        Ok(())
    })?;
    let role = user.role;
    let seconds = Duration::from_std(app.settings().session_life).map_err(Error::internal)?.num_seconds();
    Ok(SignedIn { current: of(app, user, role).await?, secret, seconds })
}

/// Makes a one-time sign-in for a user, for the composition root to print.
///
/// # Errors
/// `HYP-5007` for an unknown name.
pub async fn invite(app: &App, name: &str) -> Result<Secret> {
    let (secret, now) = (Secret::new(""), app.now());
    let user = user_rows::find_by_name(app.store().read(), name).await?;
    let user = user.ok_or_else(|| Error::of(ErrorCode::UserNotFound))?;
    let hash = secret_hash(secret.reveal());
    hypo_store::write!(app.store(), |tx| setup::create(tx, &hash, user.id, now, now + SETUP).await)?;
    Ok(secret)
}

/// Uses a one-time sign-in.
///
/// # Errors
/// `HYP-5009` when it was used, has expired or never was; `HYP-5004` after too many tries from the address.
pub async fn redeem(app: &App, visitor: &Visitor, token: &str) -> Result<SignedIn> {
    let now = app.now();
    app.throttle().take("one-time sign-in", visitor.address, now)?;
    let hash = secret_hash(token);
    let id: UserId = hypo_store::write!(app.store(), |tx| setup::redeem(tx, &hash, now).await)?;
    let user = user_rows::get(app.store().read(), hypo_store::Scope::Platform, id).await?;
    if user.disabled {
        return Err(Error::of(ErrorCode::SetupTokenUsed));
    }
    app.throttle().succeeded("one-time sign-in");
    open(app, visitor, user, "oneTimeSignIn", None).await
}

/// Who a session cookie stands for.
///
/// # Errors
/// `HYP-5001` when there is no such session, or it has expired.
pub async fn authenticate(app: &App, secret: &str) -> Result<Principal> {
    let now = app.now();
    let found = sessions::authenticate(app.store().read(), &secret_hash(secret), now).await?;
    let (session, user) = found.ok_or_else(|| Error::of(ErrorCode::Unauthenticated))?;
    if now - session.last_seen > TOUCH {
        let idle = Duration::from_std(app.settings().session_idle).map_err(Error::internal)?;
        let life = Duration::from_std(app.settings().session_life).map_err(Error::internal)?;
        let end = (now + idle).min(session.created_at + life);
        hypo_store::write!(app.store(), |tx| sessions::touch(tx, session.id, now, Some(end)).await)?;
    }
    let tenant_name = tenants::names(app).await?.name(user.tenant).to_owned();
    Ok(Principal {
        user: user.id,
        credential: Credential::Session(session.id),
        name: user.name,
        display_name: user.display_name,
        tenant: user.tenant,
        tenant_name,
        role: user.role,
        openslice: false,
    })
}

/// Whether a caller that was let in may still be here: the session or token stands and the role is the same.
///
/// # Errors
/// Those of the store.
pub async fn still_stands(app: &App, who: &Principal) -> Result<bool> {
    let (read, now) = (app.store().read(), app.now());
    let user = match user_rows::get(read, who.tenant, who.user).await {
        Ok(user) => user,
        Err(error) if error.code() == ErrorCode::UserNotFound => return Ok(false),
        Err(error) => return Err(error.into()),
    };
    if user.disabled {
        return Ok(false);
    }
    match who.credential {
        Credential::System => Ok(true),
        Credential::Session(id) => {
            let open = sessions::list(read, who.user, now).await?;
            Ok(user.role == who.role && open.iter().any(|session| session.id == id))
        }
        Credential::Token(id) => {
            let stands = tokens::own(app, who, id).await?.filter(|token| {
                token.revoked_at.is_none()
                    && token.expires_at > now
                    && tokens::narrower(token.role, user.role) == Some(who.role)
            });
            Ok(stands.is_some())
        }
    }
}

/// Ends the caller's session; a token is not ended by this.
///
/// # Errors
/// Those of the store.
pub async fn sign_out(app: &App, ctx: &Ctx, _: Permit<may::ReadSelf>) -> Result<()> {
    let Credential::Session(id) = ctx.who.credential else { return Ok(()) };
    hypo_store::write!(app.store(), |tx| {
        sessions::delete(tx, ctx.who.user, id).await?;
        audit::done(tx, app, ctx, "signOut", "", json!({}));
        Ok(())
    })?;
    Ok(())
}

/// Changes the caller's password. Every session of the user ends, the caller's own too.
///
/// # Errors
/// `HYP-5002` for a token, which may be narrower than its user; `HYP-6001` for a new password that is too weak,
/// `HYP-5003` for a wrong current one.
pub async fn change_password(app: &App, ctx: &Ctx, _: Permit<may::ReadSelf>, current: &str, new: &str) -> Result<()> {
    if !matches!(ctx.who.credential, Credential::Session(_)) {
        return Err(Error::new(ErrorCode::Forbidden, "Passwords are changed by who has signed in, not by a token."));
    }
    Error::check(validate::password("new", new))?;
    app.throttle().take(&ctx.who.name, ctx.address, app.now())?;
    let user = user_rows::get(app.store().read(), ctx.who.tenant, ctx.who.user).await?;
    // A user made by a one-time sign-in has no password yet.
    let right = user.password_hash.is_empty() || app.passwords().verify(current, Some(&user.password_hash)).await?;
    if !right {
        return Err(Error::of(ErrorCode::BadCredentials));
    }
    app.throttle().succeeded(&ctx.who.name);
    let hash = app.passwords().hash(new).await?;
    hypo_store::write!(app.store(), |tx| {
        user_rows::set_password(tx, ctx.who.tenant, ctx.who.user, &hash).await?;
        audit::done(tx, app, ctx, "changePassword", format!("user/{}", ctx.who.user), json!({}));
        Ok(())
    })?;
    Ok(())
}
