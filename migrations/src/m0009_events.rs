//! TMF events with the document as it was, the hubs that listen, and deliveries in lines.

use crate::sql;

sql::step! {
    up(manager) {
        sql::run(manager, UP).await
    }
    down(manager) {
        sql::run(manager, &["DROP INDEX deliveries_line", "DROP INDEX deliveries_target"]).await?;
        sql::drop_tables(manager, &["delivery_lines", "hubs", "events"]).await
    }
}

/// `events` stands beside `outbox` (same `seq`), so that readers who only want to know that something changed do not
/// read whole documents. A line is all deliveries to one target: only the first of them is ever claimed.
const UP: &[&str] = &[
    r#"CREATE TABLE events (
        seq bigint PRIMARY KEY,
        tenant uuid NOT NULL,
        id uuid NOT NULL,
        type text NOT NULL,
        document text NOT NULL,
        correlation text
    )"#,
    "CREATE INDEX events_tenant ON events (tenant, seq)",
    "CREATE INDEX events_id ON events (id)",
    r#"CREATE TABLE hubs (
        id uuid PRIMARY KEY,
        tenant uuid NOT NULL,
        base text NOT NULL,
        topic uuid,
        callback text NOT NULL,
        query text,
        format text NOT NULL,
        position bigint NOT NULL,
        paused boolean NOT NULL,
        created_by text NOT NULL,
        created_at bigint NOT NULL
    )"#,
    "CREATE INDEX hubs_tenant ON hubs (tenant, base, created_at)",
    r#"CREATE TABLE delivery_lines (
        channel text NOT NULL,
        target text NOT NULL,
        paused boolean NOT NULL,
        delivered bigint NOT NULL,
        delivered_at bigint,
        failed_at bigint,
        error text,
        PRIMARY KEY (channel, target)
    )"#,
    "INSERT INTO delivery_lines (channel, target, paused, delivered) \
     SELECT DISTINCT channel, target, false, 0 FROM deliveries",
    "CREATE INDEX deliveries_target ON deliveries (channel, target, id)",
    "CREATE INDEX deliveries_line ON deliveries (channel, target, id) WHERE run_at IS NOT NULL",
];
