//! The feeds: one per running service, each with a watch per cluster.

use std::{collections::HashMap, sync::Arc, time::Duration};

use futures::{StreamExt, stream::SelectAll};
use hypo_model::ports::cluster::Change;
use hypo_shared::{ClusterId, ServiceId, TenantId};
use hypo_store::{
    Scope,
    services::{self, ComponentStatus, Place},
};
use tokio::{task::JoinHandle, time::sleep};
use tokio_util::sync::CancellationToken;

use super::{
    Live, ServiceView,
    index::{self, Index},
    scope_of,
};
use crate::{
    Site,
    sites::{WORKLOADS, WorkloadRef},
    world::World,
};

/// Changes come in bursts; the view is made once per burst.
const SETTLE: Duration = Duration::from_millis(100);
/// A cluster that could not be connected to is tried again after this.
const AGAIN: Duration = Duration::from_secs(5);
/// Commits come in bursts, too; where services have objects is looked up once per burst.
const BURST: Duration = Duration::from_millis(300);
/// The set of running services is looked at anew at least this often.
const SWEEP: Duration = Duration::from_secs(10);

/// Keeps one feed per running service.
pub struct Feeds {
    world: Arc<World>,
    live: Live,
    running: HashMap<ServiceId, (Vec<Site>, CancellationToken, JoinHandle<()>)>,
}

impl Feeds {
    #[must_use]
    pub fn new(world: Arc<World>, live: Live) -> Self {
        Self { world, live, running: HashMap::new() }
    }

    /// Runs until `shutdown`.
    pub async fn run(mut self, shutdown: CancellationToken) {
        let mut changes = self.world.store.changes();
        loop {
            if let Err(error) = self.align(&shutdown).await {
                tracing::warn!(error = %error, "Running services could not be listed; it is tried again.");
            }
            tokio::select! {
                () = shutdown.cancelled() => return,
                () = sleep(SWEEP) => {}
                changed = changes.changed() => {
                    if changed.is_err() {
                        return;
                    }
                    sleep(BURST).await;
                }
            }
        }
    }

    /// Starts, replaces and ends feeds so that they match the record.
    async fn align(&mut self, shutdown: &CancellationToken) -> hypo_store::Result<()> {
        let wanted = sites(&self.world).await?;
        self.running.retain(|service, (_, cancel, _)| {
            let stays = wanted.contains_key(service);
            if !stays {
                cancel.cancel();
                self.live.remove(*service);
            }
            stays
        });
        for (service, (tenant, sites)) in wanted {
            let same =
                self.running.get(&service).is_some_and(|(known, _, task)| *known == sites && !task.is_finished());
            if same {
                continue;
            }
            if let Some((_, cancel, _)) = self.running.remove(&service) {
                cancel.cancel();
            }
            let cancel = shutdown.child_token();
            let feed = Feed { world: self.world.clone(), live: self.live.clone(), tenant, service };
            let (watched, token) = (sites.clone(), cancel.clone());
            let task = tokio::spawn(async move {
                tokio::select! {
                    () = token.cancelled() => {}
                    () = feed.run(watched) => {}
                }
            });
            self.running.insert(service, (sites, cancel, task));
        }
        Ok(())
    }
}

/// Services that have something in clusters, and where.
async fn sites(world: &World) -> hypo_store::Result<HashMap<ServiceId, (TenantId, Vec<Site>)>> {
    let mut all: HashMap<ServiceId, (TenantId, Vec<Site>)> = HashMap::new();
    for place in services::places(world.store.read()).await? {
        let (_, sites) = all.entry(place.service).or_insert_with(|| (place.tenant, Vec::new()));
        add(sites, place);
    }
    Ok(all)
}

fn add(sites: &mut Vec<Site>, place: Place) {
    let known = sites.iter().position(|site| site.cluster == place.cluster && site.namespace == place.namespace);
    let position = known.unwrap_or_else(|| {
        sites.push(Site {
            cluster: place.cluster,
            name: place.cluster_name.unwrap_or_else(|| place.cluster.to_string()),
            namespace: place.namespace,
            makes_namespace: false,
            phases: Vec::new(),
            workloads: Vec::new(),
            prunes: false,
        });
        sites.len() - 1
    });
    if let (true, Some(component)) = (WORKLOADS.contains(&place.kind.as_str()), place.component) {
        sites[position].workloads.push(WorkloadRef {
            component,
            api_version: place.api_version,
            kind: place.kind,
            name: place.name,
            phase: u8::try_from(place.phase).unwrap_or(u8::MAX),
        });
    }
}

struct Feed {
    world: Arc<World>,
    live: Live,
    tenant: TenantId,
    service: ServiceId,
}

impl Feed {
    async fn run(self, sites: Vec<Site>) {
        let mut indexes: HashMap<ClusterId, Index> =
            sites.iter().map(|site| (site.cluster, Index::new(site.clone()))).collect();
        let mut changes = SelectAll::new();
        for site in sites {
            changes.push(self.changes(site));
        }
        let read = self.world.store.read();
        let known = services::status(read, Scope::Platform, self.service).await.unwrap_or_default();
        let mut known: HashMap<(String, ClusterId), ComponentStatus> =
            known.into_iter().map(|status| ((status.component.clone(), status.cluster), status)).collect();
        while let Some((cluster, change)) = changes.next().await {
            self.take(&mut indexes, cluster, change);
            // Whatever else has come in meanwhile belongs to the same view.
            let settled = sleep(SETTLE);
            tokio::pin!(settled);
            loop {
                tokio::select! {
                    () = &mut settled => break,
                    next = changes.next() => match next {
                        Some((cluster, change)) => self.take(&mut indexes, cluster, change),
                        None => break,
                    },
                }
            }
            let view = index::view(indexes.values());
            self.record(&view, &mut known).await;
            self.live.put(self.service, view);
        }
    }

    /// The watch of one site, connected again whenever it cannot be.
    fn changes(&self, site: Site) -> futures::stream::BoxStream<'static, (ClusterId, Change)> {
        let (world, service, cluster) = (self.world.clone(), self.service, site.cluster);
        futures::stream::unfold(None, move |open| {
            let (world, site) = (world.clone(), site.clone());
            async move {
                let mut open = match open {
                    Some(open) => open,
                    None => match world.cluster(site.cluster).await {
                        Ok(port) => port.watch(scope_of(service, &site.namespace)),
                        Err(error) => {
                            sleep(AGAIN).await;
                            return Some((Change::Lost(error), None));
                        }
                    },
                };
                let change = open.next().await?;
                Some((change, Some(open)))
            }
        })
        .map(move |change| (cluster, change))
        .boxed()
    }

    /// The health of components outlives the process in the store, and its changes are events.
    async fn record(&self, view: &ServiceView, known: &mut HashMap<(String, ClusterId), ComponentStatus>) {
        let now = (self.world.clock)();
        let rows: Vec<ComponentStatus> = index::clusters(view)
            .map(|(component, cluster)| ComponentStatus {
                tenant: self.tenant,
                service: self.service,
                component: component.component.clone(),
                cluster,
                desired: component.desired,
                ready: component.ready,
                health: component.health,
                message: component.message.clone(),
                cause: component.cause.as_ref().map(|cause| cause.code),
                observed_at: component.observed_at.unwrap_or(now),
            })
            .collect();
        let same = |row: &ComponentStatus| {
            let known = known.get(&(row.component.clone(), row.cluster));
            known.is_some_and(|known| ComponentStatus { observed_at: row.observed_at, ..known.clone() } == *row)
        };
        let news: Vec<ComponentStatus> = rows.into_iter().filter(|row| !same(row)).collect();
        if news.is_empty() {
            return;
        }
        let written = hypo_store::write!(self.world.store, |tx| {
            for row in &news {
                services::put_status(tx, row).await?;
            }
            Ok(())
        });
        match written {
            Ok(()) => known.extend(news.into_iter().map(|row| ((row.component.clone(), row.cluster), row))),
            Err(error) => {
                tracing::warn!(service.id = %self.service, error = %error, "Observed health could not be stored.");
            }
        }
    }

    fn take(&self, indexes: &mut HashMap<ClusterId, Index>, cluster: ClusterId, change: Change) {
        if let Some(index) = indexes.get_mut(&cluster) {
            index.take(change, (self.world.clock)());
        }
    }
}
