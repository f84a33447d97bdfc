//! Volumes whose services have ended.

use futures::future::try_join_all;
use hypo_model::ports::cluster::Propagation;
use hypo_shared::{ErrorCode, VolumeId, analysis::ObjectRef};
use hypo_store::{
    Scope, Slice,
    documents::{self, kind},
    services::{self, KeptVolume as Row},
};
use serde_json::json;

use super::KeptVolume;
use crate::{
    App, Ctx, Error, Result,
    access::audit,
    permit::{Permit, may},
};

/// Kept volumes of the caller's tenant, newest first.
///
/// # Errors
/// Those of the store.
pub async fn kept(app: &App, ctx: &Ctx, _: Permit<may::Read>) -> Result<Vec<KeptVolume>> {
    let slice = Slice { offset: 0, limit: Slice::MAX };
    let read = app.store().read();
    let rows = services::kept_volumes(read, ctx.reach(), slice).await?.items;
    let views = rows.into_iter().map(|row| async move {
        let service = documents::find(read, row.tenant, kind::SERVICE, row.service.0).await?;
        Ok::<_, Error>(view(row, service.map(|service| service.name).unwrap_or_default()))
    });
    try_join_all(views).await
}

/// Deletes a kept volume and its data. `name` is the claim's, typed by the one who deletes it.
///
/// # Errors
/// `HYP-3111`, `HYP-3110` when the typed name is another one; the cluster's refusal.
pub async fn delete_kept(app: &App, ctx: &Ctx, _: Permit<may::ControlService>, id: VolumeId, name: &str) -> Result<()> {
    let volume = services::get_volume(app.store().read(), ctx.reach(), id).await?;
    if volume.deleted_at.is_some() {
        return Err(Error::of(ErrorCode::VolumeNotFound));
    }
    if volume.attached_to.is_some() {
        return Err(Error::of(ErrorCode::VolumeInUse));
    }
    if volume.claim != name {
        return Err(Error::of(ErrorCode::VolumeNameMismatch));
    }
    let port = app.orchestrator().world().cluster(volume.cluster).await?;
    port.delete(&[ObjectRef::core("PersistentVolumeClaim", &volume.namespace, &volume.claim)], Propagation::Background)
        .await?;
    let now = app.now();
    hypo_store::write!(app.store(), |tx| {
        services::mark_volume_deleted(tx, volume.tenant, id, now).await?;
        let detail = json!({"claim": volume.claim, "cluster": volume.cluster, "namespace": volume.namespace});
        audit::done_for(tx, app, ctx, volume.tenant, "deleteKeptVolume", format!("volume/{id}"), detail);
        Ok(())
    })?;
    close_namespace(app, &volume).await
}

/// The namespace HypO made goes with its last volume, unless something lives in it.
async fn close_namespace(app: &App, volume: &Row) -> Result<()> {
    let read = app.store().read();
    let kept = services::kept_volumes(read, volume.tenant, Slice { offset: 0, limit: Slice::MAX }).await?.items;
    let used = kept.iter().any(|other| other.cluster == volume.cluster && other.namespace == volume.namespace);
    let applied = services::applied_on_cluster(read, Scope::Platform, volume.cluster).await?;
    let lives = applied.iter().any(|row| row.namespace == volume.namespace);
    let made = applied.iter().find(|row| row.kind == "Namespace" && row.name == volume.namespace);
    let Some(made) = made.filter(|_| !used && !lives) else { return Ok(()) };
    let namespace = ObjectRef::core("Namespace", "", &volume.namespace);
    let port = app.orchestrator().world().cluster(volume.cluster).await?;
    port.delete(std::slice::from_ref(&namespace), Propagation::Background).await?;
    hypo_store::write!(app.store(), |tx| {
        services::forget_applied(tx, made.service, volume.cluster, &namespace).await
    })?;
    Ok(())
}

fn view(row: Row, service_name: String) -> KeptVolume {
    KeptVolume {
        id: row.id,
        cluster: row.cluster,
        namespace: row.namespace,
        claim: row.claim,
        component: row.component,
        bytes: row.bytes,
        service_name,
        kept_at: row.kept_at,
    }
}
