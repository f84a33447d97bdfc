//! Registering, listing and removing peers.

use hypo_model::ports::secrets::SecretValue;
use hypo_store::peers as rows;
use serde_json::json;
use uuid::Uuid;

use super::{Peer, secret_of};
use crate::{
    App, Ctx, Error, Result,
    access::audit,
    new_id,
    permit::{Permit, may},
};

pub(super) const OPENSLICE: &str = "openslice";
/// Characters of an address, an account or a secret.
const LONGEST: usize = 4000;

/// A peer to register. `Debug` is missing: it holds a secret.
#[derive(Clone)]
pub struct NewPeer {
    /// A part of paths: lower-case letters, digits and dashes.
    pub name: String,
    /// Without `/tmf-api`.
    pub base_url: String,
    pub auth: Auth,
    /// The peer speaks OpenSlice's dialect.
    pub openslice: bool,
}

/// How the peer knows us, with the secret.
#[derive(Clone)]
pub enum Auth {
    None,
    Basic { user: String, password: String },
    Bearer { token: String },
    ClientCredentials { token_url: String, client_id: String, client_secret: String, scope: Option<String> },
}

/// Peers of the caller's tenant by name.
///
/// # Errors
/// Those of the store.
pub async fn list(app: &App, ctx: &Ctx, _: Permit<may::ReadPeers>) -> Result<Vec<Peer>> {
    let found = rows::list(app.store().read(), ctx.who.tenant).await?;
    Ok(found.into_iter().map(Peer::from).collect())
}

/// Registers a peer. Its secret goes into the secret store and is never shown again.
///
/// # Errors
/// `HYP-6001` field by field, `HYP-6202` for an address that is not allowed, `HYP-6006` for a taken name.
pub async fn register(app: &App, ctx: &Ctx, _: Permit<may::ManagePeers>, new: NewPeer) -> Result<Peer> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if new.name.is_empty() || new.name.len() > 63 || !new.name.chars().all(plain) || new.name.starts_with('-') {
        return Err(Error::field("name", "format", "1 to 63 lower-case letters, digits and dashes."));
    }
    let base_url = new.base_url.trim_end_matches('/').trim_end_matches("/tmf-api").to_owned();
    if base_url.len() > LONGEST || base_url.contains(['?', '#']) {
        return Err(Error::field("baseUrl", "format", "An address without a query."));
    }
    app.peers().check(&base_url).await?;
    let (auth, account, token_url, scope, secret) = match new.auth {
        Auth::None => ("none", None, None, None, None),
        Auth::Basic { user, password } => ("basic", Some(user), None, None, Some(password)),
        Auth::Bearer { token } => ("bearer", None, None, None, Some(token)),
        Auth::ClientCredentials { token_url, client_id, client_secret, scope } => {
            app.peers().check(&token_url).await?;
            ("clientCredentials", Some(client_id), Some(token_url), scope, Some(client_secret))
        }
    };
    let odd = |text: &String| text.is_empty() || text.len() > LONGEST || text.contains(['\r', '\n']);
    if [&account, &token_url, &scope, &secret].into_iter().flatten().any(odd) {
        return Err(Error::field("auth", "format", "Credentials are texts of one line."));
    }
    let peer = rows::Peer {
        id: new_id(),
        tenant: ctx.who.tenant,
        name: new.name,
        base_url,
        auth: auth.to_owned(),
        account,
        token_url,
        scope,
        dialect: if new.openslice { OPENSLICE } else { "official" }.to_owned(),
        created_by: ctx.who.actor(),
        created_at: app.now(),
    };
    if let Some(secret) = secret {
        app.secrets().put(&secret_of(&peer), &SecretValue(secret.into_bytes())).await?;
    }
    let written = hypo_store::write!(app.store(), |tx| {
        rows::create(tx, &peer).await?;
        let detail = json!({"name": peer.name, "baseUrl": peer.base_url, "auth": peer.auth, "dialect": peer.dialect});
        audit::done(tx, app, ctx, "registerPeer", format!("peer/{}", peer.id), detail);
        Ok(())
    });
    if let Err(error) = written {
        app.secrets().delete(&secret_of(&peer)).await?;
        return Err(error.into());
    }
    Ok(peer.into())
}

/// Removes a peer and its secret.
///
/// # Errors
/// `HYP-6211`.
pub async fn remove(app: &App, ctx: &Ctx, _: Permit<may::ManagePeers>, id: Uuid) -> Result<()> {
    let peer = hypo_store::write!(app.store(), |tx| {
        let peer = rows::delete(tx, ctx.who.tenant, id).await?;
        audit::done(tx, app, ctx, "removePeer", format!("peer/{id}"), json!({"name": peer.name}));
        Ok(peer)
    })?;
    app.secrets().delete(&secret_of(&peer)).await?;
    Ok(())
}
