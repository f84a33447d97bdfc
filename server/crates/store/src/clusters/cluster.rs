//! Clusters, for their owner and the platform.

use chrono::{DateTime, Utc};
use hypo_shared::{ClusterId, ErrorCode, TenantId, resource::ResourceStatus};
use serde_json::Value;

use crate::{
    Error, Page, Reader, Result, Scope, Slice, Tx,
    clusters::{ClusterRow, get_domain},
    documents::kind,
    mirror,
    sql::{Filter, args},
};

/// Stores a cluster in a domain of the same owner, with its document, which emits `created`.
///
/// # Errors
/// `DomainNotFound`, [`Error::Duplicate`] when the owner has a cluster of that name.
pub async fn create(tx: &mut Tx, cluster: &ClusterRow) -> Result<()> {
    get_domain(tx, cluster.tenant, cluster.domain).await?;
    if !tx.insert_new(cluster).await? {
        return Err(Error::Duplicate(format!("cluster {}", cluster.name)));
    }
    show(tx, cluster, cluster.created_at).await
}

/// Replaces what the owner may change: domain, name, country, labels, kubeconfig, price, latency. Its document emits
/// `changed` when it then reads otherwise.
///
/// # Errors
/// `ClusterNotFound`, `DomainNotFound`, [`Error::Duplicate`].
pub async fn update(tx: &mut Tx, cluster: &ClusterRow, at: DateTime<Utc>) -> Result<()> {
    get_domain(tx, cluster.tenant, cluster.domain).await?;
    let sql = "UPDATE clusters SET domain = $1, name = $2, country = $3, labels = $4, kubeconfig = $5, \
               price_per_cpu_hour = $6, latency_ms = $7 WHERE id = $8 AND tenant = $9";
    let ClusterRow { id, domain, tenant, name, country, labels, kubeconfig, price_per_cpu_hour, latency_ms, .. } =
        cluster;
    let values = args![*domain, *name, *country, *labels, *kubeconfig, *price_per_cpu_hour, *latency_ms, *id, *tenant];
    if tx.execute(sql, values).await? == 0 {
        return Err(not_found(*id));
    }
    let stored = get(tx, cluster.tenant, cluster.id).await?;
    show(tx, &stored, at).await
}

/// Records a probe. Facts stay as they were when `facts` is `None` (the probe failed). The document emits `changed` or
/// `stateChanged` only when it reads otherwise than before.
///
/// # Errors
/// `ClusterNotFound`.
pub async fn record_probe(
    tx: &mut Tx,
    id: ClusterId,
    facts: Option<&Value>,
    status: ResourceStatus,
    problem: Option<&str>,
    at: DateTime<Utc>,
) -> Result<ClusterRow> {
    let before = get(tx, Scope::Platform, id).await?;
    let after = ClusterRow {
        facts: facts.unwrap_or(&before.facts).clone(),
        status,
        problem: problem.map(str::to_owned),
        probed_at: Some(at),
        ..before.clone()
    };
    let sql = "UPDATE clusters SET facts = $1, status = $2, problem = $3, probed_at = $4 WHERE id = $5";
    tx.execute(sql, args![after.facts, after.status, after.problem, after.probed_at, id]).await?;
    show(tx, &after, at).await?;
    Ok(after)
}

/// Removes a cluster, the grants on it and its document, which emits `deleted`. Whether something still runs there is the caller's to ask.
///
/// # Errors
/// `ClusterNotFound`.
pub async fn delete(tx: &mut Tx, tenant: TenantId, id: ClusterId, at: DateTime<Utc>) -> Result<()> {
    get(tx, tenant, id).await?;
    tx.delete::<ClusterRow>(&Filter::new().eq("id", id).eq("tenant", tenant)).await?;
    mirror::remove(tx, tenant, kind::RESOURCE, id.0, at).await
}

/// The cluster, when it is the tenant's own. For granted ones see [`super::offered_one`].
///
/// # Errors
/// Database failures only.
pub async fn find(db: &Reader, scope: impl Into<Scope>, id: ClusterId) -> Result<Option<ClusterRow>> {
    db.row(&Filter::new().eq("id", id).scope("tenant", scope.into())).await
}

/// As [`find`].
///
/// # Errors
/// `ClusterNotFound`.
pub async fn get(db: &Reader, scope: impl Into<Scope>, id: ClusterId) -> Result<ClusterRow> {
    find(db, scope, id).await?.ok_or_else(|| not_found(id))
}

/// The tenant's own clusters, by name.
///
/// # Errors
/// Database failures only.
pub async fn list(db: &Reader, scope: impl Into<Scope>, slice: Slice) -> Result<Page<ClusterRow>> {
    db.page(&Filter::new().scope("tenant", scope.into()).order("name, id").slice(slice)).await
}

pub(super) fn not_found(id: ClusterId) -> Error {
    Error::refused(ErrorCode::ClusterNotFound, format!("cluster {id}"))
}

async fn show(tx: &mut Tx, row: &ClusterRow, at: DateTime<Utc>) -> Result<()> {
    let document = mirror::cluster(tx, row).await?;
    mirror::put(tx, document, at).await
}
