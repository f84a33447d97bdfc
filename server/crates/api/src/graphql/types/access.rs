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
    id: Uuid,
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
    id: Uuid,
    name: String,
    display_name: String,
    role: Role,
    tenant: Tenant,
    disabled: bool,
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
    id: Uuid,
    name: String,
    role: Role,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    revoked_at: Option<DateTime<Utc>>,
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
    pub token: Token,
    pub secret: String,
}

/// A cluster that its owner lets another tenant use.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct Grant {
    id: Uuid,
    owner: Tenant,
    grantee: Tenant,
    created_at: DateTime<Utc>,
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
    id: Uuid,
    at: DateTime<Utc>,
    actor: String,
    role: String,
    action: String,
    subject: String,
    /// `done`, `denied` or `failed`.
    outcome: String,
    detail: String,
}

impl From<access::AuditEntry> for AuditEntry {
    fn from(entry: access::AuditEntry) -> Self {
        let access::AuditEntry { id, at, actor, role, action, subject, outcome, detail } = entry;
        Self { id: id.0, at, actor, role, action, subject, outcome, detail }
    }
}
