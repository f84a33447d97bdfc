//! Hubs: who is told of TMF events, and how far each has been told.
//!
//! A hub's position is moved in the transaction that puts the deliveries in its line, so that a crash between the
//! two is impossible. The line itself is of [`crate::saga_log`]: first in, first out, one in flight.

mod line;

use chrono::{DateTime, Utc};
use hypo_shared::{ErrorCode, TenantId};
use uuid::Uuid;

pub use line::{Letter, Line, dead, lines, pause, replay};

use crate::{
    Error, Reader, Result, Scope, Tx,
    events::Cursor,
    saga_log,
    sql::{Filter, args, table},
};

/// The channel of deliveries to hubs; the target is the hub's id.
pub const CHANNEL: &str = "tmf-hub";

/// A registered listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hub {
    pub id: Uuid,
    pub tenant: TenantId,
    /// Base path of the API it was registered at, for example `/tmf-api/serviceOrdering/v4`.
    pub base: String,
    /// A TMF688 topic, when it listens to one.
    pub topic: Option<Uuid>,
    pub callback: String,
    /// As it was sent.
    pub query: Option<String>,
    /// `tmf` or `cloudEvents`.
    pub format: String,
    /// Events up to here have been put in its line.
    pub position: Cursor,
    pub paused: bool,
    /// Who registered it, in the words of the audit trail.
    pub created_by: String,
    pub created_at: DateTime<Utc>,
}

table!(Hub, "hubs" {
    id, tenant, base, topic, callback, query, format, position, paused, created_by, created_at
});

/// Stores a hub. It hears what is committed after this.
///
/// # Errors
/// Database failures only.
pub async fn create(tx: &mut Tx, hub: &Hub) -> Result<Hub> {
    let hub = Hub { position: crate::events::head(tx).await?, ..hub.clone() };
    tx.insert(&hub).await?;
    saga_log::open_line(tx, CHANNEL, &hub.id.to_string()).await?;
    Ok(hub)
}

/// Hubs of the scope, oldest first: those of one API, of one topic, or all.
///
/// # Errors
/// Database failures only.
pub async fn list(db: &Reader, scope: impl Into<Scope>, base: Option<&str>, topic: Option<Uuid>) -> Result<Vec<Hub>> {
    let mut filter = Filter::new().scope("tenant", scope.into()).order("created_at, id");
    if let Some(base) = base {
        filter = filter.eq("base", base.to_owned());
        filter = match topic {
            Some(topic) => filter.eq("topic", topic),
            None => filter.and_raw("topic IS NULL"),
        };
    }
    db.rows(&filter).await
}

/// The hub, when the scope sees it.
///
/// # Errors
/// Database failures only.
pub async fn find(db: &Reader, scope: impl Into<Scope>, id: Uuid) -> Result<Option<Hub>> {
    db.row(&Filter::new().eq("id", id).scope("tenant", scope.into())).await
}

/// As [`find`].
///
/// # Errors
/// `HubNotFound`.
pub async fn get(db: &Reader, scope: impl Into<Scope>, id: Uuid) -> Result<Hub> {
    find(db, scope, id).await?.ok_or_else(|| Error::refused(ErrorCode::HubNotFound, format!("hub {id}")))
}

/// Removes a hub and everything in its line.
///
/// # Errors
/// `HubNotFound`.
pub async fn delete(tx: &mut Tx, tenant: TenantId, id: Uuid) -> Result<()> {
    if tx.delete::<Hub>(&Filter::new().eq("id", id).eq("tenant", tenant)).await? == 0 {
        return Err(Error::refused(ErrorCode::HubNotFound, format!("hub {id}")));
    }
    saga_log::close_line(tx, CHANNEL, &id.to_string()).await
}

/// Moves a hub's position; `false` when another process has moved it since it was read, and then nothing may be
/// put in its line.
///
/// # Errors
/// Database failures only.
pub async fn advance(tx: &mut Tx, id: Uuid, from: Cursor, to: Cursor) -> Result<bool> {
    let sql = "UPDATE hubs SET position = $1 WHERE id = $2 AND position = $3 AND NOT paused";
    Ok(tx.execute(sql, args![to, id, from]).await? == 1)
}
