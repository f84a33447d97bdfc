//! What is published, the items of orders that others carry out, who shows whose service, and when services end.

use crate::sql;

sql::step! {
    up(manager) {
        sql::run(manager, UP).await
    }
    down(manager) {
        sql::drop_tables(manager, &["service_ends", "shown_services", "order_items", "offerings"]).await
    }
}

const UP: &[&str] = &[
    r#"CREATE TABLE offerings (
        id uuid PRIMARY KEY,
        tenant uuid NOT NULL,
        name text NOT NULL,
        version text NOT NULL,
        package uuid NOT NULL,
        approval text NOT NULL,
        terms text NOT NULL,
        candidate uuid NOT NULL,
        product_specification uuid NOT NULL,
        product_offering uuid NOT NULL UNIQUE,
        created_at bigint NOT NULL
    )"#,
    "CREATE UNIQUE INDEX offerings_version ON offerings (tenant, name, version)",
    r#"CREATE TABLE order_items (
        "order" uuid NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
        position bigint NOT NULL,
        kind text NOT NULL,
        tenant uuid NOT NULL,
        provider uuid,
        offering uuid,
        step text NOT NULL,
        due_at bigint NOT NULL,
        part uuid,
        seen text NOT NULL,
        subject uuid,
        reason text NOT NULL,
        PRIMARY KEY ("order", position)
    )"#,
    "CREATE INDEX order_items_step ON order_items (step, due_at)",
    "CREATE INDEX order_items_part ON order_items (part)",
    r#"CREATE TABLE shown_services (
        id uuid PRIMARY KEY REFERENCES documents (id) ON DELETE CASCADE,
        kind text NOT NULL,
        tenant uuid NOT NULL,
        shows uuid NOT NULL,
        provider uuid NOT NULL,
        offering uuid NOT NULL,
        seen text NOT NULL
    )"#,
    "CREATE INDEX shown_services_shows ON shown_services (shows)",
    r#"CREATE TABLE service_ends (
        service uuid PRIMARY KEY,
        tenant uuid NOT NULL,
        at bigint NOT NULL,
        why text NOT NULL
    )"#,
    "CREATE INDEX service_ends_at ON service_ends (at)",
];
