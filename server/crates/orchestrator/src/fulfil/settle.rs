//! The last step: volumes nobody mounts any more are deleted where a person named them, and listed as kept where not.
//!
//! A deletion cannot be undone. It comes after everything else, and when it fails a person decides, whatever the order's
//! policy says.

use async_trait::async_trait;
use hypo_engine::{Action, StepContext, StepError, StepErrorKind};
use hypo_shared::analysis::ObjectRef;
use hypo_store::services;
use serde_json::{Value, json};

use super::{Fulfil, adopt::Adopted, apply};
use crate::{failure, volumes, world::World};

/// Attempts before a person is asked.
const ATTEMPTS: u32 = 4;

pub(super) struct Settle;

#[async_trait]
impl Action<World> for Settle {
    async fn run(&self, cx: &StepContext<'_, World>) -> Result<Value, StepError> {
        let fulfil: Fulfil = cx.saga_params()?;
        let owner = fulfil.owner();
        let sealed = apply::sealed(cx, &fulfil).await?;
        let (mut deleted, mut away) = (Vec::new(), Vec::new());
        for site in &fulfil.sites {
            let Some(cluster) = sealed.clusters.get(&site.cluster) else { continue };
            volumes::discard(cx, owner, site, &cluster.discard).await.map_err(|error| ask(cx, error))?;
            deleted.extend(cluster.discard.iter().map(|claim| format!("{claim} on {}", site.name)));
            // A plan that was sealed before claims were noted says nothing of what it mounts.
            let Some(mounts) = &cluster.mounts else { continue };
            match volumes::settle(cx, owner, site, mounts, &[]).await {
                Ok(()) => {}
                Err(error) if cx.attempt < ATTEMPTS => return Err(again(error)),
                // Everything runs; only the list of kept volumes may lack what this cluster holds.
                Err(_) => away.push(site.name.clone()),
            }
        }
        let adopted: Adopted = cx.output("adopt").unwrap_or_default();
        let handed = hypo_store::write!(cx.ports.store, |tx| {
            for id in &fulfil.attaches {
                services::hand_over_volume(tx, *id, owner.service).await?;
            }
            for former in adopted.former.iter().filter(|former| former.service != owner.service) {
                // The namespace came along: the former service has nothing in it any more.
                let namespace = ObjectRef::core("Namespace", "", &former.namespace);
                services::forget_applied(tx, former.service, former.cluster, &namespace).await?;
            }
            Ok(())
        });
        handed.map_err(|error| failure::store(&error))?;
        Ok(json!({"volumesDeleted": deleted, "notListed": away}))
    }

    async fn undo(&self, _: &StepContext<'_, World>) -> Result<(), StepError> {
        // What was deleted stays deleted; the undo of the steps before lists what is there.
        Ok(())
    }
}

fn again(error: StepError) -> StepError {
    let kind = if error.kind == StepErrorKind::Park { error.kind } else { StepErrorKind::Retry { after: None } };
    StepError { kind, ..error }
}

fn ask(cx: &StepContext<'_, World>, error: StepError) -> StepError {
    if cx.attempt < ATTEMPTS { again(error) } else { StepError { kind: StepErrorKind::Hold, ..error } }
}
