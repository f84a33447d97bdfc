//! What a tenant may place on: its own clusters and the granted ones. A grantee sees facts, never credentials.

use hypo_shared::{ClusterId, GrantId, TenantId};
use serde::{Deserialize, Serialize};

use crate::{
    Reader, Result,
    clusters::{ClusterRow, cluster::not_found},
    grants::{self, Grant},
    sql::Filter,
};

/// A cluster a tenant may place on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Offer {
    /// Without the kubeconfig's name and the owner's problem text when it is granted.
    pub cluster: ClusterRow,
    /// The grant that opens it; `None` for one's own.
    pub grant: Option<GrantId>,
}

/// Own and granted clusters, by name.
///
/// # Errors
/// Database failures only.
pub async fn offered(db: &Reader, tenant: TenantId) -> Result<Vec<Offer>> {
    let open: Vec<Grant> = grants::open_for(db, tenant).await?;
    let granted: Vec<ClusterId> = open.iter().map(|grant| grant.cluster).collect();
    let own: Vec<ClusterRow> = db.rows(&Filter::new().eq("tenant", tenant)).await?;
    let others: Vec<ClusterRow> = db.rows(&Filter::new().any_of("id", &granted)).await?;
    let mut offers: Vec<Offer> = own.into_iter().map(|cluster| Offer { cluster, grant: None }).collect();
    offers.extend(others.into_iter().filter(|cluster| cluster.tenant != tenant).map(|cluster| {
        let grant = open.iter().find(|grant| grant.cluster == cluster.id).map(|grant| grant.id);
        Offer { cluster: ClusterRow { kubeconfig: None, problem: None, ..cluster }, grant }
    }));
    offers.sort_by(|a, b| (&a.cluster.name, a.cluster.id).cmp(&(&b.cluster.name, b.cluster.id)));
    Ok(offers)
}

/// One cluster, when the tenant may place on it.
///
/// # Errors
/// `ClusterNotFound` when it is neither its own nor granted.
pub async fn offered_one(db: &Reader, tenant: TenantId, id: ClusterId) -> Result<Offer> {
    let offers = offered(db, tenant).await?;
    offers.into_iter().find(|offer| offer.cluster.id == id).ok_or_else(|| not_found(id))
}
