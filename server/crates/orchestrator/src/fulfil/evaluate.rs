//! Is a workload ready, and if not, why.

use hypo_engine::StepError;
use hypo_model::{
    cause::{self, Cause},
    health::{self, ComponentHealth},
    identity::label_value,
    ports::cluster::{ClusterPort, Error, LABEL_COMPONENT, LogQuery, Scope},
};
use hypo_shared::{ServiceId, analysis::ObjectRef, service::Health};
use serde_json::Value;

use crate::{
    failure, live,
    sites::{Site, WorkloadRef},
};

/// What was seen of a workload.
pub(super) struct Verdict {
    pub workload: WorkloadRef,
    pub health: ComponentHealth,
    pub cause: Option<Cause>,
}

impl Verdict {
    pub fn is_ready(&self) -> bool {
        self.health.health == Health::Healthy
    }
}

/// Looks at every workload of a site once.
pub(super) async fn site(
    cluster: &dyn ClusterPort,
    service: ServiceId,
    site: &Site,
    workloads: &[WorkloadRef],
) -> Result<Vec<Verdict>, StepError> {
    look(cluster, service, site, workloads).await.map_err(|error| failure::refused(&error, &site.name))
}

async fn look(
    cluster: &dyn ClusterPort,
    service: ServiceId,
    site: &Site,
    workloads: &[WorkloadRef],
) -> Result<Vec<Verdict>, Error> {
    let references: Vec<ObjectRef> = workloads
        .iter()
        .map(|workload| ObjectRef {
            api_version: workload.api_version.clone(),
            kind: workload.kind.clone(),
            namespace: site.namespace.clone(),
            name: workload.name.clone(),
        })
        .collect();
    let live = cluster.observe(&references).await?;
    let pods = cluster.list("v1", "Pod", &live::scope_of(service, &site.namespace)).await?;
    let everything = Scope { namespace: site.namespace.clone(), ..Scope::default() };
    let events = cluster.list("v1", "Event", &everything).await?;
    let mut verdicts = Vec::with_capacity(workloads.len());
    for (workload, observed) in workloads.iter().zip(live) {
        let label = label_value(&workload.component);
        let pods: Vec<Value> =
            pods.iter().filter(|pod| live::label(pod, LABEL_COMPONENT) == Some(label.as_str())).cloned().collect();
        let health = health::of_component(observed.live.as_ref(), &pods);
        let cause = if health.health == Health::Healthy {
            None
        } else {
            let logs = last_words(cluster, &site.namespace, &pods).await;
            cause::explain(&pods, &events, observed.live.as_ref(), &logs)
        };
        verdicts.push(Verdict { workload: workload.clone(), health, cause });
    }
    Ok(verdicts)
}

/// The last lines of a container that ended, for the cause; nothing where none did.
async fn last_words(cluster: &dyn ClusterPort, namespace: &str, pods: &[Value]) -> Vec<String> {
    let ended = pods.iter().find_map(|pod| {
        let statuses = pod.pointer("/status/containerStatuses")?.as_array()?;
        let status = statuses.iter().find(|status| {
            status["restartCount"].as_u64().unwrap_or(0) > 0 || status.pointer("/state/terminated").is_some()
        })?;
        Some((
            pod.pointer("/metadata/name")?.as_str()?.to_owned(),
            status["name"].as_str()?.to_owned(),
            status["restartCount"].as_u64().unwrap_or(0) > 0,
        ))
    });
    let Some((pod, container, restarted)) = ended else { return Vec::new() };
    let query = LogQuery {
        namespace: namespace.to_owned(),
        pod,
        container: Some(container),
        tail: Some(10),
        previous: restarted,
        ..LogQuery::default()
    };
    live::collect(cluster, &query, 10).await
}
