//! Writes the service documents: one customer-facing service and, beneath it, a resource-facing service per component
//! and cluster (TMF638). A new service starts `reserved`.

use async_trait::async_trait;
use hypo_engine::{Action, StepContext, StepError};
use hypo_shared::{order::ItemAction, service::ServiceState};
use serde_json::{Value, json};

use super::Fulfil;
use crate::{failure, project::services, world::World};

pub(super) struct Register;

#[async_trait]
impl Action<World> for Register {
    async fn run(&self, cx: &StepContext<'_, World>) -> Result<Value, StepError> {
        let fulfil: Fulfil = cx.saga_params()?;
        services::reserve(cx.ports, &fulfil).await.map_err(|error| failure::store(&error))?;
        Ok(json!({"service": fulfil.identity.service}))
    }

    async fn undo(&self, cx: &StepContext<'_, World>) -> Result<(), StepError> {
        let fulfil: Fulfil = cx.saga_params()?;
        if fulfil.action != ItemAction::Add {
            return Ok(());
        }
        services::end(cx.ports, fulfil.tenant, fulfil.identity.service, ServiceState::Terminated)
            .await
            .map_err(|error| failure::store(&error))
    }
}
