//! Everything is ready: the service becomes active and the reconcilers keep it from here on.

use async_trait::async_trait;
use hypo_engine::{Action, StepContext, StepError};
use hypo_shared::service::ServiceState;
use serde_json::{Value, json};

use super::Fulfil;
use crate::{failure, project::services, world::World};

pub(super) struct Activate;

#[async_trait]
impl Action<World> for Activate {
    async fn run(&self, cx: &StepContext<'_, World>) -> Result<Value, StepError> {
        let fulfil: Fulfil = cx.saga_params()?;
        services::activate(cx.ports, &fulfil).await.map_err(|error| failure::store(&error))?;
        Ok(json!({"service": fulfil.identity.service, "state": ServiceState::Active}))
    }

    async fn undo(&self, _: &StepContext<'_, World>) -> Result<(), StepError> {
        // The undo of `register` ends a new service, and says of a modified one what it runs on again.
        Ok(())
    }
}
