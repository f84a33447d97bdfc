//! People, tenants, tokens, grants and the audit trail.

use async_graphql::{ComplexObject, Context, SimpleObject};
use chrono::{DateTime, Utc};
use hypo_app::access;
use hypo_shared::{ClusterId, Role};
use uuid::Uuid;

use super::Cluster;
use crate::graphql::{error::Result, loaders};

/// An organization that owns things (TMF632).
#[derive(Clone, SimpleObject)]
pub struct Tenant {
    /// Identifier.
    id: Uuid,
    /// Name for people.
    name: String,
}

impl From<access::Tenant> for Tenant {
    fn from(tenant: access::Tenant) -> Self {
        Self { id: tenant.id.0, name: tenant.name }
    }
}

/// A person who signs in.
#[derive(SimpleObject)]
pub struct User {
    /// Identifier.
    id: Uuid,
    /// Sign-in name.
    name: String,
    /// Name for people.
    display_name: String,
    /// What the user may do.
    role: Role,
    /// Tenant of the user.
    tenant: Tenant,
    /// Whether the user can no longer sign in.
    disabled: bool,
    /// When the user was added.
    created_at: DateTime<Utc>,
}

impl From<access::User> for User {
    fn from(user: access::User) -> Self {
        let access::User { id, name, display_name, role, tenant, disabled, created_at } = user;
        Self { id: id.0, name, display_name, role, tenant: tenant.into(), disabled, created_at }
    }
}

/// An API token, without its secret.
#[derive(SimpleObject)]
pub struct Token {
    /// Identifier.
    id: Uuid,
    /// What it is for.
    name: String,
    /// What it may do.
    role: Role,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// When it ends by itself.
    expires_at: DateTime<Utc>,
    /// When it was ended.
    revoked_at: Option<DateTime<Utc>>,
    /// When it was used last.
    last_used_at: Option<DateTime<Utc>>,
}

impl From<access::Token> for Token {
    fn from(token: access::Token) -> Self {
        let access::Token { id, name, role, created_at, expires_at, revoked_at, last_used_at } = token;
        Self { id: id.0, name, role, created_at, expires_at, revoked_at, last_used_at }
    }
}

/// The secret is shown once.
#[derive(SimpleObject)]
pub struct NewToken {
    /// The token.
    pub token: Token,
    /// What a client sends; it is shown only here.
    pub secret: String,
}

/// A cluster that its owner lets another tenant use.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct Grant {
    /// Identifier.
    id: Uuid,
    /// Tenant that gave it.
    owner: Tenant,
    /// Tenant that received it.
    grantee: Tenant,
    /// When it was given.
    created_at: DateTime<Utc>,
    /// When it was taken back.
    revoked_at: Option<DateTime<Utc>>,
    #[graphql(skip)]
    of: ClusterId,
}

#[ComplexObject]
impl Grant {
    /// Null when it was removed.
    async fn cluster(&self, context: &Context<'_>) -> Result<Option<Cluster>> {
        loaders::cluster_if_there(context, self.of).await
    }
}

impl From<access::Grant> for Grant {
    fn from(grant: access::Grant) -> Self {
        let access::Grant { id, cluster, owner, grantee, created_at, revoked_at } = grant;
        Self { id: id.0, owner: owner.into(), grantee: grantee.into(), created_at, revoked_at, of: cluster }
    }
}

/// A row of the audit trail.
#[derive(SimpleObject)]
pub struct AuditEntry {
    /// Identifier of the row.
    id: Uuid,
    /// When it was done.
    at: DateTime<Utc>,
    /// Who did it: `user:`, `token:` or `system:` and a name.
    actor: String,
    /// Role it was done in.
    role: String,
    /// What was done.
    action: String,
    /// What it was done to.
    subject: String,
    /// `done`, `denied` or `failed`.
    outcome: String,
    /// More about it, as JSON text without secrets.
    detail: String,
}

impl From<access::AuditEntry> for AuditEntry {
    fn from(entry: access::AuditEntry) -> Self {
        let access::AuditEntry { id, at, actor, role, action, subject, outcome, detail } = entry;
        Self { id: id.0, at, actor, role, action, subject, outcome, detail }
    }
}
