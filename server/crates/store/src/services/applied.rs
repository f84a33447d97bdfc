//! Objects HypO has applied: the truth for pruning, drift and deletion.

use hypo_shared::{ClusterId, ServiceId, analysis::ObjectRef};

use crate::{
    Reader, Result, Scope, Tx,
    services::{AppliedObject, of_object},
    sql::{Filter, get},
};

const KEY: &[&str] = &["service", "cluster", "api_version", "kind", "namespace", "name"];

/// Stores objects, replacing rows of the same object.
///
/// # Errors
/// Database failures only.
pub async fn put_applied(tx: &mut Tx, objects: &[AppliedObject]) -> Result<()> {
    for object in objects {
        tx.upsert(object, KEY).await?;
    }
    Ok(())
}

/// Forgets one object after it is gone. Harmless when it is not known.
///
/// # Errors
/// Database failures only.
pub async fn forget_applied(tx: &mut Tx, service: ServiceId, cluster: ClusterId, object: &ObjectRef) -> Result<()> {
    tx.delete::<AppliedObject>(&of_object(service, cluster, object)).await.map(drop)
}

/// All objects of a service, in apply order.
///
/// # Errors
/// Database failures only.
pub async fn applied(db: &Reader, scope: impl Into<Scope>, service: ServiceId) -> Result<Vec<AppliedObject>> {
    let filter = Filter::new().eq("service", service).scope("tenant", scope.into());
    db.rows(&filter.order("cluster, phase, kind, namespace, name")).await
}

/// One object of a service.
///
/// # Errors
/// Database failures only.
pub async fn find_applied(
    db: &Reader,
    scope: impl Into<Scope>,
    service: ServiceId,
    cluster: ClusterId,
    object: &ObjectRef,
) -> Result<Option<AppliedObject>> {
    db.row(&of_object(service, cluster, object).scope("tenant", scope.into())).await
}

/// Objects of the scope's services on a cluster.
///
/// # Errors
/// Database failures only.
pub async fn applied_on_cluster(
    db: &Reader,
    scope: impl Into<Scope>,
    cluster: ClusterId,
) -> Result<Vec<AppliedObject>> {
    let filter = Filter::new().eq("cluster", cluster).scope("tenant", scope.into());
    db.rows(&filter.order("service, phase, kind, namespace, name")).await
}

/// Services of the scope that have objects on a cluster.
///
/// # Errors
/// Database failures only.
pub async fn services_on_cluster(db: &Reader, scope: impl Into<Scope>, cluster: ClusterId) -> Result<Vec<ServiceId>> {
    let filter = Filter::new().eq("cluster", cluster).scope("tenant", scope.into());
    let sql = format!("SELECT DISTINCT service FROM applied_objects{} ORDER BY service", filter.condition());
    db.query(&sql, filter.values()).await?.iter().map(|row| get(row, "service")).collect()
}
