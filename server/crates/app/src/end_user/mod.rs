//! End-user services as HypO's published clients order them: one TMF641 item names a chart by its repository, and where
//! it goes by a scheduling manifest or a cluster. What the item says becomes an import and a plan of ours.

mod schedule;
mod wish;

use hypo_shared::{ClusterId, ErrorCode, OrderId, ServiceId, placement::PlacementRequest};
use hypo_store::{
    documents::{self, Document, kind},
    packages as rows,
};
use serde_json::{Value, json};

use crate::{
    App, Ctx, Error, Result, clusters, ordering,
    packages::{self, Import, Package, Source},
    permit::may,
    plans::{self, NewPlan, StoredPlan},
    services,
};

pub(crate) use wish::{Wish, is_asked};

/// What carries out an item, which is one of an order's: the chart as a package of the caller's, and its plan. A new
/// service has a rendering of its own, for its generated passwords are nobody else's.
///
/// # Errors
/// `HYP-6001` for the item; those of an import and of a plan.
pub(crate) async fn planned(app: &App, ctx: &Ctx, service: &Value, part: (OrderId, usize)) -> Result<StoredPlan> {
    let wish = Wish::read(service)?;
    let running = match &service["id"] {
        Value::String(id) => Some(id.parse::<ServiceId>().map_err(|_| Error::of(ErrorCode::ServiceNotFound))?),
        _ => None,
    };
    let (name, package) = match running {
        Some(id) => known(app, ctx, id).await?,
        None => (wish.name.clone(), ordering::rendering(&wish.name, part.0.0, part.1)),
    };
    let import = Import {
        name: Some(package),
        source: Source::Chart { repository: wish.repository, name: wish.artifact, version: wish.version },
        values: wish.values,
    };
    let permit = app.permit::<may::ImportPackage>(ctx).await?;
    let package = packages::import(app, ctx, permit, import).await?;
    let request = request(app, ctx, &wish.place, &package).await?;
    let permit = app.permit::<may::CreatePlan>(ctx).await?;
    let new = NewPlan {
        package: package.id,
        name,
        request,
        service: running,
        attach_volumes: Vec::new(),
        delete_volumes: Vec::new(),
    };
    plans::create(app, ctx, permit, new).await
}

/// Name of a running service, and of the package it was rendered as.
async fn known(app: &App, ctx: &Ctx, id: ServiceId) -> Result<(String, String)> {
    let document = documents::get(app.store().read(), ctx.who.tenant, kind::SERVICE, id.0).await?;
    let service = services::document::read(document)?;
    let package = rows::get(app.store().read(), ctx.reach(), service.package).await?;
    Ok((service.name, package.name))
}

/// Where components go: names become ids of clusters that are offered to the caller.
async fn request(app: &App, ctx: &Ctx, place: &schedule::Place, package: &Package) -> Result<PlacementRequest> {
    let offered = clusters::offered(app, ctx.who.tenant).await?;
    let find = |called: &str| -> Result<ClusterId> {
        let is_called = |id: &&ClusterId| id.to_string() == called || offered.name(**id) == called;
        let found = offered.ids.iter().find(is_called).copied();
        found.ok_or_else(|| {
            Error::new(ErrorCode::PlacementNotGranted, format!("No cluster {called} is offered to you."))
        })
    };
    let mut request = PlacementRequest::default();
    for component in package.analysis.components.iter().map(|component| &component.name) {
        let wanted = place.of(component);
        if !wanted.clusters.is_empty() {
            let ids = wanted.clusters.iter().map(|called| find(called)).collect::<Result<_>>()?;
            request.pins.insert(component.clone(), ids);
        }
        if !wanted.labels.is_empty() {
            request.requires.entry(component.clone()).or_default().labels = wanted.labels;
        }
    }
    match place.workloads().find(|name| package.analysis.components.iter().all(|known| known.name != *name)) {
        Some(name) => Err(Error::field("Cluster Metadata", "unknown", format!("The chart has no workload {name}."))),
        None => Ok(request),
    }
}

/// The item that changes a running service, when it is an end-user service: what it was ordered with, and what is new.
pub(crate) fn modification(service: &Document, characteristics: Value) -> Option<Value> {
    let specification = json!({
        "id": service.doc["serviceSpecification"]["id"], "name": wish::specification(&service.doc)?,
    });
    Some(json!({"action": "modify", "service": {
        "id": service.id, "serviceSpecification": specification, "serviceCharacteristic": characteristics,
    }}))
}
