//! Compares what was applied with what is live, field by field; shows it or puts it back, as the service's owner chose.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
    time::Duration,
};

use async_trait::async_trait;
use hypo_engine::{ReconcileError, Reconciler};
use hypo_model::{
    drift,
    ports::cluster::{ClusterPort, ObjectSet},
};
use hypo_shared::{ClusterId, PlanId, ServiceId, TenantId, analysis::ObjectRef, plan::FieldDiff, service::DriftPolicy};
use hypo_store::{
    Scope, Slice,
    documents::{self, Document, ListQuery, Showing, kind},
    services::{self, AppliedObject},
};
use serde_json::{Value, json};

use super::failed;
use crate::{project::services::characteristic, seal::SealedPlan, world::World};

/// The reconciler `drift`.
pub struct Drift {
    pub(crate) world: Arc<World>,
}

#[async_trait]
impl Reconciler for Drift {
    fn name(&self) -> &'static str {
        "drift"
    }

    fn period(&self) -> Duration {
        self.world.settings.drift_every
    }

    async fn run(&self) -> Result<Value, ReconcileError> {
        let query = ListQuery {
            states: vec!["active".to_owned()],
            showing: Showing::Applications,
            slice: Slice { offset: 0, limit: Slice::MAX },
            ..ListQuery::of(kind::SERVICE)
        };
        let active = documents::list(self.world.store.read(), Scope::Platform, &query).await.map_err(failed)?.items;
        let (mut drifted, mut reverted, mut unreachable) = (0, 0, 0);
        for service in &active {
            let read = self.world.store.read();
            let known = services::drift(read, Scope::Platform, ServiceId(service.id)).await.map_err(failed)?;
            let known: HashSet<(ClusterId, ObjectRef)> = known.iter().map(|row| (row.cluster, row.object())).collect();
            for (cluster, objects) in self.by_cluster(ServiceId(service.id)).await.map_err(failed)? {
                match self.look(service, cluster, &objects, &known).await {
                    Ok((fields, back)) => {
                        drifted += fields;
                        reverted += back;
                    }
                    Err(error) => {
                        unreachable += 1;
                        tracing::debug!(service.id = %service.id, cluster.id = %cluster, error = %error, "Drift could not be looked for.");
                    }
                }
            }
        }
        Ok(
            json!({"services": active.len(), "driftedFields": drifted, "revertedObjects": reverted, "unreachable": unreachable}),
        )
    }
}

impl Drift {
    async fn by_cluster(&self, service: ServiceId) -> hypo_store::Result<BTreeMap<ClusterId, Vec<AppliedObject>>> {
        let mut all: BTreeMap<ClusterId, Vec<AppliedObject>> = BTreeMap::new();
        for object in services::applied(self.world.store.read(), Scope::Platform, service).await? {
            all.entry(object.cluster).or_default().push(object);
        }
        Ok(all)
    }

    async fn look(
        &self,
        service: &Document,
        cluster: ClusterId,
        objects: &[AppliedObject],
        known: &HashSet<(ClusterId, ObjectRef)>,
    ) -> Result<(usize, usize), Box<dyn std::error::Error + Send + Sync>> {
        let port = self.world.cluster(cluster).await?;
        let key = self.world.digest_key(service.tenant).await?;
        let references: Vec<ObjectRef> = objects.iter().map(AppliedObject::object).collect();
        let live = port.observe(&references).await?;
        let now = (self.world.clock)();
        let (mut fields, mut away) = (0, Vec::new());
        for (applied, observed) in objects.iter().zip(live) {
            // A difference leads from what is live to what is planned; drift is told the other way round.
            let found: Vec<FieldDiff> = drift::of(&applied.desired, observed.live.as_ref(), &key)
                .into_iter()
                .map(|field| FieldDiff { path: field.path, from: field.to, to: field.from })
                .collect();
            fields += found.len();
            if !found.is_empty() {
                away.push(observed.object.clone());
            } else if !known.contains(&(cluster, observed.object.clone())) {
                // As it was and as it should be: nothing to write.
                continue;
            }
            let (tenant, id) = (service.tenant, ServiceId(service.id));
            let write = hypo_store::write!(self.world.store, |tx| {
                services::set_drift(tx, tenant, id, cluster, &observed.object, &found, now).await
            });
            write?;
        }
        let policy = characteristic(&service.doc, "hypo.driftPolicy").cloned().unwrap_or_default();
        if away.is_empty() || serde_json::from_value::<DriftPolicy>(policy).unwrap_or_default() != DriftPolicy::Revert {
            return Ok((fields, 0));
        }
        let reverted = revert(&self.world, service, cluster, port.as_ref(), &away).await?;
        Ok((fields, reverted))
    }
}

/// Applies the planned objects again; says how many.
pub(crate) async fn revert(
    world: &World,
    service: &Document,
    cluster: ClusterId,
    port: &dyn ClusterPort,
    objects: &[ObjectRef],
) -> Result<usize, Box<dyn std::error::Error + Send + Sync>> {
    let plan = characteristic(&service.doc, "hypo.plan").cloned().unwrap_or_default();
    let plan: PlanId = serde_json::from_value(plan)?;
    let tenant: TenantId = service.tenant;
    let sealed = SealedPlan::get(world.secrets.as_ref(), tenant, plan).await?;
    let Some(sealed) = sealed.clusters.get(&cluster) else { return Ok(0) };
    let set = ObjectSet {
        objects: sealed
            .apply
            .iter()
            // A link's Secret is filled when it is minted; its drift is shown, not put back from here.
            .filter(|object| object.mint.is_none())
            .map(|object| object.object.clone())
            .filter(|object| objects.contains(&ObjectRef::of(object)))
            .collect(),
        force: true,
    };
    port.apply(&set).await?;
    Ok(set.objects.len())
}
