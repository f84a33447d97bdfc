//! The outbox, deliveries, and named leases.

crate::portable::tables_step! {
    tables: ["events", "deliveries", "leases"],
    up: [
        "CREATE TABLE events (
            seq {serial},
            at BIGINT NOT NULL,
            tenant_id {uuid},
            topic TEXT NOT NULL,
            subject TEXT NOT NULL,
            payload TEXT NOT NULL
        )",
        "CREATE INDEX events_tenant ON events (tenant_id, seq)",
        "CREATE INDEX events_subject ON events (subject, seq)",
        "CREATE TABLE deliveries (
            id {serial},
            tenant_id {uuid},
            channel TEXT NOT NULL,
            target TEXT NOT NULL,
            payload TEXT NOT NULL,
            dead BOOLEAN NOT NULL,
            attempt INTEGER NOT NULL,
            run_at BIGINT NOT NULL,
            owner TEXT,
            epoch BIGINT NOT NULL,
            lease_until BIGINT NOT NULL,
            last_error TEXT,
            created_at BIGINT NOT NULL
        )",
        "CREATE INDEX deliveries_due ON deliveries (dead, run_at)",
        "CREATE TABLE leases (
            name TEXT PRIMARY KEY,
            owner TEXT NOT NULL,
            lease_until BIGINT NOT NULL
        )",
    ],
}
