//! The saga log, deliveries and named leases.

use crate::sql;

sql::step! {
    up(manager) {
        sql::run(manager, UP).await
    }
    down(manager) {
        sql::drop_tables(manager, &["leases", "deliveries", "saga_wishes", "saga_steps", "sagas"]).await
    }
}

/// `run_at` of a saga is null while it waits for a person or has ended; `epoch` fences every write.
const UP: &[&str] = &[
    r#"CREATE TABLE sagas (
        id uuid PRIMARY KEY,
        kind text NOT NULL,
        start_key text NOT NULL UNIQUE,
        tenant uuid,
        subject uuid,
        params text NOT NULL,
        on_failure text NOT NULL,
        state text NOT NULL,
        cancelled boolean NOT NULL,
        cause text NOT NULL,
        epoch bigint NOT NULL,
        owner text NOT NULL,
        lease_until bigint NOT NULL,
        run_at bigint,
        created_at bigint NOT NULL,
        updated_at bigint NOT NULL
    )"#,
    "CREATE INDEX sagas_due ON sagas (run_at) WHERE run_at IS NOT NULL",
    "CREATE INDEX sagas_subject ON sagas (subject)",
    r#"CREATE TABLE saga_steps (
        saga uuid NOT NULL REFERENCES sagas (id) ON DELETE CASCADE,
        position bigint NOT NULL,
        body text NOT NULL,
        PRIMARY KEY (saga, position)
    )"#,
    r#"CREATE TABLE saga_wishes (
        number {serial},
        saga uuid NOT NULL REFERENCES sagas (id) ON DELETE CASCADE,
        wish text NOT NULL
    )"#,
    "CREATE INDEX saga_wishes_saga ON saga_wishes (saga, number)",
    r#"CREATE TABLE deliveries (
        id {serial},
        tenant uuid NOT NULL,
        channel text NOT NULL,
        target text NOT NULL,
        payload text NOT NULL,
        attempt bigint NOT NULL,
        epoch bigint NOT NULL,
        lease_until bigint NOT NULL,
        run_at bigint,
        error text,
        created_at bigint NOT NULL
    )"#,
    "CREATE INDEX deliveries_due ON deliveries (run_at) WHERE run_at IS NOT NULL",
    "CREATE INDEX deliveries_tenant ON deliveries (tenant, id)",
    r#"CREATE TABLE leases (
        name text PRIMARY KEY,
        owner text NOT NULL,
        lease_until bigint NOT NULL
    )"#,
];
