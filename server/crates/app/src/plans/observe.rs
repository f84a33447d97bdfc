//! What stands in the clusters before a plan.

use std::collections::{BTreeMap, BTreeSet};

use futures::future::try_join_all;
use hypo_model::{
    identity::ServiceIdentity,
    ports::cluster::{ClusterPort, Error as ClusterError, Observed, Scope},
};
use hypo_shared::{ClusterId, analysis::ObjectRef};
use hypo_store::services;
use serde_json::{Value, json};

use crate::{App, Ctx, Error, Result, clusters::Offered};

/// Live objects: those the plan wants, whether ours or not, those an earlier order applied, and every volume claim of
/// the namespace, because a StatefulSet makes claims that no document names.
pub(super) async fn observe(
    app: &App,
    ctx: &Ctx,
    offered: &Offered,
    identity: &ServiceIdentity,
    runs: bool,
    wanted: BTreeMap<ClusterId, Vec<ObjectRef>>,
) -> Result<BTreeMap<ClusterId, Vec<Observed>>> {
    let mut all: BTreeMap<ClusterId, BTreeSet<ObjectRef>> =
        wanted.into_iter().map(|(cluster, objects)| (cluster, objects.into_iter().collect())).collect();
    if runs {
        for applied in services::applied(app.store().read(), ctx.who.tenant, identity.service).await? {
            all.entry(applied.cluster).or_default().insert(applied.object());
        }
    }
    let looks = all.into_iter().map(|(id, objects)| async move {
        let objects: Vec<ObjectRef> = objects.into_iter().collect();
        let seen = async {
            let port = app.orchestrator().world().cluster(id).await?;
            let (mut seen, claims) =
                futures::try_join!(port.observe(&objects), claims(port.as_ref(), &identity.namespace))?;
            for live in claims {
                let object = ObjectRef::of(&live);
                if !seen.iter().any(|known| known.object == object) {
                    seen.push(Observed { object, live: Some(live) });
                }
            }
            Ok::<_, ClusterError>(seen)
        };
        let seen = seen.await;
        let seen = seen.map_err(|error| Error::new(error.code, format!("{}: {}", offered.name(id), error.message)))?;
        Ok::<_, Error>((id, seen))
    });
    Ok(try_join_all(looks).await?.into_iter().collect())
}

/// Every volume claim of a namespace, complete: items of a list do not name their kind.
pub(crate) async fn claims(port: &dyn ClusterPort, namespace: &str) -> Result<Vec<Value>, ClusterError> {
    let scope = Scope { namespace: namespace.to_owned(), ..Scope::default() };
    let mut claims = port.list("v1", "PersistentVolumeClaim", &scope).await?;
    for claim in &mut claims {
        claim["apiVersion"] = json!("v1");
        claim["kind"] = json!("PersistentVolumeClaim");
    }
    Ok(claims)
}
