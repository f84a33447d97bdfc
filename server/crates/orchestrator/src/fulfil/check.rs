//! Before anything is changed: every cluster is still offered to the tenant and answers.

use async_trait::async_trait;
use hypo_engine::{Action, StepContext, StepError};
use hypo_shared::ErrorCode;
use hypo_store::clusters;
use serde_json::{Value, json};

use super::Fulfil;
use crate::{failure, world::World};

pub(super) struct Check;

#[async_trait]
impl Action<World> for Check {
    async fn run(&self, cx: &StepContext<'_, World>) -> Result<Value, StepError> {
        let fulfil: Fulfil = cx.saga_params()?;
        // A cluster that is only left may have been revoked: nothing new comes there.
        for site in fulfil.sites.iter().filter(|site| !site.phases.is_empty()) {
            let offered = clusters::offered_one(cx.ports.store.read(), fulfil.tenant, site.cluster).await;
            offered.map_err(|error| match error.code() {
                ErrorCode::ClusterNotFound => StepError::permanent(
                    ErrorCode::PlacementNotGranted,
                    format!("the cluster {} is no longer offered to this tenant", site.name),
                ),
                _ => failure::store(&error),
            })?;
            cx.progress(json!({"waitingFor": format!("{} to answer", site.name)}));
            let cluster = cx.ports.cluster(site.cluster).await.map_err(|error| failure::refused(&error, &site.name))?;
            cluster
                .list("v1", "Pod", &crate::live::scope_of(fulfil.identity.service, &site.namespace))
                .await
                .map_err(|error| failure::refused(&error, &site.name))?;
        }
        Ok(json!({}))
    }

    async fn undo(&self, _: &StepContext<'_, World>) -> Result<(), StepError> {
        Ok(())
    }
}
