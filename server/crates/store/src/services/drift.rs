//! Fields that are not as planned. Kept per object, replaced as a whole with every look at it.

use chrono::{DateTime, Utc};
use hypo_shared::{ClusterId, ServiceId, TenantId, analysis::ObjectRef, plan::FieldDiff};
use serde_json::json;

use crate::{
    Reader, Result, Scope, Tx,
    events::{self, NewEvent},
    services::{DriftRow, TOPIC, of_object},
    sql::Filter,
};

/// Replaces the drift of one object (`from` is planned, `to` is live). A field that drifted before keeps its `since`.
/// Emits `driftChanged` when the set of fields or a value differs; says whether it did.
///
/// # Errors
/// Database failures only.
pub async fn set_drift(
    tx: &mut Tx,
    tenant: TenantId,
    service: ServiceId,
    cluster: ClusterId,
    object: &ObjectRef,
    fields: &[FieldDiff],
    at: DateTime<Utc>,
) -> Result<bool> {
    let key = of_object(service, cluster, object);
    let before: Vec<DriftRow> = tx.rows(&key).await?;
    let rows: Vec<DriftRow> = fields
        .iter()
        .map(|field| DriftRow {
            tenant,
            service,
            cluster,
            api_version: object.api_version.clone(),
            kind: object.kind.clone(),
            namespace: object.namespace.clone(),
            name: object.name.clone(),
            path: field.path.clone(),
            expected: field.from.clone(),
            live: field.to.clone(),
            since: before.iter().find(|row| row.path == field.path).map_or(at, |row| row.since),
        })
        .collect();
    let same = before.len() == rows.len() && rows.iter().all(|row| before.contains(row));
    if same {
        return Ok(false);
    }
    tx.delete::<DriftRow>(&key).await?;
    for row in &rows {
        tx.insert(row).await?;
    }
    let payload = json!({"cluster": cluster, "object": object.to_string(), "fields": rows.len()});
    let (topic, kind) = (TOPIC.to_owned(), "driftChanged".to_owned());
    events::append(tx, NewEvent { topic, tenant, subject: service.0, kind, payload, at });
    Ok(true)
}

/// Forgets the drift of a service that has ended.
///
/// # Errors
/// Database failures only.
pub async fn clear_drift(tx: &mut Tx, service: ServiceId) -> Result<()> {
    tx.delete::<DriftRow>(&Filter::new().eq("service", service)).await.map(drop)
}

/// Drift of a service, longest first.
///
/// # Errors
/// Database failures only.
pub async fn drift(db: &Reader, scope: impl Into<Scope>, service: ServiceId) -> Result<Vec<DriftRow>> {
    let filter = Filter::new().eq("service", service).scope("tenant", scope.into());
    db.rows(&filter.order("since, cluster, kind, namespace, name, path")).await
}
