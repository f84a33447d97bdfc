//! Rows of our own as TMF documents.

use hypo_store::{Slice, packages as rows};
use hypo_tmf::Resource;
use serde_json::{Value, json};

use super::Shown;
use crate::{
    App, Ctx, Result,
    access::tenants,
    clusters::{self, Cluster},
    permit::may,
};

/// Every document of a resource the caller may see. The numbers are small: clusters, packages and tenants.
pub(super) async fn all(app: &App, ctx: &Ctx, resource: &Resource) -> Result<Vec<Shown>> {
    match resource.collection {
        "resource" => {
            let permit = app.permit::<may::ReadClusters>(ctx).await?;
            Ok(clusters::list(app, ctx, permit).await?.iter().map(cluster).collect())
        }
        "serviceSpecification" => {
            let slice = Slice { offset: 0, limit: Slice::MAX };
            let page = rows::list(app.store().read(), ctx.reach(), None, slice).await?;
            Ok(page.items.iter().map(specification).collect())
        }
        "organization" => {
            let permit = app.permit::<may::ReadClusters>(ctx).await?;
            let all = tenants::list(app, ctx, permit).await?;
            Ok(all.into_iter().map(|tenant| organization(&tenant)).collect())
        }
        _ => Ok(Vec::new()),
    }
}

fn shown(id: uuid::Uuid, rev: i64, document: Value) -> Shown {
    Shown { id, rev, document }
}

/// TMF639 v4: a logical resource of our own type.
fn cluster(cluster: &Cluster) -> Shown {
    let characteristic = |name: &str, value: Value| json!({"name": name, "valueType": "string", "value": value});
    let document = json!({
        "name": cluster.name,
        "category": "KubernetesCluster",
        "resourceStatus": cluster.status,
        "operationalState": if cluster.status == hypo_shared::resource::ResourceStatus::Available { "enable" } else { "disable" },
        "resourceVersion": cluster.version,
        "resourceCharacteristic": [
            characteristic("flavour", json!(cluster.flavour)),
            characteristic("country", json!(cluster.country)),
            characteristic("nodes", json!(cluster.nodes)),
            characteristic("cpuMillis", json!(cluster.cpu_millis)),
            characteristic("memoryBytes", json!(cluster.memory_bytes)),
        ],
        "relatedParty": [{"id": cluster.owner.id, "name": cluster.owner.name, "role": "owner", "@referredType": "Organization"}],
        "resourceRelationship": [{"relationshipType": "partOf", "resource": {"id": cluster.domain, "@referredType": "HypoDomain"}}],
        "@type": "KubernetesCluster",
        "@baseType": "LogicalResource",
    });
    shown(cluster.id.0, cluster.probed_at.map_or(0, |at| at.timestamp_micros()), document)
}

/// TMF633 v4: a package is a specification.
fn specification(package: &rows::Package) -> Shown {
    let components = package.analysis["components"].as_array().map(Vec::as_slice).unwrap_or_default();
    let document = json!({
        "name": package.name,
        "version": package.version,
        "description": format!("Revision {} of {}", package.revision, package.name),
        "isBundle": false,
        "lifecycleStatus": "Active",
        "lastUpdate": package.created_at,
        "specCharacteristic": [
            {"name": "hypo.planId", "valueType": "string", "configurable": true, "minCardinality": 0, "maxCardinality": 1},
            {"name": "hypo.planHash", "valueType": "string", "configurable": true, "minCardinality": 0, "maxCardinality": 1},
            {"name": "hypo.onFailure", "valueType": "string", "configurable": true, "minCardinality": 0, "maxCardinality": 1},
        ],
        "serviceSpecRelationship": components
            .iter()
            .map(|component| json!({"relationshipType": "component", "name": component["name"]}))
            .collect::<Value>(),
        "relatedParty": [{"id": package.tenant, "role": "provider", "@referredType": "Organization"}],
        "@type": "CustomerFacingServiceSpecification",
        "@baseType": "ServiceSpecification",
    });
    shown(package.id.0, package.revision, document)
}

/// TMF632 v4.
fn organization(tenant: &crate::access::Tenant) -> Shown {
    let document =
        json!({"tradingName": tenant.name, "name": tenant.name, "status": "validated", "@type": "Organization"});
    shown(tenant.id.0, 1, document)
}
