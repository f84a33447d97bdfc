//! Clients of the token endpoint, and which tokens are theirs.

use crate::sql;

sql::step! {
    up(manager) {
        sql::run(manager, UP).await
    }
    down(manager) {
        sql::drop_tables(manager, &["client_tokens", "clients"]).await
    }
}

const UP: &[&str] = &[
    r#"CREATE TABLE clients (
        id uuid PRIMARY KEY,
        "user" uuid NOT NULL REFERENCES users (id) ON DELETE CASCADE,
        tenant uuid NOT NULL,
        name text NOT NULL,
        role text NOT NULL,
        hash text NOT NULL,
        openslice boolean NOT NULL,
        created_at bigint NOT NULL
    )"#,
    r#"CREATE INDEX clients_user ON clients ("user")"#,
    r#"CREATE TABLE client_tokens (
        token uuid PRIMARY KEY REFERENCES tokens (id) ON DELETE CASCADE,
        client uuid NOT NULL REFERENCES clients (id) ON DELETE CASCADE
    )"#,
    "CREATE INDEX client_tokens_client ON client_tokens (client)",
];
