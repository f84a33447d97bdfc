//! Takes away what the service no longer wants, after everything new is ready. Volumes stay.

use async_trait::async_trait;
use hypo_engine::{Action, StepContext, StepError};
use hypo_model::ports::cluster::Propagation;
use hypo_store::services;
use serde_json::{Value, json};

use super::{AtSite, Fulfil, apply, snapshot::Before};
use crate::{failure, world::World};

pub(super) struct Prune;

#[async_trait]
impl Action<World> for Prune {
    async fn run(&self, cx: &StepContext<'_, World>) -> Result<Value, StepError> {
        let fulfil: Fulfil = cx.saga_params()?;
        let at: AtSite = cx.params()?;
        let name = fulfil.site(at.cluster).map(|site| site.name.clone()).unwrap_or_default();
        let sealed = apply::sealed(cx, &fulfil).await?;
        let Some(objects) = sealed.clusters.get(&at.cluster).map(|cluster| &cluster.delete) else {
            return Ok(json!({}));
        };
        let cluster = cx.ports.cluster(at.cluster).await.map_err(|error| failure::refused(&error, &name))?;
        cluster.delete(objects, Propagation::Foreground).await.map_err(|error| failure::refused(&error, &name))?;
        crate::gone::wait(cluster.as_ref(), objects, &name, &cx.cancel).await?;
        let forgotten = hypo_store::write!(cx.ports.store, |tx| {
            for object in objects {
                services::forget_applied(tx, fulfil.identity.service, at.cluster, object).await?;
            }
            Ok(())
        });
        forgotten.map_err(|error| failure::store(&error))?;
        let names: Vec<String> = objects.iter().map(ToString::to_string).collect();
        Ok(json!({"cluster": name, "deleted": names}))
    }

    async fn undo(&self, cx: &StepContext<'_, World>) -> Result<(), StepError> {
        let fulfil: Fulfil = cx.saga_params()?;
        let at: AtSite = cx.params()?;
        let sealed = apply::sealed(cx, &fulfil).await?;
        let before: Before = cx.output("snapshot").unwrap_or_default();
        let earlier = before.objects(cx, &fulfil).await?;
        match (sealed.clusters.get(&at.cluster), earlier.clusters.get(&at.cluster)) {
            (Some(now), Some(earlier)) => apply::put_back(cx, &fulfil, &at, earlier, &now.delete).await,
            _ => Ok(()),
        }
    }
}
