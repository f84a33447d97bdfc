//! Notes which plan the service runs on now: what an undo goes back to.

use async_trait::async_trait;
use hypo_engine::{Action, StepContext, StepError};
use hypo_shared::PlanId;
use hypo_store::{Scope, documents, plans};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Fulfil;
use crate::{failure, seal::SealedPlan, world::World};

pub(super) struct Snapshot;

#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Before {
    /// The plan of the last completed order of this service.
    pub plan: Option<PlanId>,
}

impl Before {
    /// The objects the service had before; empty for a new service.
    pub async fn objects(&self, cx: &StepContext<'_, World>, fulfil: &Fulfil) -> Result<SealedPlan, StepError> {
        match self.plan {
            None => Ok(SealedPlan::default()),
            Some(plan) => SealedPlan::get(cx.ports.secrets.as_ref(), fulfil.tenant, plan)
                .await
                .map_err(|error| failure::sealed(&error)),
        }
    }
}

#[async_trait]
impl Action<World> for Snapshot {
    async fn run(&self, cx: &StepContext<'_, World>) -> Result<Value, StepError> {
        let fulfil: Fulfil = cx.saga_params()?;
        let read = cx.ports.store.read();
        let runs = plans::runs_of_service(read, Scope::Platform, fulfil.identity.service)
            .await
            .map_err(|error| failure::store(&error))?;
        let mut before = Before::default();
        for run in runs.into_iter().rev().filter(|run| run.order != fulfil.order) {
            let order = documents::find(read, Scope::Platform, documents::kind::SERVICE_ORDER, run.order.0)
                .await
                .map_err(|error| failure::store(&error))?;
            if run.plan.is_some() && order.is_some_and(|order| order.state == "completed") {
                before.plan = run.plan;
                break;
            }
        }
        Ok(json!(before))
    }

    async fn undo(&self, _: &StepContext<'_, World>) -> Result<(), StepError> {
        Ok(())
    }
}
