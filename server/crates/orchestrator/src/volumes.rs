//! Volumes outlive what used them, unless a person names them (architecture rule 13).

use chrono::{DateTime, Utc};
use hypo_engine::{StepContext, StepError};
use hypo_model::ports::cluster::{ClusterPort, LABEL_COMPONENT, LABEL_SERVICE, Propagation, Scope};
use hypo_shared::{ServiceId, TenantId, VolumeId, analysis::ObjectRef, quantity};
use hypo_store::{
    Tx,
    services::{self, KeptVolume},
};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    failure,
    live::{self, scope_of},
    sites::Site,
    world::World,
};

const CLAIM: &str = "PersistentVolumeClaim";

/// Whose claims.
#[derive(Clone, Copy)]
pub(crate) struct Owner {
    pub tenant: TenantId,
    pub service: ServiceId,
}

/// A service leaves a namespace: its claims are kept and listed. A namespace of ours without claims is deleted, one with
/// claims stays.
pub(crate) async fn leave(cx: &StepContext<'_, World>, owner: Owner, site: &Site) -> Result<(), StepError> {
    let refused = |error| failure::refused(&error, &site.name);
    let cluster = cx.ports.cluster(site.cluster).await.map_err(refused)?;
    let everything = Scope { namespace: site.namespace.clone(), ..Scope::default() };
    let claims = cluster.list("v1", CLAIM, &everything).await.map_err(refused)?;
    if claims.is_empty() && site.makes_namespace {
        return close(cx, owner.service, site, cluster.as_ref()).await;
    }
    let id = owner.service.to_string();
    let ours: Vec<Value> = claims
        .into_iter()
        .filter(|claim| match live::label(claim, LABEL_SERVICE) {
            Some(service) => service == id,
            // In a namespace of ours a claim without an owner was made by what the service ran.
            None => site.makes_namespace,
        })
        .collect();
    record(cx.ports, owner, site, &ours, &[], &[]).await.map_err(|error| failure::store(&error))
}

async fn close(
    cx: &StepContext<'_, World>,
    service: ServiceId,
    site: &Site,
    cluster: &dyn ClusterPort,
) -> Result<(), StepError> {
    let namespaces = [ObjectRef::core("Namespace", "", &site.namespace)];
    let deleted = cluster.delete(&namespaces, Propagation::Background).await;
    deleted.map_err(|error| failure::refused(&error, &site.name))?;
    crate::gone::wait(cluster, &namespaces, &site.name, &cx.cancel).await?;
    let forgotten = hypo_store::write!(cx.ports.store, |tx| {
        services::forget_applied(tx, service, site.cluster, &namespaces[0]).await
    });
    forgotten.map_err(|error| failure::store(&error))
}

/// Brings the list of kept volumes in step with what stands in a site: claims that are mounted belong to the service,
/// every other claim of it is kept and listed. Volumes in `except` are somebody else's step.
pub(crate) async fn settle(
    cx: &StepContext<'_, World>,
    owner: Owner,
    site: &Site,
    mounts: &[String],
    except: &[VolumeId],
) -> Result<(), StepError> {
    let refused = |error| failure::refused(&error, &site.name);
    let cluster = cx.ports.cluster(site.cluster).await.map_err(refused)?;
    let scope = scope_of(owner.service, &site.namespace);
    let claims = cluster.list("v1", CLAIM, &scope).await.map_err(refused)?;
    record(cx.ports, owner, site, &claims, mounts, except).await.map_err(|error| failure::store(&error))
}

async fn record(
    world: &World,
    owner: Owner,
    site: &Site,
    claims: &[Value],
    mounts: &[String],
    except: &[VolumeId],
) -> hypo_store::Result<()> {
    if claims.is_empty() {
        return Ok(());
    }
    let now = (world.clock)();
    hypo_store::write!(world.store, |tx| {
        for claim in claims {
            if let Some(row) = row(owner, site, claim, now) {
                let mounted = mounts.contains(&row.claim);
                one(tx, owner, row, mounted, except).await?;
            }
        }
        Ok(())
    })
}

async fn one(tx: &mut Tx, owner: Owner, row: KeptVolume, mounted: bool, except: &[VolumeId]) -> hypo_store::Result<()> {
    let known = services::find_volume(tx, owner.tenant, row.cluster, &row.namespace, &row.claim).await?;
    match known {
        Some(known) if except.contains(&known.id) => Ok(()),
        Some(known) if mounted => {
            services::attach_volume(tx, owner.tenant, known.id, owner.service).await?;
            services::hand_over_volume(tx, known.id, owner.service).await
        }
        None if mounted => Ok(()),
        _ => match services::keep_volume(tx, &row).await {
            // The row says that another service has the claim: what its order does is not ours to change.
            Err(hypo_store::Error::Duplicate(_)) => Ok(()),
            other => other.map(drop),
        },
    }
}

fn row(owner: Owner, site: &Site, claim: &Value, now: DateTime<Utc>) -> Option<KeptVolume> {
    Some(KeptVolume {
        id: VolumeId(Uuid::now_v7()),
        tenant: owner.tenant,
        service: owner.service,
        cluster: site.cluster,
        namespace: site.namespace.clone(),
        claim: claim.pointer("/metadata/name")?.as_str()?.to_owned(),
        bytes: bytes_of(claim),
        component: component_of(claim),
        kept_at: now,
        deleted_at: None,
        attached_to: None,
    })
}

/// Deletes claims that a person named, with their data, and notes it.
pub(crate) async fn discard(
    cx: &StepContext<'_, World>,
    owner: Owner,
    site: &Site,
    claims: &[String],
) -> Result<(), StepError> {
    if claims.is_empty() {
        return Ok(());
    }
    let refused = |error| failure::refused(&error, &site.name);
    let cluster = cx.ports.cluster(site.cluster).await.map_err(refused)?;
    let objects: Vec<ObjectRef> = claims.iter().map(|claim| ObjectRef::core(CLAIM, &site.namespace, claim)).collect();
    cluster.delete(&objects, Propagation::Foreground).await.map_err(refused)?;
    crate::gone::wait(cluster.as_ref(), &objects, &site.name, &cx.cancel).await?;
    let now = (cx.ports.clock)();
    let written = hypo_store::write!(cx.ports.store, |tx| {
        for object in &objects {
            services::forget_applied(tx, owner.service, site.cluster, object).await?;
            let known = services::find_volume(tx, owner.tenant, site.cluster, &site.namespace, &object.name).await?;
            if let Some(known) = known {
                services::mark_volume_deleted(tx, owner.tenant, known.id, now).await?;
            }
        }
        Ok(())
    });
    written.map_err(|error| failure::store(&error))
}

/// The component a claim belongs to, by its label; empty when it carries none.
pub(crate) fn component_of(claim: &Value) -> String {
    live::label(claim, LABEL_COMPONENT).unwrap_or_default().to_owned()
}

/// What the claim asks for.
pub(crate) fn bytes_of(claim: &Value) -> u64 {
    let text = claim.pointer("/spec/resources/requests/storage").and_then(Value::as_str);
    text.and_then(|text| quantity::bytes(text).ok()).unwrap_or(0)
}
