//! What stands in the clusters before a plan.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::try_join_all;
use hypo_model::ports::cluster::Observed;
use hypo_shared::{ClusterId, ServiceId, analysis::ObjectRef};
use hypo_store::services;

use crate::{App, Ctx, Error, Result, clusters::Offered};

/// Live objects: those the plan wants, whether ours or not, and those an earlier order applied.
pub(super) async fn observe(
    app: &App,
    ctx: &Ctx,
    offered: &Offered,
    service: Option<ServiceId>,
    wanted: BTreeMap<ClusterId, Vec<ObjectRef>>,
) -> Result<BTreeMap<ClusterId, Vec<Observed>>> {
    let mut all: BTreeMap<ClusterId, BTreeSet<ObjectRef>> =
        wanted.into_iter().map(|(cluster, objects)| (cluster, objects.into_iter().collect())).collect();
    if let Some(service) = service {
        for applied in services::applied(app.store().read(), ctx.who.tenant, service).await? {
            all.entry(applied.cluster).or_default().insert(applied.object());
        }
    }
    let looks = all.into_iter().map(|(id, objects)| async move {
        let objects: Vec<ObjectRef> = objects.into_iter().collect();
        let seen = async { app.orchestrator().world().cluster(id).await?.observe(&objects).await }.await;
        let seen = seen.map_err(|error| Error::new(error.code, format!("{}: {}", offered.name(id), error.message)))?;
        Ok::<_, Error>((id, seen))
    });
    Ok(try_join_all(looks).await?.into_iter().collect())
}
