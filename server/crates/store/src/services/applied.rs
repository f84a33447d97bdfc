//! Objects HypO has applied: the truth for pruning, drift and deletion.

use hypo_shared::{ClusterId, ServiceId, TenantId, analysis::ObjectRef};

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

/// Where an object of a service lies, without the object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub tenant: TenantId,
    pub service: ServiceId,
    pub cluster: ClusterId,
    /// Display name; `None` when the cluster is gone.
    pub cluster_name: Option<String>,
    pub api_version: String,
    pub kind: String,
    pub namespace: String,
    pub name: String,
    pub component: Option<String>,
    pub phase: u32,
}

/// Objects in namespaces of all services that have not ended, by service and cluster: one statement, no JSON.
///
/// # Errors
/// Database failures only.
pub async fn places(db: &Reader) -> Result<Vec<Place>> {
    let sql = "SELECT a.tenant, a.service, a.cluster, c.name AS cluster_name, a.api_version, a.kind, a.namespace, a.name, \
               a.component, a.phase FROM applied_objects a \
               JOIN documents d ON d.id = a.service AND d.state IN ('reserved', 'inactive', 'active') \
               LEFT JOIN clusters c ON c.id = a.cluster WHERE a.namespace <> '' \
               ORDER BY a.service, a.cluster, a.phase, a.kind, a.namespace, a.name";
    let read = |row| {
        Ok(Place {
            tenant: get(row, "tenant")?,
            service: get(row, "service")?,
            cluster: get(row, "cluster")?,
            cluster_name: get(row, "cluster_name")?,
            api_version: get(row, "api_version")?,
            kind: get(row, "kind")?,
            namespace: get(row, "namespace")?,
            name: get(row, "name")?,
            component: get(row, "component")?,
            phase: get(row, "phase")?,
        })
    };
    db.query(sql, Vec::new()).await?.iter().map(read).collect()
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
