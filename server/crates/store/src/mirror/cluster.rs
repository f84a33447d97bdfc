//! Clusters and domains as logical resources (TMF639 4.0) of our own types.

use hypo_shared::resource::ResourceStatus;
use serde_json::{Value, json};

use super::{Mirror, party};
use crate::{
    Reader, Result,
    accounts::tenants,
    clusters::{ClusterRow, DomainRow},
    documents::kind,
};

/// The document of a cluster. Facts, never credentials.
pub(crate) async fn cluster(db: &Reader, row: &ClusterRow) -> Result<Mirror> {
    let owner = tenants::find(db, row.tenant).await?;
    let doc = describe(row, owner.as_ref().map(|owner| owner.name.as_str()));
    Ok(Mirror {
        id: row.id.0,
        tenant: row.tenant,
        kind: kind::RESOURCE,
        state: doc["resourceStatus"].as_str().unwrap_or_default().to_owned(),
        name: row.name.clone(),
        doc,
        created_at: row.created_at,
    })
}

fn describe(row: &ClusterRow, owner: Option<&str>) -> Value {
    let nodes = row.facts["nodes"].as_array().map(Vec::as_slice).unwrap_or_default();
    let sum = |member: &str| nodes.iter().filter_map(|node| node[member].as_u64()).sum::<u64>();
    let text = |member: &str| row.facts[member].as_str().unwrap_or_default().to_owned();
    let mut characteristics = vec![
        characteristic("flavour", "string", row.facts["flavour"].clone()),
        characteristic("country", "string", json!(row.country)),
        characteristic("nodes", "integer", json!(nodes.len())),
        characteristic("cpuMillis", "integer", json!(sum("cpu_millis"))),
        characteristic("memoryBytes", "integer", json!(sum("memory_bytes"))),
    ];
    characteristics
        .extend(row.labels.iter().map(|(key, value)| characteristic(&format!("label.{key}"), "string", json!(value))));
    characteristics.retain(|one| !one["value"].is_null());
    let mut doc = json!({
        "id": row.id,
        "href": format!("/tmf-api/resourceInventoryManagement/v4/resource/{}", row.id),
        "name": row.name,
        "category": "KubernetesCluster",
        "resourceStatus": row.status,
        "operationalState": if row.status == ResourceStatus::Available { "enable" } else { "disable" },
        "resourceCharacteristic": characteristics,
        "relatedParty": [party(row.tenant, owner, "owner")],
        "resourceRelationship": [{
            "relationshipType": "partOf", "resource": {"id": row.domain, "@referredType": "HypoDomain"},
        }],
        "@type": "KubernetesCluster",
        "@baseType": "LogicalResource",
    });
    if !text("version").is_empty() {
        doc["resourceVersion"] = json!(text("version"));
    }
    doc
}

/// The document of a domain.
pub(crate) async fn domain(db: &Reader, row: &DomainRow) -> Result<Mirror> {
    let owner = tenants::find(db, row.tenant).await?;
    let mut characteristics = vec![characteristic("country", "string", json!(row.country))];
    for (name, value) in [("latitude", row.lat), ("longitude", row.lon)] {
        characteristics.extend(value.map(|value| characteristic(name, "number", json!(value))));
    }
    let doc = json!({
        "id": row.id,
        "href": format!("/tmf-api/resourceInventoryManagement/v4/resource/{}", row.id),
        "name": row.name,
        "description": row.description,
        "category": "HypoDomain",
        "resourceCharacteristic": characteristics,
        "relatedParty": [party(row.tenant, owner.as_ref().map(|owner| owner.name.as_str()), "owner")],
        "@type": "HypoDomain",
        "@baseType": "LogicalResource",
    });
    Ok(Mirror {
        id: row.id.0,
        tenant: row.tenant,
        kind: kind::RESOURCE,
        state: String::new(),
        name: row.name.clone(),
        doc,
        created_at: row.created_at,
    })
}

fn characteristic(name: &str, value_type: &str, value: Value) -> Value {
    json!({"name": name, "valueType": value_type, "value": value})
}
