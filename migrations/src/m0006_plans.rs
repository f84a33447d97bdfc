//! Immutable plans and what runs an order.

use crate::sql;

sql::step! {
    up(manager) {
        sql::run(manager, UP).await
    }
    down(manager) {
        sql::drop_tables(manager, &["order_runs", "plans"]).await
    }
}

const UP: &[&str] = &[
    r#"CREATE TABLE plans (
        id uuid PRIMARY KEY,
        tenant uuid NOT NULL,
        package uuid,
        request text NOT NULL,
        body text NOT NULL,
        hash text NOT NULL,
        facts_digest text NOT NULL,
        created_at bigint NOT NULL,
        expires_at bigint NOT NULL,
        "order" uuid UNIQUE
    )"#,
    "CREATE INDEX plans_tenant ON plans (tenant, created_at)",
    r#"CREATE TABLE order_runs (
        "order" uuid PRIMARY KEY,
        tenant uuid NOT NULL,
        saga uuid NOT NULL UNIQUE,
        on_failure text NOT NULL,
        plan uuid REFERENCES plans (id),
        service uuid,
        created_at bigint NOT NULL
    )"#,
    "CREATE INDEX order_runs_service ON order_runs (service)",
];
