//! People, tenants, tokens, grants and the audit trail.

pub mod audit;
pub mod clients;
pub mod grants;
pub mod sessions;
pub mod tenants;
pub mod tokens;
pub mod users;

use chrono::{DateTime, Utc};
use hypo_shared::{AuditId, ClusterId, GrantId, Role, TenantId, TokenId, UserId};

/// A TMF632 organization that owns things.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    pub id: TenantId,
    pub name: String,
}

/// A person who signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub id: UserId,
    pub name: String,
    pub display_name: String,
    pub role: Role,
    pub tenant: Tenant,
    pub disabled: bool,
    pub created_at: DateTime<Utc>,
}

/// An API token, without its secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub id: TokenId,
    pub name: String,
    pub role: Role,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub revoked_at: Option<DateTime<Utc>>,
    pub last_used_at: Option<DateTime<Utc>>,
}

/// A cluster that its owner lets another tenant use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    pub id: GrantId,
    pub cluster: ClusterId,
    pub owner: Tenant,
    pub grantee: Tenant,
    pub created_at: DateTime<Utc>,
    pub revoked_at: Option<DateTime<Utc>>,
}

/// A row of the audit trail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    pub id: AuditId,
    pub at: DateTime<Utc>,
    pub actor: String,
    pub role: String,
    pub action: String,
    pub subject: String,
    /// `done`, `denied` or `failed`.
    pub outcome: String,
    pub detail: String,
}
