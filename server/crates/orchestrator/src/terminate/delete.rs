//! Deletes what a service has in one cluster.

use async_trait::async_trait;
use hypo_engine::{Action, StepContext, StepError};
use hypo_model::ports::cluster::Propagation;
use hypo_shared::ErrorCode;
use hypo_store::services;
use serde_json::{Value, json};

use super::{AtCluster, Terminate};
use crate::{
    failure,
    volumes::{self, Owner},
    world::World,
};

pub(super) struct Delete;

#[async_trait]
impl Action<World> for Delete {
    async fn run(&self, cx: &StepContext<'_, World>) -> Result<Value, StepError> {
        let terminate: Terminate = cx.saga_params()?;
        let at: AtCluster = cx.params()?;
        let wanted = terminate.sites.iter().find(|site| site.site.cluster == at.cluster).ok_or_else(|| {
            StepError::permanent(ErrorCode::StoreCorrupt, format!("cluster {} is no site of the order", at.cluster))
        })?;
        let name = &wanted.site.name;
        let refused = |error| failure::refused(&error, name);
        let cluster = cx.ports.cluster(at.cluster).await.map_err(refused)?;
        cx.progress(
            json!({"cluster": name, "waitingFor": format!("{} objects on {name} to be deleted", wanted.delete.len())}),
        );
        cluster.delete(&wanted.delete, Propagation::Foreground).await.map_err(refused)?;
        crate::gone::wait(cluster.as_ref(), &wanted.delete, name, &cx.cancel).await?;

        let owner = Owner { tenant: terminate.tenant, service: terminate.service };
        volumes::discard(cx, owner, &wanted.site, &wanted.delete_claims).await?;

        let forgotten = hypo_store::write!(cx.ports.store, |tx| {
            for object in &wanted.delete {
                services::forget_applied(tx, terminate.service, at.cluster, object).await?;
            }
            Ok(())
        });
        forgotten.map_err(|error| failure::store(&error))?;
        volumes::leave(cx, owner, &wanted.site).await?;
        Ok(json!({"cluster": name, "deleted": wanted.delete.len(), "volumesDeleted": wanted.delete_claims}))
    }

    async fn undo(&self, cx: &StepContext<'_, World>) -> Result<(), StepError> {
        if cx.own_output().is_none() && cx.attempt == 0 {
            return Ok(());
        }
        Err(StepError::permanent(ErrorCode::OrderStateConflict, "a deletion cannot be undone; retry the order instead"))
    }
}
