//! Observed health per component and cluster, and of the whole service.

use chrono::{DateTime, Utc};
use hypo_shared::{ClusterId, ServiceId, service::Health};
use serde_json::json;

use crate::{
    Reader, Result, Scope, Tx,
    events::{self, NewEvent},
    services::{ComponentStatus, TOPIC},
    sql::Filter,
};

const KEY: &[&str] = &["service", "component", "cluster"];

/// Stores what was observed; emits `healthChanged` when anything but the time differs. Says whether it did.
///
/// # Errors
/// Database failures only.
pub async fn put_status(tx: &mut Tx, status: &ComponentStatus) -> Result<bool> {
    let ComponentStatus { service, component, cluster, observed_at, .. } = status;
    let key = Filter::new().eq("service", *service).eq("component", component.clone()).eq("cluster", *cluster);
    let before: Option<ComponentStatus> = tx.row(&key).await?;
    tx.upsert(status, KEY).await?;
    let same = before.is_some_and(|before| ComponentStatus { observed_at: *observed_at, ..before } == *status);
    if !same {
        let payload = json!({
            "component": component, "cluster": cluster, "health": status.health, "desired": status.desired,
            "ready": status.ready, "message": status.message, "cause": status.cause.map(|cause| cause.code()),
        });
        emit(tx, status, payload, *observed_at);
    }
    Ok(!same)
}

/// Forgets a component in a cluster, or everywhere, after it is gone.
///
/// # Errors
/// Database failures only.
pub async fn forget_status(tx: &mut Tx, service: ServiceId, at: Option<(&str, ClusterId)>) -> Result<()> {
    let mut filter = Filter::new().eq("service", service);
    if let Some((component, cluster)) = at {
        filter = filter.eq("component", component.to_owned()).eq("cluster", cluster);
    }
    tx.delete::<ComponentStatus>(&filter).await.map(drop)
}

/// Components of a service, by name and cluster.
///
/// # Errors
/// Database failures only.
pub async fn status(db: &Reader, scope: impl Into<Scope>, service: ServiceId) -> Result<Vec<ComponentStatus>> {
    let filter = Filter::new().eq("service", service).scope("tenant", scope.into());
    db.rows(&filter.order("component, cluster")).await
}

/// The worst health of a service's components; unknown when nothing was observed.
///
/// # Errors
/// Database failures only.
pub async fn health(db: &Reader, scope: impl Into<Scope>, service: ServiceId) -> Result<Health> {
    let all = status(db, scope, service).await?;
    Ok(all.iter().map(|status| status.health).reduce(Health::worse).unwrap_or_default())
}

fn emit(tx: &mut Tx, status: &ComponentStatus, payload: serde_json::Value, at: DateTime<Utc>) {
    events::append(
        tx,
        NewEvent {
            topic: TOPIC.to_owned(),
            tenant: status.tenant,
            subject: status.service.0,
            kind: "healthChanged".to_owned(),
            payload,
            at,
        },
    );
}
