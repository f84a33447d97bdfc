//! Many services, written by the database itself in the form the server stores them in.

use std::{error::Error, path::Path};

use hypo_store::{
    Slice, Store,
    documents::{self, ListQuery},
};
use sea_orm::{
    Value as Cell,
    sqlx::{AssertSqlSafe, SqlitePool, query, query_scalar, sqlite::SqliteConnectOptions},
};
use serde_json::{Value, json};
use uuid::Uuid;

/// Documents of a page.
const LIMIT: u64 = 20;

/// Adds services to the tenant that has tokens, and prints the statement with which the server reads the first page.
pub fn fill(database: &str, count: &str) -> Result<(), Box<dyn Error>> {
    let count: u32 = count.parse()?;
    tokio::runtime::Runtime::new()?.block_on(async {
        let options = SqliteConnectOptions::new().filename(Path::new(database));
        let pool = SqlitePool::connect_with(options).await?;
        let tenant: Vec<u8> = query_scalar("SELECT tenant FROM tokens LIMIT 1").fetch_one(&pool).await?;
        query(AssertSqlSafe(insert(count))).bind(&tenant).execute(&pool).await?;
        pool.close().await;
        let store = Store::connect(&format!("sqlite://{database}")).await?;
        let asked = ListQuery { slice: Slice { offset: 0, limit: LIMIT }, ..ListQuery::of("service") };
        let tenant = hypo_shared::TenantId::from(Uuid::from_slice(&tenant)?);
        let (sql, values) = documents::statement(store.read(), tenant, &asked)?;
        let values = values.iter().map(tagged).collect::<Result<Vec<_>, _>>()?;
        println!("{}", json!({"sql": sql, "values": values}));
        Ok(store.close().await?)
    })
}

/// A value with its type, so that other languages bind it alike.
fn tagged(value: &Cell) -> Result<Value, String> {
    match value {
        Cell::String(Some(text)) => Ok(json!({"text": text})),
        Cell::Uuid(Some(id)) => Ok(json!({"blob": hex::encode(id.as_bytes())})),
        other => Err(format!("{other:?} is not bound by the other programs")),
    }
}

/// About a kilobyte each: specification, three characteristics, a party and a place.
fn insert(count: u32) -> String {
    let id = "'00000000-0000-7000-8000-' || printf('%012x', i)";
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
        "WITH RECURSIVE g(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM g WHERE i < {count}) \
         INSERT INTO documents (id, tenant, kind, rev, state, name, doc, created_at, updated_at) \
         SELECT unhex(replace({id}, '-', '')), $1, 'service', 1, 'active', 'service-' || i, {doc}, \
         1767600000000000 + i, 1767600000000000 + i FROM g"
    )
}
