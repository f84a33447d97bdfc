//! Drift: what is done about it.

use hypo_orchestrator::project::services::set_characteristic;
use hypo_shared::{ErrorCode, ServiceId, service::DriftPolicy};
use hypo_store::documents;
use serde_json::json;

use super::{Service, document, own};
use crate::{
    App, Ctx, Error, Result,
    access::audit,
    permit::{Permit, may},
};

/// Chooses what happens to drift from now on.
///
/// # Errors
/// `HYP-3003`, `HYP-3004` for a service that has ended.
pub async fn set_drift_policy(
    app: &App,
    ctx: &Ctx,
    _: Permit<may::ControlService>,
    id: ServiceId,
    policy: DriftPolicy,
) -> Result<Service> {
    let mut service = own(app, ctx, id).await?;
    if service.state == "terminated" {
        return Err(Error::of(ErrorCode::ServiceStateConflict));
    }
    set_characteristic(&mut service.doc, "hypo.driftPolicy", json!(policy));
    service.updated_at = app.now();
    let service = hypo_store::write!(app.store(), |tx| {
        let service = documents::update(tx, &service).await?;
        let detail = json!({"policy": policy});
        audit::done_for(tx, app, ctx, service.tenant, "setDriftPolicy", format!("service/{id}"), detail);
        Ok(service)
    })?;
    document::read(service)
}

/// Puts planned values back where they drifted.
///
/// # Errors
/// `HYP-3003`, `HYP-3004` for a service that is not active; the clusters' refusals.
pub async fn revert_drift(app: &App, ctx: &Ctx, _: Permit<may::ControlService>, id: ServiceId) -> Result<Service> {
    let service = own(app, ctx, id).await?;
    if service.state != "active" {
        return Err(Error::of(ErrorCode::ServiceStateConflict));
    }
    hypo_store::write!(app.store(), |tx| {
        audit::done_for(tx, app, ctx, service.tenant, "revertDrift", format!("service/{id}"), json!({}));
        Ok(())
    })?;
    let reverted = app.orchestrator().revert_drift(id).await?;
    app.orchestrator().reconcilers().wake("drift");
    tracing::info!(service.id = %id, drift.objects = reverted, "Drifted objects were put back.");
    document::read(own(app, ctx, id).await?)
}
