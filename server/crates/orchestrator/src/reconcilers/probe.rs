//! Probes every cluster: facts for the planner, reachability for people.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use futures::{StreamExt, stream};
use hypo_engine::{ReconcileError, Reconciler};
use hypo_shared::{ClusterId, resource::ResourceStatus};
use hypo_store::{Scope, Slice, clusters};
use serde_json::{Value, json};

use super::failed;
use crate::world::World;

/// Clusters that are probed at once; one that hangs does not hold up the others.
const PARALLEL: usize = 8;
const PATIENCE: Duration = Duration::from_secs(20);

/// The reconciler `probe-clusters`.
pub struct Probe {
    pub(crate) world: Arc<World>,
}

#[async_trait]
impl Reconciler for Probe {
    fn name(&self) -> &'static str {
        "probe-clusters"
    }

    fn period(&self) -> Duration {
        self.world.settings.probe_every
    }

    async fn run(&self) -> Result<Value, ReconcileError> {
        let all = clusters::list(self.world.store.read(), Scope::Platform, Slice { offset: 0, limit: Slice::MAX })
            .await
            .map_err(failed)?;
        let total = all.items.len();
        let answers: Vec<bool> = stream::iter(all.items)
            .map(|row| async move { probe(&self.world, row.id).await.unwrap_or(false) })
            .buffer_unordered(PARALLEL)
            .collect()
            .await;
        let available = answers.into_iter().filter(|answered| *answered).count();
        Ok(json!({"clusters": total, "available": available}))
    }
}

/// Probes one cluster and records what was found; says whether it answered.
pub(crate) async fn probe(world: &World, id: ClusterId) -> hypo_store::Result<bool> {
    let asked = async {
        let port = world.cluster(id).await?;
        port.facts().await
    };
    let answer = tokio::time::timeout(PATIENCE, asked).await;
    let now = (world.clock)();
    let (facts, status, problem) = match answer {
        Ok(Ok(facts)) => (serde_json::to_value(facts).ok(), ResourceStatus::Available, None),
        Ok(Err(error)) => (None, ResourceStatus::Alarm, Some(format!("{}: {}", error.code, error.message))),
        Err(_) => (None, ResourceStatus::Alarm, Some(format!("no answer within {} s", PATIENCE.as_secs()))),
    };
    let available = problem.is_none();
    let write = hypo_store::write!(world.store, |tx| {
        clusters::record_probe(tx, id, facts.as_ref(), status, problem.as_deref(), now).await
    });
    write?;
    Ok(available)
}
