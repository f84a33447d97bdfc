//! The feeds: one per running service, each with a watch per cluster.

use std::{collections::HashMap, sync::Arc, time::Duration};

use futures::{StreamExt, stream::SelectAll};
use hypo_model::ports::cluster::Change;
use hypo_shared::{ClusterId, ServiceId, TenantId};
use hypo_store::{
    Scope, Slice, clusters,
    documents::{self, ListQuery, kind},
    services::{self, AppliedObject, ComponentStatus},
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
                    sleep(SETTLE).await;
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
    let query = ListQuery {
        states: ["reserved", "inactive", "active"].map(str::to_owned).to_vec(),
        filters: crate::project::services::ours(),
        slice: Slice { offset: 0, limit: Slice::MAX },
        ..ListQuery::of(kind::SERVICE)
    };
    let read = world.store.read();
    let mut all = HashMap::new();
    for service in documents::list(read, Scope::Platform, &query).await?.items {
        let id = ServiceId(service.id);
        let applied = services::applied(read, Scope::Platform, id).await?;
        let mut sites: Vec<Site> = Vec::new();
        for object in applied {
            add(world, &mut sites, &object).await?;
        }
        if !sites.is_empty() {
            all.insert(id, (service.tenant, sites));
        }
    }
    Ok(all)
}

async fn add(world: &World, sites: &mut Vec<Site>, object: &AppliedObject) -> hypo_store::Result<()> {
    // Cluster-scoped objects say nothing of how the service does.
    if object.namespace.is_empty() {
        return Ok(());
    }
    let known = sites.iter().position(|site| site.cluster == object.cluster && site.namespace == object.namespace);
    let position = match known {
        Some(position) => position,
        None => {
            let row = clusters::find(world.store.read(), Scope::Platform, object.cluster).await?;
            sites.push(Site {
                cluster: object.cluster,
                name: row.map_or_else(|| object.cluster.to_string(), |row| row.name),
                namespace: object.namespace.clone(),
                makes_namespace: false,
                phases: Vec::new(),
                workloads: Vec::new(),
                prunes: false,
            });
            sites.len() - 1
        }
    };
    if let (true, Some(component)) = (WORKLOADS.contains(&object.kind.as_str()), &object.component) {
        sites[position].workloads.push(WorkloadRef {
            component: component.clone(),
            api_version: object.api_version.clone(),
            kind: object.kind.clone(),
            name: object.name.clone(),
            phase: u8::try_from(object.phase).unwrap_or(u8::MAX),
        });
    }
    Ok(())
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
        while let Some((cluster, change)) = changes.next().await {
            take(&mut indexes, cluster, change);
            // Whatever else has come in meanwhile belongs to the same view.
            let settled = sleep(SETTLE);
            tokio::pin!(settled);
            loop {
                tokio::select! {
                    () = &mut settled => break,
                    next = changes.next() => match next {
                        Some((cluster, change)) => take(&mut indexes, cluster, change),
                        None => break,
                    },
                }
            }
            let view = index::view(indexes.values());
            self.record(&view).await;
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
    async fn record(&self, view: &ServiceView) {
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
                observed_at: now,
            })
            .collect();
        let known = services::status(self.world.store.read(), Scope::Platform, self.service).await.unwrap_or_default();
        let news: Vec<ComponentStatus> = rows
            .into_iter()
            .filter(|row| {
                !known.iter().any(|known| ComponentStatus { observed_at: row.observed_at, ..known.clone() } == *row)
            })
            .collect();
        if news.is_empty() {
            return;
        }
        let written = hypo_store::write!(self.world.store, |tx| {
            for row in &news {
                services::put_status(tx, row).await?;
            }
            Ok(())
        });
        if let Err(error) = written {
            tracing::warn!(service.id = %self.service, error = %error, "Observed health could not be stored.");
        }
    }
}

fn take(indexes: &mut HashMap<ClusterId, Index>, cluster: ClusterId, change: Change) {
    if let Some(index) = indexes.get_mut(&cluster) {
        index.take(change);
    }
}
