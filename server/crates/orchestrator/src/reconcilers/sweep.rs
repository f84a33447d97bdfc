//! Takes sealed objects out of the secret store that no plan, order or service needs any more: secret data is not kept
//! longer than it is used.

use std::{collections::HashSet, sync::Arc, time::Duration};

use async_trait::async_trait;
use hypo_engine::{ReconcileError, Reconciler};
use hypo_shared::{OrderId, PlanId, ServiceId};
use hypo_store::{
    Scope,
    documents::{self, kind},
    plans::{self, SealedRow},
};
use serde_json::{Value, json};

use super::failed;
use crate::{
    fulfil,
    project::services::characteristic,
    seal::{self, SealedPlan},
    world::World,
};

/// Between two looks.
const PERIOD: Duration = Duration::from_secs(600);
/// An order that was placed in the last moment is still under way to the store.
const GRACE: chrono::Duration = chrono::Duration::hours(1);
/// How long the row of a plan nobody ordered can be read.
const ROWS: chrono::Duration = chrono::Duration::days(30);

/// The reconciler `sweep-plans`.
pub struct Sweep {
    world: Arc<World>,
}

impl Sweep {
    /// Looks at the record and the secrets of a world, at that world's time.
    #[must_use]
    pub const fn new(world: Arc<World>) -> Self {
        Self { world }
    }
}

#[async_trait]
impl Reconciler for Sweep {
    fn name(&self) -> &'static str {
        "sweep-plans"
    }

    fn period(&self) -> Duration {
        PERIOD
    }

    async fn run(&self) -> Result<Value, ReconcileError> {
        let now = (self.world.clock)();
        let sealed = plans::sealed(self.world.store.read(), now - GRACE).await.map_err(failed)?;
        // An undo goes back to the plan before: nothing of a service is touched while an order of it is open.
        let mut busy: HashSet<ServiceId> = HashSet::new();
        let mut ended = Vec::new();
        for row in sealed {
            match row.order {
                Some(order) if !self.is_over(order).await.map_err(failed)? => busy.extend(row.service),
                _ => ended.push(row),
            }
        }
        let mut forgotten = 0;
        for row in ended.iter().filter(|row| !row.service.is_some_and(|service| busy.contains(&service))) {
            if let Some(over) = self.is_unneeded(row).await.map_err(failed)? {
                self.forget(row, over).await.map_err(failed)?;
                forgotten += 1;
            }
        }
        let swept = hypo_store::write!(self.world.store, |tx| plans::sweep(tx, now - ROWS).await);
        Ok(
            json!({"sealedPlans": ended.len() + busy.len(), "forgotten": forgotten, "rowsRemoved": swept.map_err(failed)?}),
        )
    }
}

/// Whether the service has ended with the plan.
type Ended = bool;

impl Sweep {
    async fn is_over(&self, order: OrderId) -> hypo_store::Result<bool> {
        let read = self.world.store.read();
        let found = documents::find(read, Scope::Platform, kind::SERVICE_ORDER, order.0).await?;
        let last = ["completed", "failed", "cancelled", "rejected", "partial"];
        Ok(found.is_none_or(|order| last.contains(&order.state.as_str())))
    }

    /// `None` while the service runs on the plan.
    async fn is_unneeded(&self, row: &SealedRow) -> hypo_store::Result<Option<Ended>> {
        let Some(service) = row.service.filter(|_| row.order.is_some()) else { return Ok(Some(false)) };
        let read = self.world.store.read();
        let document = documents::find(read, Scope::Platform, kind::SERVICE, service.0).await?;
        let Some(document) = document else { return Ok(Some(false)) };
        if document.state == "terminated" {
            return Ok(Some(true));
        }
        let runs_on = characteristic(&document.doc, "hypo.plan").cloned().unwrap_or_default();
        let current = serde_json::from_value::<PlanId>(runs_on).ok();
        Ok((current != Some(row.id)).then_some(false))
    }

    async fn forget(&self, row: &SealedRow, ended: Ended) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let secrets = self.world.secrets.as_ref();
        if ended {
            // The identities of its links go with the service.
            match SealedPlan::get(secrets, row.tenant, row.id).await {
                Ok(sealed) => {
                    let objects = sealed.clusters.values().flat_map(|cluster| &cluster.apply);
                    for request in objects.filter_map(|object| object.mint.as_ref()) {
                        fulfil::forget_identity(&self.world, row.tenant, request).await?;
                    }
                }
                // Forgotten by an earlier look that did not come to note it.
                Err(error) if !error.transient => {}
                Err(error) => return Err(error.into()),
            }
        }
        seal::forget(secrets, row.tenant, row.id).await?;
        let now = (self.world.clock)();
        hypo_store::write!(self.world.store, |tx| plans::unsealed(tx, row.id, now).await)?;
        Ok(())
    }
}
