//! Clients of the token endpoint.

use async_graphql::{InputObject, SimpleObject};
use chrono::{DateTime, Utc};
use hypo_app::access::clients;
use hypo_shared::Role;
use uuid::Uuid;

/// A program that exchanges its id and secret for short-lived tokens (OAuth 2.0 client credentials).
#[derive(SimpleObject)]
pub struct Client {
    /// The `client_id`.
    id: Uuid,
    /// Name for people.
    name: String,
    /// What it may do.
    role: Role,
    /// It speaks OpenSlice's dialect, and may use the password grant.
    open_slice: bool,
    /// When it was made.
    created_at: DateTime<Utc>,
}

impl From<clients::Client> for Client {
    fn from(client: clients::Client) -> Self {
        let clients::Client { id, name, role, openslice, created_at } = client;
        Self { id, name, role, open_slice: openslice, created_at }
    }
}

/// The secret is shown once.
#[derive(SimpleObject)]
pub struct NewClient {
    /// The client.
    pub client: Client,
    /// Its secret.
    pub secret: String,
}

/// A client to make.
#[derive(InputObject)]
pub struct CreateClientInput {
    /// Name for people.
    name: String,
    /// Not wider than the caller's.
    role: Role,
    /// It speaks OpenSlice's dialect, and may use the password grant.
    open_slice: Option<bool>,
}

impl From<CreateClientInput> for clients::New {
    fn from(input: CreateClientInput) -> Self {
        Self { name: input.name, role: input.role, openslice: input.open_slice.unwrap_or_default() }
    }
}
