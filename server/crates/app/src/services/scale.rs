//! Scaling and restarting one component in one cluster (ADR 0008).
//!
//! Replicas are part of what is planned, so that scaling is an order like any other: its plan says what happens to
//! volumes, a crash resumes it, a failure undoes it, and drift and later orders know the number. A restart changes
//! nothing that is planned; it is done at once.

use hypo_shared::{ClusterId, ServiceId, order::OnFailure};
use hypo_store::{documents::Document, services};
use serde_json::json;

use super::{
    DeleteVolume, Service, document,
    redeploy::{Change, active, replan},
};
use crate::{
    App, Ctx, Error, Result,
    access::audit,
    orders::Order,
    permit::{Permit, may},
};

/// The most replicas a component can be given here.
const MOST: i32 = 1000;
/// The annotation `kubectl rollout restart` writes too.
const RESTARTED: &str = "kubectl.kubernetes.io/restartedAt";

/// Other replicas of a component in a cluster.
#[derive(Clone, Debug)]
pub struct Scale {
    pub service: ServiceId,
    pub component: String,
    pub cluster: ClusterId,
    /// 0 to 1000.
    pub replicas: i32,
    /// Volumes of replicas that go, which go with their data; the others are kept and listed.
    pub delete_volumes: Vec<DeleteVolume>,
    pub on_failure: OnFailure,
}

/// Orders other replicas.
///
/// # Errors
/// `HYP-3003`, `HYP-3004`; `HYP-6001` for a number that is not accepted or a component that has no replicas there;
/// what planning and ordering refuse.
pub async fn scale(app: &App, ctx: &Ctx, _: Permit<may::ControlService>, wish: Scale) -> Result<Order> {
    let replicas = u32::try_from(wish.replicas).ok().filter(|_| wish.replicas <= MOST);
    let replicas =
        replicas.ok_or_else(|| Error::field("replicas", "range", format!("Choose 0 to {MOST} replicas.")))?;
    let service = active(app, ctx, wish.service).await?;
    workload(app, &service, &wish.component, wish.cluster, &["Deployment", "StatefulSet", "ReplicaSet"]).await?;
    let detail = json!({
        "service": wish.service, "component": wish.component, "cluster": wish.cluster, "replicas": replicas,
    });
    let operation = ("scaleComponent", detail);
    let change = Change { operation, delete_volumes: wish.delete_volumes, on_failure: wish.on_failure };
    replan(app, ctx, &service, change, |request| {
        request.overrides.entry(wish.component).or_default().replicas_on.insert(wish.cluster, replicas);
    })
    .await
}

/// Restarts the pods of a component in a cluster, one after the other as its strategy says.
///
/// # Errors
/// `HYP-3003`, `HYP-3004`; `HYP-6001` for a component that cannot be restarted there.
pub async fn restart(
    app: &App,
    ctx: &Ctx,
    _: Permit<may::ControlService>,
    id: ServiceId,
    component: &str,
    cluster: ClusterId,
) -> Result<Service> {
    let service = active(app, ctx, id).await?;
    let applied = workload(app, &service, component, cluster, &["Deployment", "StatefulSet", "DaemonSet"]).await?;
    // Written first: a restart without its row would be a hole in the trail, a row without its restart is a refusal.
    hypo_store::write!(app.store(), |tx| {
        let detail = json!({"component": component, "cluster": cluster});
        audit::done_for(tx, app, ctx, service.tenant, "restartComponent", format!("service/{id}"), detail);
        Ok(())
    })?;
    let patch = json!({"spec": {"template": {"metadata": {"annotations": {RESTARTED: app.now()}}}}});
    let port = app.orchestrator().world().cluster(cluster).await?;
    port.patch(&applied.object(), &patch).await?;
    document::read(service)
}

async fn workload(
    app: &App,
    service: &Document,
    component: &str,
    cluster: ClusterId,
    kinds: &[&str],
) -> Result<services::AppliedObject> {
    let all = services::applied(app.store().read(), service.tenant, ServiceId(service.id)).await?;
    let found = all.into_iter().find(|row| {
        row.cluster == cluster && row.component.as_deref() == Some(component) && kinds.contains(&row.kind.as_str())
    });
    found.ok_or_else(|| Error::field("component", "unknown", "The component has no such workload on this cluster."))
}
