//! Removing a cluster.

use hypo_orchestrator::world::kubeconfig;
use hypo_shared::{ClusterId, ErrorCode};
use hypo_store::{Scope, clusters, services};
use serde_json::json;

use crate::{
    App, Ctx, Result,
    access::audit,
    permit::{Permit, may},
};

/// Forgets a cluster of the caller's, its grants and its credentials.
///
/// # Errors
/// `HYP-4001`; `HYP-6006` while a service of anybody's runs there.
pub async fn remove(app: &App, ctx: &Ctx, _: Permit<may::ManageClusters>, id: ClusterId) -> Result<()> {
    let now = app.now();
    let row = hypo_store::write!(app.store(), |tx| {
        let row = clusters::get(tx, ctx.reach(), id).await?;
        if !services::services_on_cluster(tx, Scope::Platform, id).await?.is_empty() {
            return Err(hypo_store::Error::refused(ErrorCode::StateConflict, "services run on the cluster"));
        }
        clusters::delete(tx, row.tenant, id, now).await?;
        let detail = json!({"name": row.name});
        audit::done_for(tx, app, ctx, row.tenant, "removeCluster", format!("resource/{id}"), detail);
        Ok(row)
    })?;
    app.secrets().delete(&kubeconfig(row.tenant, id)).await?;
    Ok(())
}
