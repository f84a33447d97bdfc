//! A tenant as an organization (TMF632 4.0). Everybody may know it: grants are given to tenants by name.

use serde_json::json;

use super::Mirror;
use crate::{accounts::tenants::Tenant, documents::kind};

/// The document of a tenant, which owns it.
pub(crate) fn tenant(row: &Tenant) -> Mirror {
    let doc = json!({
        "id": row.id,
        "href": format!("/tmf-api/party/v4/organization/{}", row.id),
        "name": row.name,
        "tradingName": row.name,
        "status": "validated",
        "@type": "Organization",
    });
    Mirror {
        id: row.id.0,
        tenant: row.id,
        kind: kind::ORGANIZATION,
        state: "validated".to_owned(),
        name: row.name.clone(),
        doc,
        created_at: row.created_at,
    }
}
