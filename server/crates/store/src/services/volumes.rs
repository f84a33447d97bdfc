//! Volumes that outlive their service because somebody chose so.

use chrono::{DateTime, Utc};
use hypo_shared::{ErrorCode, VolumeId};

use crate::{
    Error, Page, Reader, Result, Scope, Slice, Tx,
    services::KeptVolume,
    sql::{Filter, args},
};

/// Notes a kept volume. Keeping the same claim twice is harmless: the first row stays and is given.
///
/// # Errors
/// Database failures only.
pub async fn keep_volume(tx: &mut Tx, volume: &KeptVolume) -> Result<KeptVolume> {
    if tx.insert_new(volume).await? {
        return Ok(volume.clone());
    }
    let filter = Filter::new().eq("cluster", volume.cluster).eq("namespace", volume.namespace.clone());
    let filter = filter.eq("claim", volume.claim.clone()).eq("tenant", volume.tenant).and_raw("deleted_at IS NULL");
    tx.row(&filter).await?.ok_or_else(|| Error::Duplicate(format!("kept volume {}", volume.id)))
}

/// Notes that a kept volume was deleted, or attached again.
///
/// # Errors
/// `VolumeNotFound`, also when it was noted before.
pub async fn mark_volume_deleted(
    tx: &mut Tx,
    scope: impl Into<Scope>,
    id: VolumeId,
    at: DateTime<Utc>,
) -> Result<KeptVolume> {
    let volume = get_volume(tx, scope, id).await?;
    let sql = "UPDATE kept_volumes SET deleted_at = $1 WHERE id = $2 AND deleted_at IS NULL";
    if tx.execute(sql, args![at, id]).await? == 0 {
        return Err(not_found(id));
    }
    Ok(KeptVolume { deleted_at: Some(at), ..volume })
}

/// The volume, when the scope sees it.
///
/// # Errors
/// `VolumeNotFound`.
pub async fn get_volume(db: &Reader, scope: impl Into<Scope>, id: VolumeId) -> Result<KeptVolume> {
    let found = db.row(&Filter::new().eq("id", id).scope("tenant", scope.into())).await?;
    found.ok_or_else(|| not_found(id))
}

/// Volumes that are still kept, newest first.
///
/// # Errors
/// Database failures only.
pub async fn kept_volumes(db: &Reader, scope: impl Into<Scope>, slice: Slice) -> Result<Page<KeptVolume>> {
    let filter = Filter::new().scope("tenant", scope.into()).and_raw("deleted_at IS NULL");
    db.page(&filter.order("kept_at DESC, id DESC").slice(slice)).await
}

fn not_found(id: VolumeId) -> Error {
    Error::refused(ErrorCode::VolumeNotFound, format!("volume {id}"))
}
