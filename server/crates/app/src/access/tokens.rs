//! API tokens: named, of one tenant and role, expiring, revocable; the store keeps a digest.

use chrono::{DateTime, Duration, Utc};
use hypo_shared::{Action, ErrorCode, Role, TenantId, TokenId, UserId, role::allows, validate};
use hypo_store::accounts::{self, clients, secret_hash, tokens};
use serde_json::json;

use super::{Token, audit, tenants};
use crate::{
    App, Ctx, Error, Result,
    auth::secret::{Secret, TOKEN_PREFIX},
    ctx::{Credential, Principal},
    new_id,
    permit::{Permit, may},
};

/// Between two notes of a token's use.
const TOUCH: Duration = Duration::minutes(5);

/// A token to create.
#[derive(Clone, Debug)]
pub struct NewToken {
    pub name: String,
    pub role: Role,
    /// 1 to 365.
    pub days: i32,
}

/// The caller's own tokens, newest first.
///
/// # Errors
/// Those of the store.
pub async fn list(app: &App, ctx: &Ctx, _: Permit<may::ManageTokens>) -> Result<Vec<Token>> {
    let rows = tokens::list(app.store().read(), ctx.who.tenant, Some(ctx.who.user)).await?;
    Ok(rows.into_iter().map(view).collect())
}

/// Creates a token. The secret is given once. Made with a token, it lasts no longer than that.
///
/// # Errors
/// `HYP-6001` for a name, a time or a role that is wider than the caller's; `HYP-5002` for the token of a client.
pub async fn create(app: &App, ctx: &Ctx, _: Permit<may::ManageTokens>, new: NewToken) -> Result<(Token, Secret)> {
    let mut violations = validate::display_name("name", &new.name);
    if !(1..=365).contains(&new.days) {
        violations.extend(Error::field("days", "range", "Choose 1 to 365 days.").violations);
    }
    if !is_within(new.role, ctx.who.role) {
        violations.extend(Error::field("role", "tooWide", "A token cannot do more than you.").violations);
    }
    Error::check(violations)?;
    let holder = (ctx.who.user, ctx.who.tenant, new.role);
    let (mut token, secret) = mint(holder, new.name, app.now(), Duration::days(new.days.into()));
    token.expires_at = token.expires_at.min(end_of(app, ctx).await?.unwrap_or(token.expires_at));
    hypo_store::write!(app.store(), |tx| {
        tokens::create(tx, &token).await?;
        let detail = json!({"name": token.name, "role": token.role, "expiresAt": token.expires_at});
        audit::done(tx, app, ctx, "createToken", format!("token/{}", token.id), detail);
        Ok(())
    })?;
    Ok((view(token), secret))
}

/// Revokes a token of the caller's. Its sockets end within seconds.
///
/// # Errors
/// `HYP-5008`.
pub async fn revoke(app: &App, ctx: &Ctx, _: Permit<may::ManageTokens>, id: TokenId) -> Result<Token> {
    let now = app.now();
    let token = hypo_store::write!(app.store(), |tx| {
        let token = tokens::revoke(tx, ctx.who.tenant, Some(ctx.who.user), id, now).await?;
        audit::done(tx, app, ctx, "revokeToken", format!("token/{id}"), json!({"name": token.name}));
        Ok(token)
    })?;
    Ok(view(token))
}

/// When the caller's right to make credentials ends, if it has an end. What is made with a token should not outlive it.
///
/// # Errors
/// `HYP-5002` for the token of a client: the client is how its program gets another one.
pub(super) async fn end_of(app: &App, ctx: &Ctx) -> Result<Option<DateTime<Utc>>> {
    let Credential::Token(id) = ctx.who.credential else { return Ok(None) };
    if clients::has_issued(app.store().read(), id).await? {
        let text = "A client's token makes no tokens and no clients; its client asks for another token.";
        return Err(Error::new(ErrorCode::Forbidden, text));
    }
    let own = own(app, &ctx.who, id).await?.ok_or_else(|| Error::of(ErrorCode::Unauthenticated))?;
    Ok(Some(own.expires_at))
}

/// The token a caller has proved itself with, as it is now.
pub(super) async fn own(app: &App, who: &Principal, id: TokenId) -> Result<Option<accounts::Token>> {
    let all = tokens::list(app.store().read(), who.tenant, Some(who.user)).await?;
    Ok(all.into_iter().find(|token| token.id == id))
}

/// Who a bearer token stands for.
///
/// # Errors
/// `HYP-5001` for an unknown token, `HYP-5005` for one that has expired or was revoked.
pub async fn authenticate(app: &App, secret: &str) -> Result<Principal> {
    let now = app.now();
    if !secret.starts_with(TOKEN_PREFIX) {
        return Err(Error::of(ErrorCode::Unauthenticated));
    }
    let (hash, identities) = (secret_hash(secret), app.store().identities());
    if let Some(who) = app.known().find(&hash, identities, now) {
        return Ok(who);
    }
    let found = tokens::authenticate(app.store().read(), &hash, now).await?;
    let (token, user) = found.ok_or_else(|| Error::of(ErrorCode::Unauthenticated))?;
    if token.last_used_at.is_none_or(|used| now - used > TOUCH) {
        hypo_store::write!(app.store(), |tx| tokens::touch(tx, token.id, now).await)?;
    }
    let role = narrower(token.role, user.role).ok_or_else(|| Error::of(ErrorCode::TokenExpired))?;
    let who = Principal {
        user: user.id,
        credential: Credential::Token(token.id),
        name: user.name,
        display_name: user.display_name,
        tenant: token.tenant,
        tenant_name: tenants::names(app).await?.name(token.tenant).to_owned(),
        role,
        openslice: token.openslice,
    };
    app.known().keep(hash, who.clone(), identities, now, token.expires_at);
    Ok(who)
}

/// A new token of a user in a tenant and role, and its secret, which is kept as a digest only.
pub(super) fn mint(
    (user, tenant, role): (UserId, TenantId, Role),
    name: String,
    now: DateTime<Utc>,
    life: Duration,
) -> (accounts::Token, Secret) {
    let secret = Secret::new(TOKEN_PREFIX);
    let token = accounts::Token {
        id: new_id(),
        user,
        tenant,
        name,
        role,
        hash: secret_hash(secret.reveal()),
        created_at: now,
        expires_at: now + life,
        revoked_at: None,
        last_used_at: None,
        openslice: false,
    };
    (token, secret)
}

/// The role a token has after its user's role has changed; `None` when neither holds the other.
pub(crate) fn narrower(token: Role, user: Role) -> Option<Role> {
    if is_within(token, user) {
        Some(token)
    } else if is_within(user, token) {
        Some(user)
    } else {
        None
    }
}

/// Whether everything `inner` may do, `outer` may do too.
pub(super) fn is_within(inner: Role, outer: Role) -> bool {
    Action::ALL.into_iter().all(|action| !allows(inner, action) || allows(outer, action))
}

fn view(token: accounts::Token) -> Token {
    Token {
        id: token.id,
        name: token.name,
        role: token.role,
        created_at: token.created_at,
        expires_at: token.expires_at,
        revoked_at: token.revoked_at,
        last_used_at: token.last_used_at,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_never_does_more_than_its_user() {
        assert_eq!(narrower(Role::Admin, Role::Viewer), Some(Role::Viewer));
        assert_eq!(narrower(Role::Viewer, Role::Admin), Some(Role::Viewer));
        assert_eq!(narrower(Role::DomainOwner, Role::Provider), None);
        assert!(is_within(Role::Customer, Role::Provider) && !is_within(Role::Provider, Role::Customer));
    }
}
