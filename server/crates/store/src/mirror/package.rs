//! A package as a service specification (TMF633 4.0).

use serde_json::{Value, json};

use super::{Mirror, instant, party};
use crate::{Reader, Result, accounts::tenants, documents::kind, packages::Package};

/// The document of a package revision.
pub(crate) async fn package(db: &Reader, row: &Package) -> Result<Mirror> {
    let owner = tenants::find(db, row.tenant).await?;
    let components = row.analysis["components"].as_array().map(Vec::as_slice).unwrap_or_default();
    let setting = |(name, kind): (&str, &str)| json!({"name": name, "valueType": kind, "configurable": true, "minCardinality": 0, "maxCardinality": 1});
    let settings = [
        ("hypo.planId", "string"),
        ("hypo.planHash", "string"),
        ("hypo.onFailure", "string"),
        ("hypo.placement", "object"),
        ("hypo.attachVolumes", "array"),
        ("hypo.deleteVolumes", "array"),
    ]
    .map(setting);
    let doc = json!({
        "id": row.id,
        "href": format!("/tmf-api/serviceCatalogManagement/v4/serviceSpecification/{}", row.id),
        "name": row.name,
        "version": row.version,
        "description": format!("Revision {} of {}", row.revision, row.name),
        "isBundle": false,
        "lifecycleStatus": "Active",
        "lastUpdate": instant(row.created_at),
        "specCharacteristic": settings,
        "serviceSpecRelationship": components
            .iter()
            .map(|component| json!({"relationshipType": "component", "name": component["name"]}))
            .collect::<Value>(),
        "relatedParty": [party(row.tenant, owner.as_ref().map(|owner| owner.name.as_str()), "provider")],
        "@type": "CustomerFacingServiceSpecification",
        "@baseType": "ServiceSpecification",
    });
    Ok(Mirror {
        id: row.id.0,
        tenant: row.tenant,
        kind: kind::SERVICE_SPECIFICATION,
        state: "Active".to_owned(),
        name: row.name.clone(),
        doc,
        created_at: row.created_at,
    })
}
