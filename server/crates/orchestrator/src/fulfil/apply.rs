//! Applies one phase in one cluster; the undo deletes what it created and puts back what it changed.

use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use hypo_engine::{Action, StepContext, StepError};
use hypo_model::{
    plan::redacted,
    ports::cluster::{Applied, ObjectSet, Propagation},
};
use hypo_shared::{ErrorCode, analysis::ObjectRef, plan::ChangeKind};
use hypo_store::services;
use serde_json::{Value, json};

use super::{AtSite, Fulfil, authority, snapshot::Before};
use crate::{
    failure,
    seal::{SealedCluster, SealedObject, SealedPlan},
    sites::Site,
    volumes,
    world::World,
};

pub(super) struct Apply;

#[async_trait]
impl Action<World> for Apply {
    async fn run(&self, cx: &StepContext<'_, World>) -> Result<Value, StepError> {
        let fulfil: Fulfil = cx.saga_params()?;
        let at: AtSite = cx.params()?;
        let site = site(&fulfil, &at)?;
        let sealed = sealed(cx, &fulfil).await?;
        let objects = of_phase(&sealed, &at);
        let mut set = ObjectSet { objects: Vec::with_capacity(objects.len()), force: true };
        for sealed in &objects {
            set.objects.push(filled(cx, &fulfil, sealed).await?);
        }
        // Recorded before they are applied: whatever a crash leaves in the cluster is known here.
        remember(cx, &fulfil, &at, &objects, &set, &[]).await?;
        let cluster = cx.ports.cluster(at.cluster).await.map_err(|error| failure::refused(&error, &site.name))?;
        let applied = cluster.apply(&set).await.map_err(|error| failure::refused(&error, &site.name))?;
        remember(cx, &fulfil, &at, &objects, &set, &applied).await?;
        let names: Vec<String> = applied.iter().map(|applied| applied.object.to_string()).collect();
        Ok(json!({"cluster": site.name, "applied": names}))
    }

    async fn undo(&self, cx: &StepContext<'_, World>) -> Result<(), StepError> {
        let fulfil: Fulfil = cx.saga_params()?;
        let at: AtSite = cx.params()?;
        let site = site(&fulfil, &at)?;
        let sealed = sealed(cx, &fulfil).await?;
        let objects = of_phase(&sealed, &at);
        let created: Vec<ObjectRef> = objects
            .iter()
            .rev()
            .filter(|object| object.change == ChangeKind::Create)
            .map(|object| ObjectRef::of(&object.object))
            .filter(|object| object.kind != "PersistentVolumeClaim" && object.kind != "Namespace")
            .collect();
        let cluster = cx.ports.cluster(at.cluster).await.map_err(|error| failure::refused(&error, &site.name))?;
        cluster
            .delete(&created, Propagation::Foreground)
            .await
            .map_err(|error| failure::refused(&error, &site.name))?;
        crate::gone::wait(cluster.as_ref(), &created, &site.name, &cx.cancel).await?;
        forget(cx, &fulfil, &at, &created).await?;

        let before: Before = cx.output("snapshot").unwrap_or_default();
        let earlier = before.objects(cx, &fulfil).await?;
        restore(cx, &fulfil, &at, &objects, &earlier).await?;

        let makes_namespace = objects.iter().any(|object| {
            object.change == ChangeKind::Create && object.object.pointer("/kind") == Some(&json!("Namespace"))
        });
        if makes_namespace {
            return volumes::leave(cx, fulfil.owner(), site).await;
        }
        // What the order made and nobody mounts any more is kept like any other volume.
        match earlier.clusters.get(&at.cluster).map(|cluster| &cluster.mounts) {
            Some(None) => Ok(()),
            Some(Some(mounts)) => volumes::settle(cx, fulfil.owner(), site, mounts, &fulfil.attaches).await,
            None => volumes::settle(cx, fulfil.owner(), site, &[], &fulfil.attaches).await,
        }
    }
}

fn site<'a>(fulfil: &'a Fulfil, at: &AtSite) -> Result<&'a Site, StepError> {
    fulfil.site(at.cluster).ok_or_else(|| {
        StepError::permanent(ErrorCode::StoreCorrupt, format!("cluster {} is no site of the order", at.cluster))
    })
}

pub(super) async fn sealed(cx: &StepContext<'_, World>, fulfil: &Fulfil) -> Result<SealedPlan, StepError> {
    SealedPlan::get(cx.ports.secrets.as_ref(), fulfil.tenant, fulfil.plan)
        .await
        .map_err(|error| failure::sealed(&error))
}

fn of_phase<'a>(sealed: &'a SealedPlan, at: &AtSite) -> Vec<&'a SealedObject> {
    let objects = sealed.clusters.get(&at.cluster).map(|cluster| cluster.apply.as_slice()).unwrap_or_default();
    objects.iter().filter(|object| object.phase == at.phase).collect()
}

/// The object with its certificate, where it is the Secret of a link.
async fn filled(cx: &StepContext<'_, World>, fulfil: &Fulfil, sealed: &SealedObject) -> Result<Value, StepError> {
    let mut object = sealed.object.clone();
    if let Some(request) = &sealed.mint {
        let [certificate, key, authority] = authority::mint(cx.ports, fulfil.tenant, request).await?;
        object["data"] = json!({
            "tls.crt": STANDARD.encode(certificate),
            "tls.key": STANDARD.encode(key),
            "ca.crt": STANDARD.encode(authority),
        });
        if let Some(members) = object.as_object_mut() {
            members.remove("stringData");
        }
    }
    Ok(object)
}

/// Writes the rows that drift, diff and termination work from, with secret data as the plan shows it.
async fn remember(
    cx: &StepContext<'_, World>,
    fulfil: &Fulfil,
    at: &AtSite,
    objects: &[&SealedObject],
    set: &ObjectSet,
    applied: &[Applied],
) -> Result<(), StepError> {
    let key = cx.ports.digest_key(fulfil.tenant).await.map_err(|error| failure::sealed(&error))?;
    let now = (cx.ports.clock)();
    let mut rows = Vec::with_capacity(objects.len());
    for (sealed, full) in objects.iter().zip(&set.objects) {
        let reference = ObjectRef::of(full);
        rows.push(services::AppliedObject {
            tenant: fulfil.tenant,
            service: fulfil.identity.service,
            cluster: at.cluster,
            component: sealed.component.clone(),
            phase: u32::from(sealed.phase),
            digest: key.digest(full.to_string().as_bytes()),
            // As it is applied: what is minted for a link is part of it, or it would always drift.
            desired: redacted(full, &key),
            uid: applied.iter().find(|applied| applied.object == reference).map(|applied| applied.uid.clone()),
            applied_at: now,
            api_version: reference.api_version,
            kind: reference.kind,
            namespace: reference.namespace,
            name: reference.name,
        });
    }
    let written = hypo_store::write!(cx.ports.store, |tx| services::put_applied(tx, &rows).await);
    written.map_err(|error| failure::store(&error))
}

async fn forget(
    cx: &StepContext<'_, World>,
    fulfil: &Fulfil,
    at: &AtSite,
    objects: &[ObjectRef],
) -> Result<(), StepError> {
    let written = hypo_store::write!(cx.ports.store, |tx| {
        for object in objects {
            services::forget_applied(tx, fulfil.identity.service, at.cluster, object).await?;
        }
        Ok(())
    });
    written.map_err(|error| failure::store(&error))
}

/// Puts changed objects back to what the last completed order applied.
async fn restore(
    cx: &StepContext<'_, World>,
    fulfil: &Fulfil,
    at: &AtSite,
    objects: &[&SealedObject],
    earlier: &SealedPlan,
) -> Result<(), StepError> {
    let Some(earlier) = earlier.clusters.get(&at.cluster) else { return Ok(()) };
    let changed: Vec<ObjectRef> = objects
        .iter()
        .filter(|object| object.change == ChangeKind::Update)
        .map(|object| ObjectRef::of(&object.object))
        .collect();
    put_back(cx, fulfil, at, earlier, &changed).await
}

/// Applies objects of an earlier order again, and records them as what is wanted.
pub(super) async fn put_back(
    cx: &StepContext<'_, World>,
    fulfil: &Fulfil,
    at: &AtSite,
    earlier: &SealedCluster,
    objects: &[ObjectRef],
) -> Result<(), StepError> {
    let site = site(fulfil, at)?;
    let wanted = |sealed: &&SealedObject| {
        let found = ObjectRef::of(&sealed.object);
        objects.iter().any(|object| object.is_same(&found))
    };
    let earlier: Vec<&SealedObject> = earlier.apply.iter().filter(wanted).collect();
    let mut set = ObjectSet { objects: Vec::with_capacity(earlier.len()), force: true };
    for sealed in &earlier {
        set.objects.push(filled(cx, fulfil, sealed).await?);
    }
    let cluster = cx.ports.cluster(at.cluster).await.map_err(|error| failure::refused(&error, &site.name))?;
    let applied = cluster.apply(&set).await.map_err(|error| failure::refused(&error, &site.name))?;
    remember(cx, fulfil, at, &earlier, &set, &applied).await
}
