//! Peers.

use async_graphql::{InputObject, OneofObject, SimpleObject};
use chrono::{DateTime, Utc};
use hypo_app::peers;
use uuid::Uuid;

/// Another operator whose TMF APIs are reached at `/peers/{name}/tmf-api/…`. Its secret is never shown.
#[derive(SimpleObject)]
pub struct Peer {
    /// Identifier.
    id: Uuid,
    /// Name for people.
    name: String,
    /// Where its API is, without `/tmf-api`.
    base_url: String,
    /// `none`, `basic`, `bearer` or `clientCredentials`.
    auth: String,
    /// User name or client id.
    account: Option<String>,
    /// Where it gives tokens.
    token_url: Option<String>,
    /// Scope asked for.
    scope: Option<String>,
    /// It speaks OpenSlice's dialect; `X-Hypo-Translate: official` puts documents into official words.
    open_slice: bool,
    /// Who registered it.
    created_by: String,
    /// When it was made.
    created_at: DateTime<Utc>,
}

impl From<peers::Peer> for Peer {
    fn from(peer: peers::Peer) -> Self {
        Self {
            id: peer.id,
            name: peer.name,
            base_url: peer.base_url,
            auth: peer.auth,
            account: peer.account,
            token_url: peer.token_url,
            scope: peer.scope,
            open_slice: peer.openslice,
            created_by: peer.created_by,
            created_at: peer.created_at,
        }
    }
}

/// A peer to register.
#[derive(InputObject)]
pub struct RegisterPeerInput {
    /// Lower-case letters, digits and dashes.
    name: String,
    /// Without `/tmf-api`.
    base_url: String,
    /// None when not given.
    auth: Option<PeerAuthInput>,
    /// It speaks OpenSlice's dialect.
    open_slice: Option<bool>,
}

/// How the peer knows us: one of these.
#[derive(OneofObject)]
pub enum PeerAuthInput {
    /// User name and password.
    Basic(PeerBasicInput),
    /// A token.
    Bearer(String),
    /// OAuth 2.0 client credentials.
    ClientCredentials(PeerClientInput),
}

/// User name and password.
#[derive(InputObject)]
pub struct PeerBasicInput {
    /// User name.
    user: String,
    /// Password.
    password: String,
}

/// OAuth 2.0 client credentials.
#[derive(InputObject)]
pub struct PeerClientInput {
    /// Where it gives tokens.
    token_url: String,
    /// Our id there.
    client_id: String,
    /// Our secret there.
    client_secret: String,
    /// Scope asked for.
    scope: Option<String>,
}

impl From<RegisterPeerInput> for peers::NewPeer {
    fn from(input: RegisterPeerInput) -> Self {
        let auth = match input.auth {
            None => peers::Auth::None,
            Some(PeerAuthInput::Basic(basic)) => peers::Auth::Basic { user: basic.user, password: basic.password },
            Some(PeerAuthInput::Bearer(token)) => peers::Auth::Bearer { token },
            Some(PeerAuthInput::ClientCredentials(client)) => peers::Auth::ClientCredentials {
                token_url: client.token_url,
                client_id: client.client_id,
                client_secret: client.client_secret,
                scope: client.scope,
            },
        };
        Self { name: input.name, base_url: input.base_url, auth, openslice: input.open_slice.unwrap_or_default() }
    }
}
