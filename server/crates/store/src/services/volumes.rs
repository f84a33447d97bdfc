//! Volumes that outlive their service because somebody chose so, and who has them since.

use chrono::{DateTime, Utc};
use hypo_shared::{ClusterId, ErrorCode, ServiceId, VolumeId};

use crate::{
    Error, Page, Reader, Result, Scope, Slice, Tx,
    services::KeptVolume,
    sql::{Filter, args},
};

/// Notes a kept volume. Keeping the same claim twice is harmless: the first row stays and is given. A volume that the
/// service had attached is kept again, under the service that leaves it now.
///
/// # Errors
/// [`Error::Duplicate`] when the claim is another tenant's, or attached to another service.
pub async fn keep_volume(tx: &mut Tx, volume: &KeptVolume) -> Result<KeptVolume> {
    if tx.insert_new(volume).await? {
        return Ok(volume.clone());
    }
    let taken = || Error::Duplicate(format!("kept volume {}", volume.id));
    let known = find_volume(tx, volume.tenant, volume.cluster, &volume.namespace, &volume.claim).await?;
    let known = known.ok_or_else(taken)?;
    match known.attached_to {
        None => Ok(known),
        Some(service) if service == volume.service => {
            let again = KeptVolume { id: known.id, attached_to: None, ..volume.clone() };
            tx.upsert(&again, &["id"]).await?;
            Ok(again)
        }
        Some(_) => Err(taken()),
    }
}

/// Gives the volume to a service, exactly once, whoever else tries. The same service may ask again.
///
/// # Errors
/// `VolumeNotFound`; `VolumeInUse` when another service has it.
pub async fn attach_volume(
    tx: &mut Tx,
    scope: impl Into<Scope>,
    id: VolumeId,
    service: ServiceId,
) -> Result<KeptVolume> {
    let volume = get_volume(tx, scope, id).await?;
    let sql = "UPDATE kept_volumes SET attached_to = $1 \
               WHERE id = $2 AND deleted_at IS NULL AND (attached_to IS NULL OR attached_to = $3)";
    if tx.execute(sql, args![service, id, service]).await? == 1 {
        return Ok(KeptVolume { attached_to: Some(service), ..volume });
    }
    if volume.deleted_at.is_some() {
        return Err(not_found(id));
    }
    Err(Error::refused(ErrorCode::VolumeInUse, format!("volume {id}")))
}

/// Takes the volume back from the service: it is kept as before. Harmless when the service does not have it.
///
/// # Errors
/// Database failures only.
pub async fn release_volume(tx: &mut Tx, id: VolumeId, service: ServiceId) -> Result<()> {
    let sql = "UPDATE kept_volumes SET attached_to = NULL WHERE id = $1 AND attached_to = $2";
    tx.execute(sql, args![id, service]).await.map(drop)
}

/// The service that has the volume is its owner from now on.
///
/// # Errors
/// Database failures only.
pub async fn hand_over_volume(tx: &mut Tx, id: VolumeId, service: ServiceId) -> Result<()> {
    let sql = "UPDATE kept_volumes SET service = $1 WHERE id = $2 AND attached_to = $3";
    tx.execute(sql, args![service, id, service]).await.map(drop)
}

/// Notes that a kept volume was deleted.
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

/// The row of a claim that was kept once and was not deleted since, whoever has it.
///
/// # Errors
/// Database failures only.
pub async fn find_volume(
    db: &Reader,
    scope: impl Into<Scope>,
    cluster: ClusterId,
    namespace: &str,
    claim: &str,
) -> Result<Option<KeptVolume>> {
    let filter = Filter::new().eq("cluster", cluster).eq("namespace", namespace.to_owned());
    let filter = filter.eq("claim", claim.to_owned()).scope("tenant", scope.into());
    db.row(&filter.and_raw("deleted_at IS NULL")).await
}

/// Rows of claims in a namespace that were not deleted, whoever has them.
///
/// # Errors
/// Database failures only.
pub async fn volumes_of_namespace(
    db: &Reader,
    scope: impl Into<Scope>,
    cluster: ClusterId,
    namespace: &str,
) -> Result<Vec<KeptVolume>> {
    let filter = Filter::new().eq("cluster", cluster).eq("namespace", namespace.to_owned());
    db.rows(&filter.scope("tenant", scope.into()).and_raw("deleted_at IS NULL").order("claim")).await
}

/// Volumes that are kept and that nobody has, newest first.
///
/// # Errors
/// Database failures only.
pub async fn kept_volumes(db: &Reader, scope: impl Into<Scope>, slice: Slice) -> Result<Page<KeptVolume>> {
    let filter = Filter::new().scope("tenant", scope.into());
    let filter = filter.and_raw("deleted_at IS NULL").and_raw("attached_to IS NULL");
    db.page(&filter.order("kept_at DESC, id DESC").slice(slice)).await
}

fn not_found(id: VolumeId) -> Error {
    Error::refused(ErrorCode::VolumeNotFound, format!("volume {id}"))
}
