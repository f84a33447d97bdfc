//! Scaling and restarting one component in one cluster. What is applied, recorded and sealed stay the same thing, so
//! that a chosen number of replicas is no drift and is not put back.

use hypo_orchestrator::seal::SealedPlan;
use hypo_shared::{ClusterId, ErrorCode, ServiceId, analysis::ObjectRef};
use hypo_store::{documents::Document, services};
use serde_json::{Value, json};

use super::{Service, document, own};
use crate::{
    App, Ctx, Error, Result,
    access::audit,
    permit::{Permit, may},
};

/// The most replicas a component can be given here.
const MOST: i32 = 1000;
/// The annotation `kubectl rollout restart` writes too.
const RESTARTED: &str = "kubectl.kubernetes.io/restartedAt";

/// Sets the replicas of a component in a cluster. Volumes of replicas that go are kept by the cluster.
///
/// # Errors
/// `HYP-3003`, `HYP-3004`; `HYP-6001` for a number that is not accepted or a component that has no replicas there.
pub async fn scale(
    app: &App,
    ctx: &Ctx,
    _: Permit<may::ControlService>,
    id: ServiceId,
    component: &str,
    cluster: ClusterId,
    replicas: i32,
) -> Result<Service> {
    if !(0..=MOST).contains(&replicas) {
        return Err(Error::field("replicas", "range", format!("Choose 0 to {MOST} replicas.")));
    }
    let service = active(app, ctx, id).await?;
    let mut applied = workload(app, &service, component, cluster, &["Deployment", "StatefulSet", "ReplicaSet"]).await?;
    let port = app.orchestrator().world().cluster(cluster).await?;
    port.patch(&applied.object(), &json!({"spec": {"replicas": replicas}})).await?;
    applied.desired["spec"]["replicas"] = json!(replicas);
    reseal(app, &service, cluster, &applied.object(), replicas).await?;
    applied.applied_at = app.now();
    let rows = [applied];
    hypo_store::write!(app.store(), |tx| {
        services::put_applied(tx, &rows).await?;
        let detail = json!({"component": component, "cluster": cluster, "replicas": replicas});
        audit::done_for(tx, app, ctx, service.tenant, "scaleComponent", format!("service/{id}"), detail);
        Ok(())
    })?;
    document::read(service)
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
    let now = app.now();
    let patch = json!({"spec": {"template": {"metadata": {"annotations": {RESTARTED: now}}}}});
    let port = app.orchestrator().world().cluster(cluster).await?;
    port.patch(&applied.object(), &patch).await?;
    hypo_store::write!(app.store(), |tx| {
        let detail = json!({"component": component, "cluster": cluster});
        audit::done_for(tx, app, ctx, service.tenant, "restartComponent", format!("service/{id}"), detail);
        Ok(())
    })?;
    document::read(service)
}

async fn active(app: &App, ctx: &Ctx, id: ServiceId) -> Result<Document> {
    let service = own(app, ctx, id).await?;
    if service.state == "active" { Ok(service) } else { Err(Error::of(ErrorCode::ServiceStateConflict)) }
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

/// Keeps what an undo or a revert of drift would apply in step with what was chosen.
async fn reseal(app: &App, service: &Document, cluster: ClusterId, object: &ObjectRef, replicas: i32) -> Result<()> {
    let Some(plan) = document::plan(&service.doc) else { return Ok(()) };
    let mut sealed = SealedPlan::get(app.secrets(), service.tenant, plan).await?;
    let objects = sealed.clusters.get_mut(&cluster).map(|cluster| &mut cluster.apply);
    for sealed in objects.into_iter().flatten() {
        if is(&sealed.object, object) {
            sealed.object["spec"]["replicas"] = json!(replicas);
        }
    }
    Ok(sealed.put(app.secrets(), service.tenant, plan).await?)
}

fn is(value: &Value, object: &ObjectRef) -> bool {
    value["kind"] == object.kind.as_str()
        && value["apiVersion"] == object.api_version.as_str()
        && value["metadata"]["name"] == object.name.as_str()
        && value["metadata"]["namespace"].as_str().unwrap_or_default() == object.namespace
}
