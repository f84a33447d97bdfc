//! People who sign in with a name and a password.

use std::fmt;

use chrono::{DateTime, Utc};
use hypo_shared::{ErrorCode, Role, TenantId, UserId};
use serde::{Deserialize, Serialize};

use crate::{
    Error, Reader, Result, Scope, Tx,
    accounts::{sessions, tokens},
    sql::{Filter, args, table},
};

/// A person who signs in. `Debug` does not show the hash.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    pub id: UserId,
    pub tenant: TenantId,
    /// Unique on the platform; what is typed to sign in.
    pub name: String,
    pub display_name: String,
    /// PHC string; empty while no password was set.
    pub password_hash: String,
    pub role: Role,
    pub disabled: bool,
    pub created_at: DateTime<Utc>,
}

table!(User, "users" { id, tenant, name, display_name, password_hash, role, disabled, created_at });

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User")
            .field("id", &self.id)
            .field("tenant", &self.tenant)
            .field("name", &self.name)
            .field("role", &self.role)
            .field("disabled", &self.disabled)
            .finish_non_exhaustive()
    }
}

/// Stores a user.
///
/// # Errors
/// [`Error::Duplicate`] for a taken name, `StateConflict` for an unknown tenant.
pub async fn create(tx: &mut Tx, user: &User) -> Result<()> {
    if tx.insert_new(user).await? { Ok(()) } else { Err(Error::Duplicate(format!("user {}", user.name))) }
}

/// Replaces display name, role and whether the user is disabled. A disabled or demoted user loses its sessions;
/// a disabled one its tokens too.
///
/// # Errors
/// `UserNotFound`.
pub async fn update(tx: &mut Tx, user: &User, at: DateTime<Utc>) -> Result<()> {
    tx.identity = true;
    let before = get(tx, user.tenant, user.id).await?;
    let sql = "UPDATE users SET display_name = $1, role = $2, disabled = $3 WHERE id = $4 AND tenant = $5";
    tx.execute(sql, args![user.display_name, user.role, user.disabled, user.id, user.tenant]).await?;
    if user.disabled || user.role != before.role {
        sessions::delete_of(tx, user.id).await?;
    }
    if user.disabled {
        tokens::revoke_of(tx, user.id, at).await?;
    }
    Ok(())
}

/// Sets a password; every session of the user ends.
///
/// # Errors
/// `UserNotFound`.
pub async fn set_password(tx: &mut Tx, scope: impl Into<Scope>, id: UserId, password_hash: &str) -> Result<()> {
    let user = get(tx, scope, id).await?;
    tx.execute("UPDATE users SET password_hash = $1 WHERE id = $2", args![password_hash.to_owned(), user.id]).await?;
    sessions::delete_of(tx, id).await
}

/// The user, when the scope sees it.
///
/// # Errors
/// `UserNotFound`.
pub async fn get(db: &Reader, scope: impl Into<Scope>, id: UserId) -> Result<User> {
    let found = db.row(&Filter::new().eq("id", id).scope("tenant", scope.into())).await?;
    found.ok_or_else(|| Error::refused(ErrorCode::UserNotFound, format!("user {id}")))
}

/// For signing in: names are unique on the platform. Disabled users are given too.
///
/// # Errors
/// Database failures only.
pub async fn find_by_name(db: &Reader, name: &str) -> Result<Option<User>> {
    db.row(&Filter::new().eq("name", name.to_owned())).await
}

/// Users by name.
///
/// # Errors
/// Database failures only.
pub async fn list(db: &Reader, scope: impl Into<Scope>) -> Result<Vec<User>> {
    db.rows(&Filter::new().scope("tenant", scope.into()).order("name")).await
}
