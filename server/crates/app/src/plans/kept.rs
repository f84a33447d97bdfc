//! Kept volumes that a plan attaches again.

use hypo_model::identity::KeptVolume;
use hypo_shared::{ErrorCode, ServiceId, TenantId, VolumeId};
use hypo_store::{
    documents::{self, kind},
    services::{self, KeptVolume as Row},
};

use crate::{App, Error, Result};

/// The volumes, each free to be attached by the service that changes, or by a new one.
///
/// # Errors
/// `HYP-3111`; `HYP-3113` when a service that has not ended has the volume, or lives in its namespace.
pub(crate) async fn load(
    app: &App,
    tenant: TenantId,
    ids: &[VolumeId],
    service: Option<ServiceId>,
) -> Result<Vec<KeptVolume>> {
    let mut kept = Vec::with_capacity(ids.len());
    for id in ids {
        let volume = services::get_volume(app.store().read(), tenant, *id).await?;
        if volume.deleted_at.is_some() {
            return Err(Error::of(ErrorCode::VolumeNotFound));
        }
        free(app, &volume, service).await?;
        kept.push(KeptVolume {
            id: volume.id,
            service: volume.service,
            cluster: volume.cluster,
            namespace: volume.namespace,
            claim: volume.claim,
            component: volume.component,
            bytes: volume.bytes,
        });
    }
    Ok(kept)
}

/// Nobody else is in the volume's namespace: two services never share one.
async fn free(app: &App, volume: &Row, service: Option<ServiceId>) -> Result<()> {
    let read = app.store().read();
    let beside = services::volumes_of_namespace(read, volume.tenant, volume.cluster, &volume.namespace).await?;
    let owners = beside.iter().flat_map(|row| [Some(row.service), row.attached_to]).flatten();
    let mut others: Vec<ServiceId> = owners.filter(|owner| Some(*owner) != service).collect();
    others.sort_unstable();
    others.dedup();
    for other in others {
        let document = documents::find(read, volume.tenant, kind::SERVICE, other.0).await?;
        if let Some(document) = document.filter(|document| document.state != "terminated") {
            let text = format!(
                "The volume {} lies in the namespace of {}, which has not ended. Attach it there, or end that service first.",
                volume.claim, document.name
            );
            return Err(Error::new(ErrorCode::VolumeInUse, text));
        }
    }
    if volume.attached_to.is_some_and(|owner| Some(owner) != service) {
        return Err(Error::of(ErrorCode::VolumeInUse));
    }
    Ok(())
}
