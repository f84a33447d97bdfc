//! Ending a service: shown first, then ordered. Volumes are kept unless they are named (architecture rule 13).

use std::collections::{BTreeMap, BTreeSet};

use hypo_model::terminate::{self as model, TerminateInput, TerminatePlan};
use hypo_orchestrator::{Site, TerminateSite, Work};
use hypo_shared::{
    ClusterId, ErrorCode, OrderId, ServiceId,
    analysis::ObjectRef,
    order::{ItemAction, OnFailure, OrderState},
    plan::ChangeKind,
};
use hypo_store::{
    documents::{self, Document, ListQuery, kind},
    ordering,
    services::{self, AppliedObject},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{TerminationObject, TerminationPlan, Volume, document, own};
use crate::{
    App, Ctx, Error, Result,
    access::audit,
    clusters::cluster_names,
    new_id,
    orders::{self, Asked, Order},
    permit::{Permit, may},
    plans,
};

/// The end of a service.
#[derive(Clone, Debug)]
pub struct Terminate {
    pub service: ServiceId,
    /// Volumes to delete; the others are kept.
    pub delete_volumes: Vec<DeleteVolume>,
    /// A deletion is never undone: an order that fails is held whatever stands here.
    pub on_failure: OnFailure,
    /// What a TMF client sent.
    pub asked: Option<Asked>,
}

/// A volume named in full, as the characteristic `hypo.deleteVolumes` of a service order holds it too.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeleteVolume {
    #[serde(rename = "clusterId")]
    pub cluster: ClusterId,
    pub claim: String,
}

/// What ending the service would delete and keep.
///
/// # Errors
/// `HYP-3003`, `HYP-3004` when it has ended.
pub async fn termination_plan(
    app: &App,
    ctx: &Ctx,
    _: Permit<may::ControlService>,
    id: ServiceId,
) -> Result<TerminationPlan> {
    let service = running(app, ctx, id).await?;
    let (plan, found) = plan(app, &service, &BTreeMap::new()).await?;
    let objects = plan.clusters.iter().flat_map(|cluster| {
        let row = |object: &ObjectRef, change, note: &str| TerminationObject {
            cluster: cluster.cluster,
            kind: object.kind.clone(),
            namespace: object.namespace.clone(),
            name: object.name.clone(),
            change,
            note: note.to_owned(),
        };
        let gone = cluster.delete.iter().map(move |object| row(object, ChangeKind::Delete, ""));
        gone.chain(cluster.stays.iter().map(move |stays| row(&stays.object, ChangeKind::NoChange, &stays.reason)))
    });
    let objects = objects.collect();
    let volumes = plan.volumes.into_iter().map(|volume| Volume {
        bound: found.is_bound(volume.cluster, &volume.claim),
        cluster: volume.cluster,
        component: volume.component,
        claim: volume.claim,
        bytes: volume.bytes,
    });
    Ok(TerminationPlan { objects, volumes: volumes.collect(), dependants: dependants(app, &service).await? })
}

/// Orders the end of a service.
///
/// # Errors
/// `HYP-3003`, `HYP-3004` when it has ended or an order is under way, `HYP-3110`, `HYP-3111`.
pub async fn terminate(app: &App, ctx: &Ctx, _: Permit<may::ControlService>, wish: Terminate) -> Result<Order> {
    let service = running(app, ctx, wish.service).await?;
    if let Some(open) = open_order(app, &service).await? {
        let text = format!("Order {open} of this service is under way. Cancel it or wait for its end.");
        return Err(Error::new(ErrorCode::ServiceStateConflict, text));
    }
    let named: BTreeMap<(ClusterId, String), String> =
        wish.delete_volumes.into_iter().map(|volume| ((volume.cluster, volume.claim.clone()), volume.claim)).collect();
    let (plan, found) = plan(app, &service, &named).await?;
    let names = cluster_names(app).await?;
    let order = new_id::<OrderId>();
    let sites = plan.clusters.into_iter().map(|cluster| TerminateSite {
        site: Site {
            cluster: cluster.cluster,
            name: names.name(cluster.cluster),
            makes_namespace: found.made_namespace(cluster.cluster, &cluster.namespace),
            namespace: cluster.namespace,
            phases: Vec::new(),
            workloads: Vec::new(),
            prunes: false,
        },
        // Claims and the namespace are the saga's own steps.
        delete: cluster
            .delete
            .into_iter()
            .filter(|object| !matches!(object.kind.as_str(), "PersistentVolumeClaim" | "Namespace"))
            .collect(),
        delete_claims: named.keys().filter(|(id, _)| *id == cluster.cluster).map(|(_, claim)| claim.clone()).collect(),
    });
    let work = Work::Terminate(hypo_orchestrator::Terminate {
        order,
        tenant: service.tenant,
        service: wish.service,
        sites: sites.collect(),
    });
    let now = app.now();
    let document = orders::document::write(
        ctx,
        &orders::document::NewOrder {
            id: order,
            tenant: service.tenant,
            name: &service.name,
            service: wish.service,
            action: ItemAction::Delete,
            on_failure: OnFailure::Hold,
            plan: None,
            specification: service.doc.get("serviceSpecification").cloned(),
            external_id: wish.asked.as_ref().and_then(|asked| asked.document["externalId"].as_str()),
            notes: Vec::new(),
            asked: wish.asked.as_ref(),
        },
        now,
    );
    let prepared = app.orchestrator().prepare(&work)?;
    let document = hypo_store::write!(app.store(), |tx| {
        if let Some(key) = wish.asked.as_ref().and_then(|asked| asked.key.as_ref()) {
            key.settle(tx, service.tenant, order.0, now).await?;
        }
        let document = documents::create(tx, &document).await?;
        // Another order of the service that was placed since it was read makes this one fail.
        document::ordered(tx, &service, order, ItemAction::Delete, now).await?;
        prepared.store(tx).await?;
        let volumes: Vec<&String> = named.keys().map(|(_, claim)| claim).collect();
        let detail = json!({"service": wish.service, "deleteVolumes": volumes});
        audit::done_for(tx, app, ctx, service.tenant, "terminateService", format!("serviceOrder/{order}"), detail);
        Ok(document)
    })?;
    orders::document::read(document)
}

async fn running(app: &App, ctx: &Ctx, id: ServiceId) -> Result<Document> {
    let service = own(app, ctx, id).await?;
    if service.state == "terminated" { Err(Error::of(ErrorCode::ServiceStateConflict)) } else { Ok(service) }
}

/// What the service has in its clusters.
struct Found {
    applied: Vec<AppliedObject>,
    live: BTreeMap<ClusterId, Vec<Value>>,
}

impl Found {
    fn made_namespace(&self, cluster: ClusterId, namespace: &str) -> bool {
        self.applied.iter().any(|row| row.cluster == cluster && row.kind == "Namespace" && row.name == namespace)
    }

    fn is_bound(&self, cluster: ClusterId, claim: &str) -> bool {
        let objects = self.live.get(&cluster).into_iter().flatten();
        let mut claims = objects.filter(|object| object["kind"] == "PersistentVolumeClaim");
        claims.any(|object| object["metadata"]["name"] == claim && object["status"]["phase"] == "Bound")
    }
}

async fn plan(
    app: &App,
    service: &Document,
    named: &BTreeMap<(ClusterId, String), String>,
) -> Result<(TerminatePlan, Found)> {
    let id = ServiceId(service.id);
    let missing = || Error::internal(format!("service {id} names no plan"));
    let made = plans::load(app, service.tenant, document::plan(&service.doc).ok_or_else(missing)?).await?;
    let identity = made.asked.identity;
    let applied = services::applied(app.store().read(), service.tenant, id).await?;
    let clusters: BTreeSet<ClusterId> = applied.iter().map(|row| row.cluster).collect();
    let mut live = BTreeMap::new();
    for cluster in clusters {
        let rows: Vec<&AppliedObject> = applied.iter().filter(|row| row.cluster == cluster).collect();
        live.insert(cluster, look(app, cluster, &identity.namespace, &rows).await);
    }
    let input = TerminateInput { identity: &identity, live: &live, delete_volumes: named };
    let plan = model::plan(&input).map_err(|error| Error::new(error.code, error.message))?;
    Ok((plan, Found { applied, live }))
}

/// Live objects of one cluster. One that does not answer is planned on what was applied: the order waits for it.
async fn look(app: &App, cluster: ClusterId, namespace: &str, rows: &[&AppliedObject]) -> Vec<Value> {
    let references: Vec<_> = rows.iter().map(|row| row.object()).collect();
    let seen = async {
        let port = app.orchestrator().world().cluster(cluster).await?;
        let mut objects: Vec<Value> =
            port.observe(&references).await?.into_iter().filter_map(|observed| observed.live).collect();
        // Claims that a StatefulSet has made are no objects of the package.
        for claim in plans::claims(port.as_ref(), namespace).await? {
            let same = |known: &Value| ObjectRef::of(known) == ObjectRef::of(&claim);
            if !objects.iter().any(same) {
                objects.push(claim);
            }
        }
        Ok::<_, hypo_model::ports::cluster::Error>(objects)
    };
    match seen.await {
        Ok(objects) => objects,
        Err(error) => {
            tracing::info!(cluster.id = %cluster, error = %error, "A cluster does not answer; its termination is planned from the record.");
            rows.iter().map(|row| row.desired.clone()).collect()
        }
    }
}

/// Names of services of the same tenant that say they use this one (TMF638 `serviceRelationship`).
async fn dependants(app: &App, service: &Document) -> Result<Vec<String>> {
    let query = ListQuery {
        states: ["reserved", "inactive", "active"].map(str::to_owned).to_vec(),
        filters: vec![
            ("serviceRelationship.service.id".to_owned(), json!(service.id)),
            ("serviceType".to_owned(), json!("CFS")),
        ],
        ..ListQuery::of(kind::SERVICE)
    };
    let page = documents::list(app.store().read(), service.tenant, &query).await?;
    Ok(page.items.into_iter().map(|document| document.name).collect())
}

/// An order of the service that is carried out and has not ended. One whose items are orders of their own, perhaps of
/// a later day, carries out nothing itself.
pub(crate) async fn open_order(app: &App, service: &Document) -> Result<Option<OrderId>> {
    let open = OrderState::ALL.into_iter().filter(|state| !state.is_final()).map(|state| state.as_str().to_owned());
    let query = ListQuery {
        states: open.collect(),
        filters: vec![("serviceOrderItem.service.id".to_owned(), json!(service.id))],
        ..ListQuery::of(kind::SERVICE_ORDER)
    };
    let read = app.store().read();
    for order in documents::list(read, service.tenant, &query).await?.items {
        if ordering::of(read, order.id).await?.is_empty() {
            return Ok(Some(OrderId(order.id)));
        }
    }
    Ok(None)
}
