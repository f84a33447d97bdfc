//! Grants: an owner lets another tenant place on a cluster.

use hypo_shared::{ClusterId, GrantId, ServiceId, TenantId};
use hypo_store::{
    Scope, Slice, Tx, clusters,
    documents::{self, kind},
    grants, services,
};
use serde_json::{Value, json};

use super::{Grant, audit, tenants};
use crate::{
    App, Ctx, Result, new_id,
    permit::{Permit, may},
};

/// Grants given and received, newest first.
///
/// # Errors
/// Those of the store.
pub async fn list(app: &App, ctx: &Ctx, _: Permit<may::ReadClusters>) -> Result<Vec<Grant>> {
    let names = tenants::names(app).await?;
    let page = grants::list(app.store().read(), ctx.reach(), Slice { offset: 0, limit: Slice::MAX }).await?;
    Ok(page.items.into_iter().map(|grant| view(grant, &names)).collect())
}

/// Grants a cluster of the caller's to another tenant. Both sides see it in their trail.
///
/// # Errors
/// `HYP-4001` when the cluster is not the caller's, `HYP-6002` for an unknown tenant, `HYP-6006` when it is granted.
pub async fn create(
    app: &App,
    ctx: &Ctx,
    _: Permit<may::ManageGrants>,
    cluster: ClusterId,
    grantee: TenantId,
) -> Result<Grant> {
    let (scope, now) = (Scope::from(ctx.reach()), app.now());
    let row = clusters::get(app.store().read(), scope, cluster).await?;
    hypo_store::accounts::tenants::get(app.store().read(), Scope::Platform, grantee).await?;
    let grant = grants::Grant { id: new_id(), owner: row.tenant, grantee, cluster, created_at: now, revoked_at: None };
    hypo_store::write!(app.store(), |tx| {
        grants::create(tx, &grant).await?;
        both_sides(tx, app, ctx, "createGrant", &grant);
        Ok(())
    })?;
    Ok(view(grant, &tenants::names(app).await?))
}

/// Takes a grant back: no new order may use the cluster, and what runs there is marked.
///
/// # Errors
/// `HYP-5006` when the caller has given no such grant.
pub async fn revoke(app: &App, ctx: &Ctx, _: Permit<may::ManageGrants>, id: GrantId) -> Result<Grant> {
    let (scope, now) = (Scope::from(ctx.reach()), app.now());
    let found = grants::get(app.store().read(), scope, id).await?;
    let grant = hypo_store::write!(app.store(), |tx| {
        // The grantee sees the grant too, but only its owner (or the platform) may take it back.
        let owner = if scope == Scope::Platform { found.owner } else { ctx.who.tenant };
        let grant = grants::revoke(tx, owner, id, now).await?;
        for service in services::services_on_cluster(tx, grant.grantee, grant.cluster).await? {
            mark(tx, &grant, service, now).await?;
        }
        both_sides(tx, app, ctx, "revokeGrant", &grant);
        Ok(grant)
    })?;
    Ok(view(grant, &tenants::names(app).await?))
}

/// Notes on a running service that its place was taken back.
async fn mark(
    tx: &mut Tx,
    grant: &grants::Grant,
    service: ServiceId,
    now: chrono::DateTime<chrono::Utc>,
) -> hypo_store::Result<()> {
    let found = documents::find(tx, grant.grantee, kind::SERVICE, service.0).await?;
    let Some(mut document) = found.filter(|document| document.state != "terminated") else { return Ok(()) };
    let text = format!(
        "The owner has taken back the grant on cluster {}. What runs there goes on; orders can no longer use it.",
        grant.cluster
    );
    let mut notes = document.doc["note"].as_array().cloned().unwrap_or_default();
    if notes.iter().any(|note| note["text"] == text.as_str()) {
        return Ok(());
    }
    notes.push(json!({"author": "hypo", "date": now, "text": text}));
    document.doc["note"] = Value::Array(notes);
    document.updated_at = now;
    documents::update(tx, &document).await.map(drop)
}

fn both_sides(tx: &mut Tx, app: &App, ctx: &Ctx, action: &str, grant: &grants::Grant) {
    for tenant in [grant.owner, grant.grantee] {
        let detail = json!({"cluster": grant.cluster, "owner": grant.owner, "grantee": grant.grantee});
        audit::done_for(tx, app, ctx, tenant, action, format!("grant/{}", grant.id), detail);
    }
}

fn view(grant: grants::Grant, names: &tenants::Names) -> Grant {
    Grant {
        id: grant.id,
        cluster: grant.cluster,
        owner: names.tenant(grant.owner),
        grantee: names.tenant(grant.grantee),
        created_at: grant.created_at,
        revoked_at: grant.revoked_at,
    }
}
