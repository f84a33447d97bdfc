//! Looking at a cluster again.

use hypo_shared::ClusterId;
use hypo_store::clusters;
use serde_json::json;

use super::{Cluster, read::view};
use crate::{
    App, Ctx, Result,
    access::{audit, tenants},
    permit::{Permit, may},
};

/// Probes a cluster of the caller's now. A cluster that does not answer is recorded as such, not refused.
///
/// # Errors
/// `HYP-4001`.
pub async fn probe(app: &App, ctx: &Ctx, _: Permit<may::ManageClusters>, id: ClusterId) -> Result<Cluster> {
    clusters::get(app.store().read(), ctx.reach(), id).await?;
    let answered = app.orchestrator().probe(id).await?;
    let row = hypo_store::write!(app.store(), |tx| {
        audit::done(tx, app, ctx, "probeCluster", format!("resource/{id}"), json!({"answered": answered}));
        clusters::get(tx, ctx.reach(), id).await
    })?;
    Ok(view(row, &tenants::names(app).await?, ctx))
}
