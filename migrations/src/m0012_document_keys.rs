//! Keys of the attributes that lists are filtered and sorted by, as columns made from the document, and their indexes.

use sea_orm_migration::sea_orm::DbBackend;

use crate::{keys, sql};

sql::step! {
    up(manager) {
        let postgres = manager.get_database_backend() == DbBackend::Postgres;
        let columns = if postgres {
            let functions = keys::postgres_functions();
            sql::run(manager, &functions.each_ref().map(String::as_str)).await?;
            let columns = keys::COLUMNS.map(|(attribute, column)| {
                format!(
                    "ADD COLUMN {column} text COLLATE \"C\" GENERATED ALWAYS AS (hypo_key(doc::jsonb -> '{attribute}')) STORED"
                )
            });
            vec![format!("ALTER TABLE documents {}", columns.join(", "))]
        } else {
            let columns = keys::COLUMNS.map(|(attribute, column)| {
                let kind = format!("json_type(doc, '$.{attribute}')");
                let key = keys::sqlite_key(&kind, &format!("(doc ->> '$.{attribute}')"));
                format!("ALTER TABLE documents ADD COLUMN {column} GENERATED ALWAYS AS ({key}) VIRTUAL")
            });
            columns.to_vec()
        };
        sql::run(manager, &columns.iter().map(String::as_str).collect::<Vec<_>>()).await?;
        for (name, columns) in INDEXES {
            sql::run(manager, &[&format!("CREATE INDEX documents_{name} ON documents (kind, tenant, {columns})")])
                .await?;
        }
        for (name, column) in FOUND_BY {
            let index = format!(
                "CREATE INDEX documents_{name} ON documents (kind, tenant, {column}, id) WHERE {column} IS NOT NULL"
            );
            sql::run(manager, &[&index]).await?;
        }
        for (name, columns) in DESCENDING.iter().filter(|_| postgres) {
            let index = format!("CREATE INDEX documents_{name}_down ON documents (kind, tenant, {columns} DESC)");
            sql::run(manager, &[&index]).await?;
        }
        Ok(())
    }
    down(manager) {
        let postgres = manager.get_database_backend() == DbBackend::Postgres;
        let names = INDEXES.iter().chain(&FOUND_BY).map(|(name, _)| (*name).to_owned());
        let down = DESCENDING.iter().filter(|_| postgres).map(|(name, _)| format!("{name}_down"));
        for name in names.chain(down).collect::<Vec<_>>() {
            sql::run(manager, &[&format!("DROP INDEX documents_{name}")]).await?;
        }
        for (_, column) in keys::COLUMNS.iter().rev() {
            sql::run(manager, &[&format!("ALTER TABLE documents DROP COLUMN {column}")]).await?;
        }
        sql::run_postgres(manager, &["DROP FUNCTION hypo_key(jsonb)", "DROP FUNCTION hypo_instant(text)"]).await
    }
}

/// Lists in these orders, and those with one state or category in them. What is missing comes last.
const INDEXES: [(&str, &str); 10] = [
    ("created", "created_at, id"),
    ("by_name", "k_name, id"),
    ("by_update", "k_last_update, id"),
    ("by_order_date", "k_order_date, id"),
    ("by_start_date", "k_start_date, id"),
    ("state", "k_state, created_at, id"),
    ("state_by_name", "k_state, k_name, id"),
    ("state_by_order_date", "k_state, k_order_date, id"),
    ("state_by_start_date", "k_state, k_start_date, id"),
    ("category_by_name", "k_category, k_name, id"),
];

/// PostgreSQL reads an index backwards with what is missing first; the newest-first orders need one of their own.
const DESCENDING: [(&str, &str); 6] = [
    ("by_name", "k_name DESC NULLS LAST, id"),
    ("by_update", "k_last_update DESC NULLS LAST, id"),
    ("by_order_date", "k_order_date DESC NULLS LAST, id"),
    ("by_start_date", "k_start_date DESC NULLS LAST, id"),
    ("state_by_order_date", "k_state, k_order_date DESC NULLS LAST, id"),
    ("state_by_start_date", "k_state, k_start_date DESC NULLS LAST, id"),
];

/// Attributes that find few documents.
const FOUND_BY: [(&str, &str); 4] = [
    ("id", "k_id"),
    ("status", "k_status"),
    ("lifecycle_status", "k_lifecycle_status"),
    ("external_id", "k_external_id"),
];
