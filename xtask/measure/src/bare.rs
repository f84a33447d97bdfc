//! The same list with nothing around it: axum, the same statement on the same database, the stored bytes.

use std::error::Error;

use axum::{
    Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use sea_orm::sqlx::{
    self, PgPool, Row, SqlitePool,
    postgres::PgPoolOptions,
    query,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};
use serde_json::Value;
use uuid::Uuid;

/// As many connections as the server reads with.
const SQLITE_READERS: u32 = 4;
const POSTGRES_READERS: u32 = 16;

/// A value with its type.
#[derive(Clone)]
enum Bound {
    Text(String),
    Uuid(Uuid),
}

#[derive(Clone)]
enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

#[derive(Clone)]
struct Page {
    pool: Pool,
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
        let page = Page { pool: open(database).await?, sql, values };
        let router = Router::new().route("/{*path}", get(list)).with_state(page);
        Ok(axum::serve(tokio::net::TcpListener::bind(address).await?, router).await?)
    })
}

async fn open(database: &str) -> Result<Pool, sqlx::Error> {
    if database.starts_with("postgres://") {
        let pool = PgPoolOptions::new().max_connections(POSTGRES_READERS).test_before_acquire(false);
        return Ok(Pool::Postgres(pool.connect(database).await?));
    }
    let options: SqliteConnectOptions = database.parse()?;
    let pool = SqlitePoolOptions::new().max_connections(SQLITE_READERS).test_before_acquire(false);
    Ok(Pool::Sqlite(pool.connect_with(options.pragma("query_only", "on")).await?))
}

fn bound(value: &Value) -> Result<Bound, Box<dyn Error>> {
    match (value["text"].as_str(), value["uuid"].as_str()) {
        (Some(text), _) => Ok(Bound::Text(text.to_owned())),
        (_, Some(id)) => Ok(Bound::Uuid(id.parse()?)),
        _ => Err(format!("{value} is no value").into()),
    }
}

async fn list(State(page): State<Page>) -> Response {
    match read(&page).await {
        Ok(body) => ([(header::CONTENT_TYPE, "application/json")], body).into_response(),
        Err(error) => (StatusCode::INTERNAL_SERVER_ERROR, error.to_string()).into_response(),
    }
}

/// The body, from the rows of one database or the other: their types share no trait that says all of this.
macro_rules! body {
    ($page:expr, $pool:expr) => {{
        let mut statement = query($page.sql);
        for value in &$page.values {
            statement = match value {
                Bound::Text(text) => statement.bind(text.clone()),
                Bound::Uuid(id) => statement.bind(*id),
            };
        }
        let mut body = String::from("[");
        for (at, row) in statement.fetch_all($pool).await?.iter().enumerate() {
            if at > 0 {
                body.push(',');
            }
            body.push_str(row.try_get("doc")?);
        }
        body.push(']');
        Ok(body)
    }};
}

async fn read(page: &Page) -> Result<String, sqlx::Error> {
    match &page.pool {
        Pool::Sqlite(pool) => body!(page, pool),
        Pool::Postgres(pool) => body!(page, pool),
    }
}
