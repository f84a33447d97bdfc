//! Service documents (TMF638 v4): one customer-facing service per order and a resource-facing service per component
//! and cluster beneath it.

use chrono::{DateTime, Utc};
use hypo_model::{cluster::Cluster, identity::stable_id};
use hypo_shared::{
    ClusterId, ErrorCode, ServiceId, TenantId,
    order::ItemAction,
    service::{DriftPolicy, ServiceState},
};
use hypo_store::{
    Result, Scope, Tx,
    documents::{self, Document, ListQuery, Showing, kind},
    packages,
};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{Fulfil, world::World};

/// Writes the documents of an order's service: a new service `reserved`, a known one with the order added.
pub(crate) async fn reserve(world: &World, fulfil: &Fulfil) -> Result<()> {
    let now = (world.clock)();
    let package = packages::get(world.store.read(), Scope::Platform, fulfil.package).await?;
    let write = hypo_store::write!(world.store, |tx| {
        let id = fulfil.identity.service.0;
        let item = json!({
            "serviceOrderId": fulfil.order, "serviceOrderHref": href("serviceOrdering", "serviceOrder", fulfil.order.0),
            "itemId": "1", "itemAction": fulfil.action,
        });
        match documents::find(tx, Scope::Platform, kind::SERVICE, id).await? {
            None => {
                let mut doc = facing(fulfil, now);
                doc["serviceOrderItem"] = json!([item]);
                doc["serviceSpecification"] = json!({
                    "id": package.id, "href": href("serviceCatalogManagement", "serviceSpecification", package.id.0),
                    "name": package.name, "version": package.version,
                });
                documents::create(tx, &document(fulfil, id, &fulfil.identity.name, doc, now)).await?;
            }
            Some(known) if fulfil.action == ItemAction::Add => drop(known),
            Some(mut known) => {
                let items = known.doc["serviceOrderItem"].as_array_mut();
                let listed = items.is_some_and(|items| {
                    let listed = items.iter().any(|known| known["serviceOrderId"] == item["serviceOrderId"]);
                    if !listed {
                        items.push(item.clone());
                    }
                    listed
                });
                if !listed {
                    known.updated_at = now;
                    documents::update(tx, &known).await?;
                }
            }
        }
        components(tx, fulfil, now).await
    });
    write
}

/// Everything runs: the service and its components become `active`; components that left end.
pub(crate) async fn activate(world: &World, fulfil: &Fulfil) -> Result<()> {
    let now = (world.clock)();
    let wanted: Vec<Uuid> =
        placed(fulfil).map(|(component, cluster)| component_id(fulfil.identity.service, component, cluster)).collect();
    let package = packages::get(world.store.read(), Scope::Platform, fulfil.package).await?;
    let write = hypo_store::write!(world.store, |tx| {
        for known in beneath(tx, fulfil.identity.service).await? {
            let state = if wanted.contains(&known.id) { ServiceState::Active } else { ServiceState::Terminated };
            set_state(tx, known, state, now).await?;
        }
        let mut service = documents::get(tx, Scope::Platform, kind::SERVICE, fulfil.identity.service.0).await?;
        service.doc["supportingService"] = wanted
            .iter()
            .map(|id| json!({"id": id, "href": href("serviceInventory", "service", *id), "@referredType": "ResourceFacingService"}))
            .collect();
        service.doc["serviceSpecification"]["id"] = json!(package.id);
        service.doc["serviceSpecification"]["version"] = json!(package.version);
        let order = documents::find(tx, Scope::Platform, kind::SERVICE_ORDER, fulfil.order.0).await?;
        if let Some(order) = &order {
            keep_asked(&mut service.doc, &order.doc["serviceOrderItem"][0]["service"]);
        }
        set_characteristic(&mut service.doc, "hypo.plan", json!(fulfil.plan));
        set_characteristic(&mut service.doc, "hypo.package", json!(fulfil.package));
        if fulfil.links {
            note(
                &mut service.doc,
                "links not verified: the connections between clusters are declared, nothing has proven them yet",
                now,
            );
        }
        set_state(tx, service, ServiceState::Active, now).await
    });
    write
}

/// A service shows what it was ordered with: the characteristics of the order's item that are not ours.
fn keep_asked(doc: &mut Value, asked: &Value) {
    let Some(known) = doc["serviceCharacteristic"].as_array_mut() else { return };
    for one in asked["serviceCharacteristic"].as_array().into_iter().flatten() {
        let Some(name) = one["name"].as_str().filter(|name| !name.starts_with("hypo.")) else { continue };
        match known.iter_mut().find(|known| known["name"] == name) {
            Some(known) => *known = one.clone(),
            None => known.push(one.clone()),
        }
    }
}

/// The service and everything beneath it ends.
pub(crate) async fn end(world: &World, tenant: TenantId, service: ServiceId, state: ServiceState) -> Result<()> {
    let now = (world.clock)();
    let write = hypo_store::write!(world.store, |tx| {
        for known in beneath(tx, service).await? {
            set_state(tx, known, state, now).await?;
        }
        match documents::find(tx, tenant, kind::SERVICE, service.0).await? {
            Some(known) => set_state(tx, known, state, now).await,
            None => Ok(()),
        }
    });
    write
}

/// A stable id for the component of a service in a cluster, so that a step that runs twice writes one document.
#[must_use]
pub fn component_id(service: ServiceId, component: &str, cluster: ClusterId) -> Uuid {
    stable_id(&format!("{service}\0{component}\0{cluster}"))
}

fn placed(fulfil: &Fulfil) -> impl Iterator<Item = (&str, ClusterId)> {
    fulfil
        .sites
        .iter()
        .flat_map(|site| site.workloads.iter().map(move |workload| (workload.component.as_str(), site.cluster)))
}

async fn components(tx: &mut Tx, fulfil: &Fulfil, now: DateTime<Utc>) -> Result<()> {
    for (component, cluster) in placed(fulfil) {
        let id = component_id(fulfil.identity.service, component, cluster);
        let site = fulfil.sites.iter().find(|site| site.cluster == cluster).map(|site| site.name.as_str());
        if documents::find(tx, Scope::Platform, kind::SERVICE, id).await?.is_some() {
            continue;
        }
        let mut doc = facing(fulfil, now);
        doc["id"] = json!(id);
        doc["href"] = json!(href("serviceInventory", "service", id));
        doc["name"] = json!(component);
        doc["serviceType"] = json!("RFS");
        doc["@type"] = json!("ResourceFacingService");
        doc["supportingResource"] = json!([{
            "id": cluster, "href": href("resourceInventoryManagement", "resource", cluster.0),
            "name": site, "@referredType": "KubernetesCluster",
        }]);
        doc["serviceRelationship"] = json!([{
            "relationshipType": "supports",
            "service": {"id": fulfil.identity.service, "href": href("serviceInventory", "service", fulfil.identity.service.0)},
        }]);
        documents::create(tx, &document(fulfil, id, component, doc, now)).await?;
    }
    Ok(())
}

async fn beneath(tx: &Tx, service: ServiceId) -> Result<Vec<Document>> {
    let query = ListQuery {
        showing: Showing::PartsOf(service.0),
        slice: hypo_store::Slice { offset: 0, limit: hypo_store::Slice::MAX },
        ..ListQuery::of(kind::SERVICE)
    };
    Ok(documents::list(tx, Scope::Platform, &query).await?.items)
}

async fn set_state(tx: &mut Tx, mut document: Document, state: ServiceState, now: DateTime<Utc>) -> Result<()> {
    if document.state == state.as_str() && document.doc["state"] == json!(state) && state == ServiceState::Terminated {
        return Ok(());
    }
    document.state = state.as_str().to_owned();
    document.updated_at = now;
    document.doc["state"] = json!(state);
    match state {
        ServiceState::Active if document.doc.get("startDate").is_none() => document.doc["startDate"] = json!(now),
        ServiceState::Terminated => document.doc["endDate"] = json!(now),
        _ => {}
    }
    documents::update(tx, &document).await.map(drop)
}

fn facing(fulfil: &Fulfil, now: DateTime<Utc>) -> Value {
    let id = fulfil.identity.service;
    json!({
        "id": id,
        "href": href("serviceInventory", "service", id.0),
        "name": fulfil.identity.name,
        "serviceType": "CFS",
        "state": ServiceState::Reserved,
        "hasStarted": false,
        "startMode": "1",
        "serviceDate": now,
        "serviceCharacteristic": [
            {"name": "hypo.namespace", "valueType": "string", "value": fulfil.identity.namespace},
            {"name": "hypo.plan", "valueType": "string", "value": fulfil.plan},
            {"name": "hypo.package", "valueType": "string", "value": fulfil.package},
            {"name": "hypo.driftPolicy", "valueType": "string", "value": DriftPolicy::Alert},
        ],
        "relatedParty": [{"id": fulfil.tenant, "role": "provider", "@referredType": "Organization"}],
        "@type": "CustomerFacingService",
        "@baseType": "Service",
    })
}

fn document(fulfil: &Fulfil, id: Uuid, name: &str, doc: Value, now: DateTime<Utc>) -> Document {
    Document {
        state: ServiceState::Reserved.as_str().to_owned(),
        name: name.to_owned(),
        application: Some(fulfil.identity.service.0),
        ..Document::new(kind::SERVICE, id, fulfil.tenant, doc, now)
    }
}

/// Sets a TMF characteristic by name, adding it where it is missing.
pub fn set_characteristic(doc: &mut Value, name: &str, value: Value) {
    let Some(all) = doc["serviceCharacteristic"].as_array_mut() else {
        doc["serviceCharacteristic"] = json!([{"name": name, "valueType": "string", "value": value}]);
        return;
    };
    match all.iter_mut().find(|known| known["name"] == name) {
        Some(known) => known["value"] = value,
        None => all.push(json!({"name": name, "valueType": "string", "value": value})),
    }
}

/// Reads a TMF characteristic by name.
#[must_use]
pub fn characteristic<'a>(doc: &'a Value, name: &str) -> Option<&'a Value> {
    doc["serviceCharacteristic"].as_array()?.iter().find(|known| known["name"] == name)?.get("value")
}

fn note(doc: &mut Value, text: &str, now: DateTime<Utc>) {
    let mut notes = doc["note"].as_array().cloned().unwrap_or_default();
    if notes.iter().all(|known| known["text"] != text) {
        notes.push(json!({"author": "hypo", "date": now, "text": text}));
    }
    doc["note"] = Value::Array(notes);
}

fn href(api: &str, collection: &str, id: Uuid) -> String {
    format!("/tmf-api/{api}/v4/{collection}/{id}")
}

/// The planner's view of a stored cluster.
///
/// # Errors
/// `StoreCorrupt` when the stored facts cannot be read.
pub fn cluster_of(row: &hypo_store::clusters::ClusterRow, owner_name: &str) -> Result<Cluster> {
    let facts = if row.facts.is_null() { json!({}) } else { row.facts.clone() };
    let facts = serde_json::from_value(with_defaults(facts)).map_err(|error| {
        hypo_store::Error::refused(ErrorCode::StoreCorrupt, format!("facts of cluster {}: {error}", row.id))
    })?;
    Ok(Cluster {
        id: row.id,
        name: row.name.clone(),
        domain: row.domain,
        owner: row.tenant,
        owner_name: owner_name.to_owned(),
        country: row.country.clone(),
        labels: row.labels.clone(),
        latency_ms: row.latency_ms.clone(),
        price_per_cpu_hour: row.price_per_cpu_hour,
        facts,
    })
}

/// A cluster that was never probed has no facts; the planner then rules it out by what is missing.
fn with_defaults(facts: Value) -> Value {
    let mut all = serde_json::to_value(hypo_model::cluster::ClusterFacts::default()).unwrap_or_default();
    if let (Some(all), Value::Object(known)) = (all.as_object_mut(), facts) {
        all.extend(known);
    }
    all
}
