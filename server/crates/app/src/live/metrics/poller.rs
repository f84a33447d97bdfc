//! Asks the clusters of one service for its load while somebody watches.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures::future::join_all;
use hypo_orchestrator::{ServiceView, live::scope_of};
use hypo_shared::{ClusterId, ServiceId};
use tokio::{sync::watch, time::MissedTickBehavior};

use super::ring::{Key, Part, Ring, Sample};
use crate::{
    App, Result,
    clusters::{ClusterNames, cluster_names},
};

/// How long a poller goes on when nobody watches: a reload of the page finds its history.
const LINGER: Duration = Duration::from_secs(30);

/// Polls one service.
#[derive(Debug)]
pub struct Poller {
    ring: Mutex<Ring>,
    /// Distinguishes this poller from one before it.
    epoch: u64,
    news: watch::Sender<u64>,
}

impl Poller {
    /// Starts polling; ends some time after the last viewer has gone.
    pub fn start(app: App, id: ServiceId) -> Arc<Self> {
        let poller =
            Arc::new(Self { ring: Mutex::default(), epoch: rand::random::<u32>().into(), news: watch::Sender::new(0) });
        let task = Arc::clone(&poller);
        tokio::spawn(async move { task.run(app, id).await });
        poller
    }

    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    pub fn news(&self) -> watch::Receiver<u64> {
        self.news.subscribe()
    }

    /// See [`Ring::since`].
    pub fn since(&self, seen: Option<u64>) -> (Part, bool) {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner).since(seen)
    }

    async fn run(&self, app: App, id: ServiceId) {
        let step = app.settings().metrics_step;
        let mut ticks = tokio::time::interval(step);
        // A poll that takes longer than a step delays the next; missed ones would all ask at once.
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut alone = Duration::ZERO;
        while alone < LINGER {
            ticks.tick().await;
            alone = if self.news.receiver_count() == 0 { alone + step } else { Duration::ZERO };
            match self.poll(&app, id).await {
                Ok(true) => self.news.send_modify(|seq| *seq += 1),
                Ok(false) => {}
                Err(error) => {
                    tracing::info!(service.id = %id, error = %error, "The load of a service could not be read.")
                }
            }
        }
    }

    /// One sample; says whether there was one.
    async fn poll(&self, app: &App, id: ServiceId) -> Result<bool> {
        let Some(view) = app.orchestrator().live().service(id) else { return Ok(false) };
        let names = cluster_names(app).await?;
        let sites: BTreeSet<(ClusterId, &str)> =
            view.components.iter().map(|component| (component.cluster, component.namespace.as_str())).collect();
        let asked = sites.into_iter().map(|(cluster, namespace)| ask(app, id, cluster, namespace));
        let mut usage = HashMap::new();
        for (cluster, pods) in join_all(asked).await.into_iter().flatten() {
            for (pod, load) in pods {
                usage.insert((cluster, pod), load);
            }
        }
        let sample = Sample { at: millis(app), values: values(&view, &names, &usage) };
        let simulated = simulated(&view, &names);
        let mut ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
        ring.push(sample, |key| simulated.contains(&(key.component.clone(), key.cluster.clone())));
        Ok(true)
    }
}

type Pods = HashMap<String, (f64, f64)>;

/// Load per pod of one site: millicores and bytes. A cluster that does not answer leaves a gap.
async fn ask(app: &App, id: ServiceId, cluster: ClusterId, namespace: &str) -> Option<(ClusterId, Pods)> {
    let port = app.orchestrator().world().cluster(cluster).await.ok()?;
    let containers = port.metrics(&scope_of(id, namespace)).await.ok()?;
    let mut pods = Pods::new();
    for container in containers {
        let load = pods.entry(container.pod).or_default();
        load.0 += float(container.cpu_millis);
        load.1 += float(container.memory_bytes);
    }
    Some((cluster, pods))
}

/// Sums of the pods of each component; a component none of whose pods was measured has a gap.
fn values(
    view: &ServiceView,
    names: &ClusterNames,
    usage: &HashMap<(ClusterId, String), (f64, f64)>,
) -> BTreeMap<Key, f64> {
    let mut values = BTreeMap::new();
    for component in &view.components {
        let measured = component.pods.iter().filter_map(|pod| usage.get(&(component.cluster, pod.name.clone())));
        let sum = measured.copied().reduce(|a, b| (a.0 + b.0, a.1 + b.1));
        let Some((cpu, memory)) = sum else { continue };
        let key = |metric, unit| Key {
            component: component.component.clone(),
            cluster: names.name(component.cluster),
            metric,
            unit,
        };
        values.insert(key("cpu", "millicores"), cpu);
        values.insert(key("memory", "bytes"), memory);
    }
    values
}

fn simulated(view: &ServiceView, names: &ClusterNames) -> HashSet<(String, String)> {
    let played = view.components.iter().filter(|component| component.pods.iter().any(|pod| pod.simulated));
    played.map(|component| (component.component.clone(), names.name(component.cluster))).collect()
}

#[expect(clippy::cast_precision_loss, reason = "loads are far below 2^53")]
fn float(number: u64) -> f64 {
    number as f64
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are far below 2^53")]
fn millis(app: &App) -> f64 {
    app.now().timestamp_millis() as f64
}
