//! Clients of the token endpoint: OAuth 2.0 client credentials, and for OpenSlice's clients the password grant, which
//! they were built for (RFC 6749, 4.3 and 4.4).

use chrono::{DateTime, Duration, Utc};
use hypo_shared::{ErrorCode, Role, validate};
use hypo_store::accounts::{clients as rows, secret_hash};
use serde_json::json;
use uuid::Uuid;

use super::{
    audit::{self, Loose},
    sessions::{self, Visitor},
    tokens,
};
use crate::{
    App, Ctx, Error, Result,
    auth::secret::Secret,
    new_id,
    permit::{Permit, may},
};

/// How long a token lasts.
const LIFE: Duration = Duration::minutes(15);

/// A client, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    pub id: Uuid,
    pub name: String,
    pub role: Role,
    pub openslice: bool,
    pub created_at: DateTime<Utc>,
}

/// A client to make.
#[derive(Clone, Debug)]
pub struct New {
    pub name: String,
    pub role: Role,
    pub openslice: bool,
}

/// What a token is asked for with.
#[derive(Clone)]
pub enum Grant {
    ClientCredentials,
    Password { name: String, password: String },
}

/// A token that was issued.
#[derive(Clone, Debug)]
pub struct Issued {
    pub secret: Secret,
    /// Seconds.
    pub expires_in: i64,
}

/// The caller's own clients, newest first.
///
/// # Errors
/// Those of the store.
pub async fn list(app: &App, ctx: &Ctx, _: Permit<may::ManageTokens>) -> Result<Vec<Client>> {
    let found = rows::list(app.store().read(), ctx.who.user).await?;
    Ok(found.into_iter().map(view).collect())
}

/// Makes a client that acts in the caller's name. The secret is given once.
///
/// # Errors
/// `HYP-6001` for a name, or a role that is wider than the caller's; `HYP-5002` for the token of a client.
pub async fn create(app: &App, ctx: &Ctx, _: Permit<may::ManageTokens>, new: New) -> Result<(Client, Secret)> {
    let mut violations = validate::display_name("name", &new.name);
    if !tokens::is_within(new.role, ctx.who.role) {
        violations.extend(Error::field("role", "tooWide", "A client cannot do more than you.").violations);
    }
    Error::check(violations)?;
    tokens::end_of(app, ctx).await?;
    let secret = Secret::new("");
    let client = rows::Client {
        id: new_id(),
        user: ctx.who.user,
        tenant: ctx.who.tenant,
        name: new.name,
        role: new.role,
        hash: secret_hash(secret.reveal()),
        openslice: new.openslice,
        created_at: app.now(),
    };
    hypo_store::write!(app.store(), |tx| {
        rows::create(tx, &client).await?;
        let detail = json!({"name": client.name, "role": client.role, "openSlice": client.openslice});
        audit::done(tx, app, ctx, "createClient", format!("client/{}", client.id), detail);
        Ok(())
    })?;
    Ok((view(client), secret))
}

/// Removes a client of the caller's. Its tokens end.
///
/// # Errors
/// `HYP-5008`.
pub async fn remove(app: &App, ctx: &Ctx, _: Permit<may::ManageTokens>, id: Uuid) -> Result<()> {
    hypo_store::write!(app.store(), |tx| {
        let client = rows::delete(tx, ctx.who.user, id).await?;
        audit::done(tx, app, ctx, "removeClient", format!("client/{id}"), json!({"name": client.name}));
        Ok(())
    })?;
    Ok(())
}

/// Issues a short-lived token.
///
/// # Errors
/// `HYP-5001` for an unknown client or a wrong secret, `HYP-5003` for a wrong password; `HYP-5004` after too many tries;
/// `HYP-5002` for the password grant of a client that is not OpenSlice's.
pub async fn issue(app: &App, visitor: &Visitor, id: &str, secret: &str, grant: Grant) -> Result<Issued> {
    let now = app.now();
    app.throttle().take(&format!("client:{id}"), visitor.address, now)?;
    let wrong = || Error::of(ErrorCode::Unauthenticated);
    // What is looked up is a digest: how long that takes says nothing about the secret.
    let (client, user) = rows::find(app.store().read(), id, &secret_hash(secret)).await?.ok_or_else(wrong)?;
    app.throttle().succeeded(&format!("client:{id}"));
    let own = tokens::narrower(client.role, user.role).ok_or_else(wrong)?;
    let holder = match grant {
        Grant::ClientCredentials => (user.id, client.tenant, own),
        Grant::Password { .. } if !client.openslice => return Err(Error::of(ErrorCode::Forbidden)),
        Grant::Password { name, password } => {
            let signed_in = sessions::sign_in(app, visitor, &name, &password).await?;
            let who = sessions::authenticate(app, signed_in.secret.reveal()).await?;
            let ctx = Ctx { who: who.clone(), ..Ctx::system("token endpoint", who.tenant) };
            let permit = app.permit::<may::ReadSelf>(&ctx).await?;
            sessions::sign_out(app, &ctx, permit).await?;
            // The client bounds what the person may do through it.
            (who.user, who.tenant, tokens::narrower(client.role, who.role).ok_or_else(wrong)?)
        }
    };
    let (mut token, token_secret) = tokens::mint(holder, format!("client {}", client.name), now, LIFE);
    token.openslice = client.openslice;
    hypo_store::write!(app.store(), |tx| {
        rows::issue(tx, client.id, &token).await?;
        let detail = json!({"client": client.id, "role": token.role, "trace": visitor.trace});
        let entry = Loose { tenant: token.tenant, actor: &client.name, action: "issueToken", outcome: "done", detail };
        audit::loose(tx, now, &entry);
        Ok(())
    })?;
    Ok(Issued { secret: token_secret, expires_in: LIFE.num_seconds() })
}

fn view(client: rows::Client) -> Client {
    Client {
        id: client.id,
        name: client.name,
        role: client.role,
        openslice: client.openslice,
        created_at: client.created_at,
    }
}
