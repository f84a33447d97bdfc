//! Volumes outlive what used them, unless a person names them (architecture rule 13).

use hypo_engine::{StepContext, StepError};
use hypo_model::ports::cluster::{LABEL_COMPONENT, Propagation, Scope};
use hypo_shared::{ServiceId, TenantId, VolumeId, analysis::ObjectRef, quantity};
use hypo_store::services::{self, KeptVolume};
use serde_json::Value;
use uuid::Uuid;

use crate::{failure, sites::Site, world::World};

/// Notes every claim in the namespace as kept; a namespace of ours without claims is deleted, one with claims stays.
pub(crate) async fn leave(
    cx: &StepContext<'_, World>,
    tenant: TenantId,
    service: ServiceId,
    site: &Site,
) -> Result<(), StepError> {
    let cluster = cx.ports.cluster(site.cluster).await.map_err(|error| failure::refused(&error, &site.name))?;
    let scope = Scope { namespace: site.namespace.clone(), ..Scope::default() };
    let claims = cluster
        .list("v1", "PersistentVolumeClaim", &scope)
        .await
        .map_err(|error| failure::refused(&error, &site.name))?;
    if claims.is_empty() && site.makes_namespace {
        let namespace = ObjectRef {
            api_version: "v1".into(),
            kind: "Namespace".into(),
            namespace: String::new(),
            name: site.namespace.clone(),
        };
        let namespaces = [namespace];
        cluster
            .delete(&namespaces, Propagation::Background)
            .await
            .map_err(|error| failure::refused(&error, &site.name))?;
        crate::gone::wait(cluster.as_ref(), &namespaces, &site.name, &cx.cancel).await?;
        let forgotten = hypo_store::write!(cx.ports.store, |tx| services::forget_applied(
            tx,
            service,
            site.cluster,
            &namespaces[0]
        )
        .await);
        return forgotten.map_err(|error| failure::store(&error));
    }
    keep(cx, tenant, service, site, &claims).await
}

/// Writes the rows of kept volumes.
async fn keep(
    cx: &StepContext<'_, World>,
    tenant: TenantId,
    service: ServiceId,
    site: &Site,
    claims: &[Value],
) -> Result<(), StepError> {
    let now = (cx.ports.clock)();
    let rows: Vec<KeptVolume> = claims
        .iter()
        .filter_map(|claim| {
            Some(KeptVolume {
                id: VolumeId(Uuid::now_v7()),
                tenant,
                service,
                cluster: site.cluster,
                namespace: site.namespace.clone(),
                claim: claim.pointer("/metadata/name")?.as_str()?.to_owned(),
                bytes: bytes_of(claim),
                component: component_of(claim),
                kept_at: now,
                deleted_at: None,
            })
        })
        .collect();
    let written = hypo_store::write!(cx.ports.store, |tx| {
        for row in &rows {
            services::keep_volume(tx, row).await?;
        }
        Ok(())
    });
    written.map_err(|error| failure::store(&error))
}

/// The component a claim belongs to, by its label; empty when it carries none.
pub(crate) fn component_of(claim: &Value) -> String {
    let labels = claim.pointer("/metadata/labels");
    labels.and_then(|labels| labels.get(LABEL_COMPONENT)).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// What the claim asks for.
pub(crate) fn bytes_of(claim: &Value) -> u64 {
    let text = claim.pointer("/spec/resources/requests/storage").and_then(Value::as_str);
    text.and_then(|text| quantity::bytes(text).ok()).unwrap_or(0)
}
