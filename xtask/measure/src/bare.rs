//! The same list with nothing around it: axum, the same statement on the same database, the stored bytes.

use std::{error::Error, path::Path};

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use sea_orm::sqlx::{
    self, Row, SqlitePool, query,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};
use serde_json::Value;

/// As many as the server reads with.
const READERS: u32 = 4;

/// A value with its type.
#[derive(Clone)]
enum Bound {
    Text(String),
    Blob(Vec<u8>),
}

#[derive(Clone)]
struct Page {
    pool: SqlitePool,
    sql: &'static str,
    values: Vec<Bound>,
}

/// Serves the page at every path until the process is ended.
pub fn serve(database: &str, statement: &str, address: &str) -> Result<(), Box<dyn Error>> {
    let statement: Value = serde_json::from_slice(&std::fs::read(statement)?)?;
    let values = statement["values"].as_array().into_iter().flatten().map(bound).collect::<Result<_, _>>()?;
    // The process has one statement for as long as it lives.
    let sql = String::leak(statement["sql"].as_str().ok_or("no statement")?.to_owned());
    tokio::runtime::Runtime::new()?.block_on(async {
        let options = SqliteConnectOptions::new().filename(Path::new(database)).pragma("query_only", "on");
        let pool = SqlitePoolOptions::new().max_connections(READERS).test_before_acquire(false);
        let page = Page { pool: pool.connect_with(options).await?, sql, values };
        let router = Router::new().route("/{*path}", get(list)).with_state(page);
        Ok(axum::serve(tokio::net::TcpListener::bind(address).await?, router).await?)
    })
}

fn bound(value: &Value) -> Result<Bound, Box<dyn Error>> {
    match (value["text"].as_str(), value["blob"].as_str()) {
        (Some(text), _) => Ok(Bound::Text(text.to_owned())),
        (_, Some(blob)) => Ok(Bound::Blob(hex::decode(blob)?)),
        _ => Err(format!("{value} is no value").into()),
    }
}

async fn list(State(page): State<Page>) -> Response {
    match read(&page).await {
        Ok(body) => ([(header::CONTENT_TYPE, "application/json")], body).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

async fn read(page: &Page) -> Result<String, sqlx::Error> {
    let mut statement = query(page.sql);
    for value in &page.values {
        statement = match value {
            Bound::Text(text) => statement.bind(text.clone()),
            Bound::Blob(blob) => statement.bind(blob.clone()),
        };
    }
    let rows = statement.fetch_all(&page.pool).await?;
    let mut body = String::from("[");
    for (at, row) in rows.iter().enumerate() {
        if at > 0 {
            body.push(',');
        }
        body.push_str(row.try_get("doc")?);
    }
    body.push(']');
    Ok(body)
}
