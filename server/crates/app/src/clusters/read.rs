//! Clusters a caller may see.

use std::collections::{HashMap, HashSet};

use hypo_model::cluster::ClusterFacts;
use hypo_shared::{ClusterId, DomainId, TenantId, resource::ResourceStatus};
use hypo_store::{
    Scope, Slice,
    clusters::{self, ClusterRow},
};
use uuid::Uuid;

use super::Cluster;
use crate::{
    App, Ctx, Result,
    access::tenants::{self, Names},
    ctx::Reach,
    permit::{Permit, may},
};

/// One's own clusters and granted ones, by name; an administrator sees all.
///
/// # Errors
/// Those of the store.
pub async fn list(app: &App, ctx: &Ctx, _: Permit<may::ReadClusters>) -> Result<Vec<Cluster>> {
    let names = tenants::names(app).await?;
    Ok(visible(app, ctx).await?.into_iter().map(|row| view(row, &names, ctx)).collect())
}

/// One of them.
///
/// # Errors
/// Those of the store.
pub async fn find(app: &App, ctx: &Ctx, permit: Permit<may::ReadClusters>, id: ClusterId) -> Result<Option<Cluster>> {
    Ok(list(app, ctx, permit).await?.into_iter().find(|cluster| cluster.id == id))
}

/// Clusters that records of the caller's refer to. Those it may no longer see are named, without their facts.
///
/// # Errors
/// Those of the store.
pub async fn by_ids(
    app: &App,
    ctx: &Ctx,
    _: Permit<may::ReadClusters>,
    ids: &[ClusterId],
) -> Result<HashMap<ClusterId, Cluster>> {
    let names = tenants::names(app).await?;
    let wanted: HashSet<ClusterId> = ids.iter().copied().collect();
    let rows = visible(app, ctx).await?;
    let mut found: HashMap<ClusterId, Cluster> =
        rows.into_iter().filter(|row| wanted.contains(&row.id)).map(|row| (row.id, view(row, &names, ctx))).collect();
    if found.len() < wanted.len() {
        let all = all(app).await?;
        for id in wanted {
            found.entry(id).or_insert_with(|| named(id, all.iter().find(|row| row.id == id), &names));
        }
    }
    Ok(found)
}

pub(super) async fn visible(app: &App, ctx: &Ctx) -> Result<Vec<ClusterRow>> {
    match ctx.reach() {
        Reach::All => all(app).await,
        Reach::Tenant(tenant) => {
            let offers = clusters::offered(app.store().read(), tenant).await?;
            Ok(offers.into_iter().map(|offer| offer.cluster).collect())
        }
    }
}

async fn all(app: &App) -> Result<Vec<ClusterRow>> {
    let slice = Slice { offset: 0, limit: Slice::MAX };
    Ok(clusters::list(app.store().read(), Scope::Platform, slice).await?.items)
}

/// A cluster one may see.
pub(super) fn view(row: ClusterRow, names: &Names, ctx: &Ctx) -> Cluster {
    let facts: ClusterFacts = serde_json::from_value(row.facts.clone()).unwrap_or_default();
    let sum = |part: fn(&hypo_model::cluster::NodeFacts) -> u64| facts.nodes.iter().map(part).sum();
    Cluster {
        id: row.id,
        name: row.name,
        domain: row.domain,
        owner: names.tenant(row.tenant),
        own: row.tenant == ctx.who.tenant,
        country: row.country,
        labels: row.labels,
        status: row.status,
        status_reason: row.problem,
        probed_at: row.probed_at,
        version: facts.version.clone(),
        flavour: facts.flavour,
        storage_classes: facts.storage_classes.iter().map(|class| class.name.clone()).collect(),
        ingress_classes: facts.ingress_classes.clone(),
        architectures: facts.architectures.clone(),
        pod_security: facts.pod_security.clone(),
        load_balancer: facts.load_balancer,
        metrics: facts.metrics,
        nodes: u32::try_from(facts.nodes.len()).unwrap_or(u32::MAX),
        cpu_millis: sum(|node| node.cpu_millis),
        cpu_used_millis: sum(|node| node.cpu_used_millis),
        memory_bytes: sum(|node| node.memory_bytes),
        memory_used_bytes: sum(|node| node.memory_used_bytes),
    }
}

/// A cluster one's records name but one may not look at (any more).
fn named(id: ClusterId, row: Option<&ClusterRow>, names: &Names) -> Cluster {
    let nobody = TenantId(Uuid::nil());
    Cluster {
        id,
        name: row.map_or_else(|| "removed cluster".to_owned(), |row| row.name.clone()),
        domain: row.map_or(DomainId(Uuid::nil()), |row| row.domain),
        owner: names.tenant(row.map_or(nobody, |row| row.tenant)),
        own: false,
        country: String::new(),
        labels: Default::default(),
        status: ResourceStatus::Unknown,
        status_reason: Some("This cluster is not offered to you.".to_owned()),
        probed_at: None,
        version: String::new(),
        flavour: Default::default(),
        storage_classes: Vec::new(),
        ingress_classes: Vec::new(),
        architectures: Vec::new(),
        pod_security: String::new(),
        load_balancer: false,
        metrics: false,
        nodes: 0,
        cpu_millis: 0,
        cpu_used_millis: 0,
        memory_bytes: 0,
        memory_used_bytes: 0,
    }
}
