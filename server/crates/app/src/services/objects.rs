//! Objects as applied and as they are.

use std::collections::BTreeMap;

use futures::future::join_all;
use hypo_model::{digest::DigestKey, plan::redacted};
use hypo_shared::{ClusterId, ErrorCode, ServiceId, analysis::ObjectRef};
use hypo_store::services::{self, AppliedObject as Row};
use serde_json::Value;

use super::{AppliedObject, visible};
use crate::{
    App, Ctx, Error, Result,
    permit::{Permit, may},
};

/// Every object of a service, its live side read now. A cluster that does not answer gives none.
///
/// # Errors
/// `HYP-3003`.
pub async fn objects(app: &App, ctx: &Ctx, _: Permit<may::Read>, id: ServiceId) -> Result<Vec<AppliedObject>> {
    let document = visible(app, ctx, id).await?.ok_or_else(|| Error::of(ErrorCode::ServiceNotFound))?;
    let mut by_cluster: BTreeMap<ClusterId, Vec<Row>> = BTreeMap::new();
    for row in services::applied(app.store().read(), document.tenant, id).await? {
        by_cluster.entry(row.cluster).or_default().push(row);
    }
    let key = app.digest_key(document.tenant).await?;
    let looks = by_cluster.into_iter().map(|(cluster, rows)| look(app, &key, cluster, rows));
    Ok(join_all(looks).await.into_iter().flatten().collect())
}

async fn look(app: &App, key: &DigestKey, cluster: ClusterId, rows: Vec<Row>) -> Vec<AppliedObject> {
    let references: Vec<ObjectRef> = rows.iter().map(Row::object).collect();
    let seen = async { app.orchestrator().world().cluster(cluster).await?.observe(&references).await }.await;
    let mut live: Vec<Option<Value>> = match seen {
        Ok(seen) => seen.into_iter().map(|observed| observed.live).collect(),
        Err(error) => {
            tracing::info!(cluster.id = %cluster, error = %error, "Live objects could not be read.");
            Vec::new()
        }
    };
    live.resize(rows.len(), None);
    rows.into_iter()
        .zip(live)
        .map(|(row, live)| AppliedObject {
            cluster,
            api_version: row.api_version,
            kind: row.kind,
            namespace: row.namespace,
            name: row.name,
            component: row.component,
            applied: row.desired,
            live: live.map(|live| shown(&live, key)),
        })
        .collect()
}

/// Without secret data, and without the bookkeeping nobody reads.
fn shown(object: &Value, key: &DigestKey) -> Value {
    let mut object = redacted(object, key);
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.shift_remove("managedFields");
    }
    object
}
