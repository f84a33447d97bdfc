//! The service has ended: its documents say so and nothing is watched any more.

use async_trait::async_trait;
use hypo_engine::{Action, StepContext, StepError};
use hypo_shared::service::ServiceState;
use hypo_store::services as rows;
use serde_json::{Value, json};

use super::Terminate;
use crate::{failure, project::services, world::World};

pub(super) struct Finish;

#[async_trait]
impl Action<World> for Finish {
    async fn run(&self, cx: &StepContext<'_, World>) -> Result<Value, StepError> {
        let terminate: Terminate = cx.saga_params()?;
        services::end(cx.ports, terminate.tenant, terminate.service, ServiceState::Terminated)
            .await
            .map_err(|error| failure::store(&error))?;
        let cleared = hypo_store::write!(cx.ports.store, |tx| {
            rows::clear_drift(tx, terminate.service).await?;
            rows::forget_status(tx, terminate.service, None).await
        });
        cleared.map_err(|error| failure::store(&error))?;
        Ok(json!({"service": terminate.service, "state": ServiceState::Terminated}))
    }

    async fn undo(&self, _: &StepContext<'_, World>) -> Result<(), StepError> {
        Ok(())
    }
}
