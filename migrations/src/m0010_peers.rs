//! Peers: other operators' TMF APIs, and how they know us. Their secrets are in the secret store.

use crate::sql;

sql::step! {
    up(manager) {
        sql::run(manager, UP).await
    }
    down(manager) {
        sql::drop_tables(manager, &["peers"]).await
    }
}

const UP: &[&str] = &[r#"CREATE TABLE peers (
        id uuid PRIMARY KEY,
        tenant uuid NOT NULL,
        name text NOT NULL,
        base_url text NOT NULL,
        auth text NOT NULL,
        account text,
        token_url text,
        scope text,
        dialect text NOT NULL,
        created_by text NOT NULL,
        created_at bigint NOT NULL,
        UNIQUE (tenant, name)
    )"#];
