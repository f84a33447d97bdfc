//! Waits until the workloads of a phase are ready, or names the true cause why they are not.

use std::{collections::HashMap, time::Duration};

use async_trait::async_trait;
use futures::{FutureExt, StreamExt, stream::BoxStream};
use hypo_engine::{Action, StepContext, StepError, StepErrorKind};
use hypo_model::ports::cluster::Change;
use hypo_shared::ErrorCode;
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, timeout};

use super::{
    AtSite, Fulfil,
    evaluate::{self, Verdict},
};
use crate::{
    failure::{self, Failure},
    live,
    world::World,
};

/// A look at least this often, also when the watch is silent: a watch may be broken without saying so.
const LOOK_EVERY: Duration = Duration::from_secs(10);
/// Changes come in bursts; one look serves them all.
const SETTLE: Duration = Duration::from_millis(40);

pub(super) struct Ready;

#[async_trait]
impl Action<World> for Ready {
    async fn run(&self, cx: &StepContext<'_, World>) -> Result<Value, StepError> {
        let fulfil: Fulfil = cx.saga_params()?;
        let at: AtSite = cx.params()?;
        let site = fulfil.site(at.cluster).ok_or_else(|| {
            StepError::permanent(ErrorCode::StoreCorrupt, format!("cluster {} is no site of the order", at.cluster))
        })?;
        let workloads: Vec<_> = site.workloads.iter().filter(|workload| workload.phase == at.phase).cloned().collect();
        let cluster = cx.ports.cluster(at.cluster).await.map_err(|error| failure::refused(&error, &site.name))?;
        let mut changes = cluster.watch(live::scope_of(fulfil.identity.service, &site.namespace));
        let started = Instant::now();
        // Since when each component has the same cause: a cause that passes is no failure.
        let mut standing: HashMap<String, (ErrorCode, Instant)> = HashMap::new();
        loop {
            let verdicts = evaluate::site(cluster.as_ref(), fulfil.identity.service, site, &workloads).await?;
            if verdicts.iter().all(Verdict::is_ready) {
                return Ok(json!({"cluster": site.name, "workloads": summary(&verdicts)}));
            }
            cx.progress(json!({
                "cluster": site.name,
                "waitingFor": waiting(&verdicts, &site.name),
                "workloads": summary(&verdicts),
            }));
            standing.retain(|component, (code, _)| {
                verdicts.iter().any(|verdict| {
                    verdict.workload.component == *component
                        && verdict.cause.as_ref().is_some_and(|cause| cause.code == *code)
                })
            });
            let mut patience = LOOK_EVERY;
            for verdict in verdicts {
                let Some(cause) = verdict.cause else { continue };
                let (_, since) = standing.entry(verdict.workload.component).or_insert((cause.code, Instant::now()));
                let stands = since.elapsed();
                if stands >= cx.ports.settings.cause_stands {
                    return Err(Failure::of_cause(cause, &site.name).into_step(StepErrorKind::Permanent));
                }
                patience = patience.min(cx.ports.settings.cause_stands - stands);
            }
            let waited = started.elapsed();
            if waited >= cx.ports.settings.ready_within {
                return Err(too_late(cx, &site.name));
            }
            let patience = patience.min(cx.ports.settings.ready_within - waited);
            tokio::select! {
                () = cx.cancel.cancelled() => {
                    return Err(StepError::retry(ErrorCode::RolloutTimeout, "the wait was broken off"));
                }
                () = changed(&mut changes, patience) => {}
            }
        }
    }

    async fn undo(&self, _: &StepContext<'_, World>) -> Result<(), StepError> {
        Ok(())
    }
}

/// Returns when something has changed and the burst is over, or when nobody said anything for so long.
async fn changed(changes: &mut BoxStream<'static, Change>, patience: Duration) {
    if timeout(patience, changes.next()).await.is_err() {
        return;
    }
    sleep(SETTLE).await;
    // One look serves all that has come in meanwhile.
    while let Some(Some(_)) = changes.next().now_or_never() {}
}

fn too_late(cx: &StepContext<'_, World>, cluster: &str) -> StepError {
    Failure {
        code: ErrorCode::RolloutTimeout,
        title: ErrorCode::RolloutTimeout.title().to_owned(),
        component: None,
        cluster: Some(cluster.to_owned()),
        detail: format!("not ready after {} s", cx.ports.settings.ready_within.as_secs()),
        remedy: "Look at the component's events and logs, then retry the order.".into(),
        evidence: Vec::new(),
    }
    .into_step(StepErrorKind::Permanent)
}

fn waiting(verdicts: &[Verdict], cluster: &str) -> String {
    let open: Vec<String> = verdicts
        .iter()
        .filter(|verdict| !verdict.is_ready())
        .map(|verdict| format!("{} ({}/{})", verdict.workload.component, verdict.health.ready, verdict.health.desired))
        .collect();
    format!("{} on {cluster} to become ready", open.join(", "))
}

fn summary(verdicts: &[Verdict]) -> Value {
    verdicts
        .iter()
        .map(|verdict| {
            json!({
                "component": verdict.workload.component,
                "ready": verdict.health.ready,
                "desired": verdict.health.desired,
                "message": verdict.health.message,
                "cause": verdict.cause.as_ref().map(|cause| &cause.title),
            })
        })
        .collect()
}
