//! Everything is ready: the service becomes active and the reconcilers keep it from here on.

use async_trait::async_trait;
use hypo_engine::{Action, StepContext, StepError};
use hypo_shared::service::ServiceState;
use hypo_store::services as rows;
use serde_json::{Value, json};

use super::Fulfil;
use crate::{failure, project::services, world::World};

pub(super) struct Activate;

#[async_trait]
impl Action<World> for Activate {
    async fn run(&self, cx: &StepContext<'_, World>) -> Result<Value, StepError> {
        let fulfil: Fulfil = cx.saga_params()?;
        services::activate(cx.ports, &fulfil).await.map_err(|error| failure::store(&error))?;
        let now = (cx.ports.clock)();
        let attached = hypo_store::write!(cx.ports.store, |tx| {
            for volume in &fulfil.attaches {
                match rows::mark_volume_deleted(tx, fulfil.tenant, *volume, now).await {
                    // Attached by an earlier attempt.
                    Err(error) if error.code() == hypo_shared::ErrorCode::VolumeNotFound => {}
                    other => drop(other?),
                }
            }
            Ok(())
        });
        attached.map_err(|error| failure::store(&error))?;
        Ok(json!({"service": fulfil.identity.service, "state": ServiceState::Active}))
    }

    async fn undo(&self, _: &StepContext<'_, World>) -> Result<(), StepError> {
        // The undo of `register` ends a new service; a modified one stays active on its earlier objects.
        Ok(())
    }
}
