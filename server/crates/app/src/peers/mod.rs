//! Peers: other operators whose TMF APIs are reached through this server, with credentials the caller never sees.

mod forward;
mod hops;
mod manage;
mod path;
mod translate;

use chrono::{DateTime, Utc};
use hypo_model::ports::secrets::SecretRef;
use hypo_store::peers as rows;
use uuid::Uuid;

pub use hypo_model::ports::peers::{Body, Response};

pub use forward::{Forward, read, write};
pub use hops::HOPS;
pub use manage::{Auth, NewPeer, list, register, remove};

/// Kind of the secret of a peer; its name is the peer's id.
const SECRET: &str = "peer";

/// A registered peer, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    pub id: Uuid,
    pub name: String,
    pub base_url: String,
    /// `none`, `basic`, `bearer` or `clientCredentials`.
    pub auth: String,
    pub account: Option<String>,
    pub token_url: Option<String>,
    pub scope: Option<String>,
    pub openslice: bool,
    pub created_by: String,
    pub created_at: DateTime<Utc>,
}

fn secret_of(peer: &rows::Peer) -> SecretRef {
    SecretRef { tenant: peer.tenant, kind: SECRET.to_owned(), name: peer.id.to_string() }
}

impl From<rows::Peer> for Peer {
    fn from(peer: rows::Peer) -> Self {
        Self {
            id: peer.id,
            name: peer.name,
            base_url: peer.base_url,
            auth: peer.auth,
            account: peer.account,
            token_url: peer.token_url,
            scope: peer.scope,
            openslice: peer.dialect == manage::OPENSLICE,
            created_by: peer.created_by,
            created_at: peer.created_at,
        }
    }
}
