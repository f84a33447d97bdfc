//! Kept volumes come to the service that attaches them: the claim and the namespace it lies in change their owner label,
//! the data stays where it is. The undo gives them back.

use async_trait::async_trait;
use hypo_engine::{Action, StepContext, StepError};
use hypo_model::ports::cluster::{ClusterPort, LABEL_SERVICE};
use hypo_shared::{ClusterId, ErrorCode, ServiceId, analysis::ObjectRef};
use hypo_store::services::{self, KeptVolume};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Fulfil, apply};
use crate::{failure, live, seal::SealedPlan, sites::Site, world::World};

pub(super) struct Adopt;

/// Output of the step.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Adopted {
    attached: Vec<String>,
    /// Who had the volumes before.
    pub former: Vec<Former>,
}

/// The service that left a volume, and where.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Former {
    pub service: ServiceId,
    pub cluster: ClusterId,
    pub namespace: String,
}

impl Former {
    fn of(volume: &KeptVolume) -> Self {
        Self { service: volume.service, cluster: volume.cluster, namespace: volume.namespace.clone() }
    }
}

#[async_trait]
impl Action<World> for Adopt {
    async fn run(&self, cx: &StepContext<'_, World>) -> Result<Value, StepError> {
        let fulfil: Fulfil = cx.saga_params()?;
        let service = fulfil.identity.service;
        // Ours in the record first: two orders never share a volume.
        let taken = hypo_store::write!(cx.ports.store, |tx| {
            let mut taken = Vec::with_capacity(fulfil.attaches.len());
            for id in &fulfil.attaches {
                taken.push(services::attach_volume(tx, fulfil.tenant, *id, service).await?);
            }
            Ok(taken)
        });
        let taken = taken.map_err(|error| unavailable(&error))?;
        let sealed = apply::sealed(cx, &fulfil).await?;
        let former = taken.iter().map(Former::of).collect();
        let mut attached = Vec::new();
        for (site, object, from) in handed(&fulfil, &sealed, &taken) {
            let cluster = cx.ports.cluster(site.cluster).await.map_err(|error| failure::refused(&error, &site.name))?;
            if !hand(cluster.as_ref(), site, object, from, service).await? {
                let text = format!("{object} on {} is gone", site.name);
                return Err(StepError::permanent(ErrorCode::VolumeNotFound, text));
            }
            attached.push(format!("{object} on {}", site.name));
        }
        Ok(json!(Adopted { attached, former }))
    }

    async fn undo(&self, cx: &StepContext<'_, World>) -> Result<(), StepError> {
        let fulfil: Fulfil = cx.saga_params()?;
        let service = fulfil.identity.service;
        let mut taken = Vec::new();
        for id in &fulfil.attaches {
            match services::get_volume(cx.ports.store.read(), fulfil.tenant, *id).await {
                Ok(volume) if volume.attached_to == Some(service) => taken.push(volume),
                // Never taken, or given back by an earlier attempt.
                Ok(_) => {}
                Err(error) if error.code() == ErrorCode::VolumeNotFound => {}
                Err(error) => return Err(failure::store(&error)),
            }
        }
        if taken.is_empty() {
            return Ok(());
        }
        let sealed = apply::sealed(cx, &fulfil).await?;
        for (site, object, owner) in handed(&fulfil, &sealed, &taken) {
            let cluster = cx.ports.cluster(site.cluster).await.map_err(|error| failure::refused(&error, &site.name))?;
            // What is gone meanwhile needs no owner.
            hand(cluster.as_ref(), site, object, service, owner).await?;
        }
        let released = hypo_store::write!(cx.ports.store, |tx| {
            for volume in &taken {
                services::release_volume(tx, volume.id, service).await?;
                let namespace = ObjectRef::core("Namespace", "", &volume.namespace);
                if volume.service != service {
                    services::forget_applied(tx, service, volume.cluster, &namespace).await?;
                }
            }
            Ok(())
        });
        released.map_err(|error| failure::store(&error))
    }
}

/// What changes hands, with the service it comes from.
fn handed<'a>(
    fulfil: &'a Fulfil,
    sealed: &'a SealedPlan,
    taken: &'a [KeptVolume],
) -> impl Iterator<Item = (&'a Site, &'a ObjectRef, ServiceId)> {
    fulfil.sites.iter().flat_map(move |site| {
        let adopt = sealed.clusters.get(&site.cluster).map(|cluster| cluster.adopt.as_slice()).unwrap_or_default();
        adopt.iter().filter_map(move |object| {
            let mut here = taken.iter().filter(|volume| volume.cluster == site.cluster);
            let from = here.find(|volume| match object.kind.as_str() {
                "Namespace" => volume.namespace == object.name,
                _ => volume.namespace == object.namespace && volume.claim == object.name,
            })?;
            Some((site, object, from.service))
        })
    })
}

/// Changes the owner label; says whether the object is there. Doing it twice does it once.
async fn hand(
    cluster: &dyn ClusterPort,
    site: &Site,
    object: &ObjectRef,
    from: ServiceId,
    to: ServiceId,
) -> Result<bool, StepError> {
    let refused = |error| failure::refused(&error, &site.name);
    let seen = cluster.observe(std::slice::from_ref(object)).await.map_err(refused)?;
    let Some(live) = seen.into_iter().find_map(|seen| seen.live) else { return Ok(false) };
    let owner = live::label(&live, LABEL_SERVICE).unwrap_or_default();
    if owner == to.to_string() {
        return Ok(true);
    }
    if owner != from.to_string() {
        let text = format!("{object} on {} belongs to another service meanwhile", site.name);
        return Err(StepError::permanent(ErrorCode::VolumeInUse, text));
    }
    // Whoever changed it since it was looked at comes first: the cluster refuses an older resourceVersion.
    let version = live.pointer("/metadata/resourceVersion").cloned().unwrap_or_default();
    let patch = json!({"metadata": {"resourceVersion": version, "labels": {LABEL_SERVICE: to.to_string()}}});
    cluster.patch(object, &patch).await.map_err(refused)?;
    Ok(true)
}

fn unavailable(error: &hypo_store::Error) -> StepError {
    match error.code() {
        code @ (ErrorCode::VolumeInUse | ErrorCode::VolumeNotFound) => StepError::permanent(code, code.title()),
        _ => failure::store(error),
    }
}
