//! What a tenant may place on, as the planner sees it.

use std::collections::BTreeSet;

use hypo_model::cluster::Cluster;
use hypo_orchestrator::project::services::cluster_of;
use hypo_shared::{ClusterId, TenantId};
use hypo_store::{Scope, clusters};

use crate::{App, Result, access::tenants};

/// Own and granted clusters.
pub(crate) struct Offered {
    pub clusters: Vec<Cluster>,
    pub ids: BTreeSet<ClusterId>,
}

impl Offered {
    /// Display name of a cluster, for sentences.
    pub fn name(&self, id: ClusterId) -> String {
        self.clusters
            .iter()
            .find(|cluster| cluster.id == id)
            .map_or_else(|| id.to_string(), |cluster| cluster.name.clone())
    }
}

/// Clusters a service runs on that are no longer offered: what is there may be taken away, nothing may be added.
pub(crate) async fn left(
    app: &App,
    offered: &Offered,
    used: impl IntoIterator<Item = ClusterId>,
) -> Result<Vec<Cluster>> {
    let names = tenants::names(app).await?;
    let used: BTreeSet<ClusterId> = used.into_iter().collect();
    let mut found = Vec::new();
    for id in used.difference(&offered.ids) {
        if let Some(row) = clusters::find(app.store().read(), Scope::Platform, *id).await? {
            found.push(cluster_of(&row, names.name(row.tenant))?);
        }
    }
    Ok(found)
}

/// Clusters a tenant may place on now.
pub(crate) async fn offered(app: &App, tenant: TenantId) -> Result<Offered> {
    let names = tenants::names(app).await?;
    let offers = clusters::offered(app.store().read(), tenant).await?;
    let mut found = Vec::with_capacity(offers.len());
    for offer in offers {
        found.push(cluster_of(&offer.cluster, names.name(offer.cluster.tenant))?);
    }
    let ids = found.iter().map(|cluster| cluster.id).collect();
    Ok(Offered { clusters: found, ids })
}
