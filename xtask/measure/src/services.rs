//! Many services, written by the database itself in the form the server stores them in.

use std::error::Error;

use hypo_store::{
    Slice, Store,
    documents::{self, ListQuery},
};
use sea_orm::{ConnectionTrait, Database, DbBackend, Statement, Value as Cell};
use serde_json::{Value, json};
use uuid::Uuid;

/// Documents of a page.
const LIMIT: u64 = 20;

/// Adds services to the tenant that has tokens, and prints the statement with which the server reads the first page.
pub fn fill(database: &str, count: &str) -> Result<(), Box<dyn Error>> {
    let count: u32 = count.parse()?;
    tokio::runtime::Runtime::new()?.block_on(async {
        let open = Database::connect(database).await?;
        let backend = open.get_database_backend();
        let first = Statement::from_string(backend, "SELECT tenant FROM tokens LIMIT 1");
        let tenant: Uuid = open.query_one_raw(first).await?.ok_or("nobody has a token")?.try_get("", "tenant")?;
        let insert = insert(count, backend == DbBackend::Postgres);
        open.execute_raw(Statement::from_sql_and_values(backend, insert, [tenant.into()])).await?;
        if backend == DbBackend::Postgres {
            open.execute_unprepared("ANALYZE documents").await?;
        }
        open.close().await?;
        let store = Store::connect(database).await?;
        let asked = ListQuery { slice: Slice { offset: 0, limit: LIMIT }, ..ListQuery::of("service") };
        let (sql, values) = documents::statement(store.read(), hypo_shared::TenantId::from(tenant), &asked)?;
        let values = values.iter().map(tagged).collect::<Result<Vec<_>, _>>()?;
        println!("{}", json!({"sql": sql, "values": values}));
        Ok(store.close().await?)
    })
}

/// A value with its type, so that other languages bind it alike.
fn tagged(value: &Cell) -> Result<Value, String> {
    match value {
        Cell::String(Some(text)) => Ok(json!({"text": text})),
        Cell::Uuid(Some(id)) => Ok(json!({"uuid": id})),
        other => Err(format!("{other:?} is not bound by the other programs")),
    }
}

/// About a kilobyte each: specification, three characteristics, a party and a place.
fn insert(count: u32, postgres: bool) -> String {
    let (id, key, series) = if postgres {
        let id = "'00000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0')";
        (id, format!("({id})::uuid"), format!("generate_series(1, {count}) AS g(i)"))
    } else {
        let id = "'00000000-0000-7000-8000-' || printf('%012x', i)";
        let series = format!(
            "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) SELECT i FROM n) AS g"
        );
        (id, format!("unhex(replace({id}, '-', ''))"), series)
    };
    let doc = json!({
        "id": "~id", "href": "/tmf-api/serviceInventory/v4/service/~id", "name": "service-~i", "state": "active",
        "category": "CFS", "serviceType": "connectivity", "description": "A service of the measurement.",
        "startDate": "2026-01-05T10:00:00.000Z", "hasStarted": true, "isServiceEnabled": true,
        "serviceSpecification": {
            "id": "0190d5a4-7c2e-7b11-9a53-6f4f7f0a1c22", "name": "Broadband", "version": "1.2.0",
            "href": "/tmf-api/serviceCatalogManagement/v4/serviceSpecification/0190d5a4-7c2e-7b11-9a53-6f4f7f0a1c22",
            "@type": "ServiceSpecificationRef",
        },
        "serviceCharacteristic": [
            {"name": "bandwidth", "valueType": "string", "value": {"value": "1 Gbit/s"}},
            {"name": "vlan", "valueType": "integer", "value": {"value": 4011}},
            {"name": "redundant", "valueType": "boolean", "value": {"value": false}},
        ],
        "relatedParty": [{"id": "0190d5a4-7c2e-7b11-9a53-6f4f7f0a1c23", "role": "customer", "@referredType": "Organization"}],
        "place": [{"id": "site-7", "role": "installation", "@referredType": "GeographicSite"}],
        "@type": "Service",
    });
    let doc = format!("'{}'", doc.to_string().replace('\'', "''"))
        .replace("~id", &format!("' || {id} || '"))
        .replace("~i", "' || i || '");
    format!(
        "INSERT INTO documents (id, tenant, kind, rev, state, name, doc, created_at, updated_at) \
         SELECT {key}, $1, 'service', 1, 'active', 'service-' || i, {doc}, \
         1767600000000000 + i, 1767600000000000 + i FROM {series}"
    )
}
