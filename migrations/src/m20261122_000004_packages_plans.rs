//! Packages with content-addressed blobs, renders, and immutable plans.

crate::portable::tables_step! {
    tables: ["blobs", "packages", "renders", "plans"],
    up: [
        "CREATE TABLE blobs (
            digest TEXT PRIMARY KEY,
            size BIGINT NOT NULL,
            bytes {bytes} NOT NULL,
            created_at BIGINT NOT NULL
        )",
        "CREATE TABLE packages (
            id {uuid} PRIMARY KEY,
            tenant_id {uuid} NOT NULL,
            name TEXT NOT NULL,
            version TEXT NOT NULL,
            kind TEXT NOT NULL,
            digest TEXT NOT NULL REFERENCES blobs (digest),
            body TEXT NOT NULL,
            created_at BIGINT NOT NULL
        )",
        "CREATE INDEX packages_tenant ON packages (tenant_id, id)",
        "CREATE TABLE renders (
            package_id {uuid} NOT NULL REFERENCES packages (id) ON DELETE CASCADE,
            render_key TEXT NOT NULL,
            digest TEXT NOT NULL REFERENCES blobs (digest),
            created_at BIGINT NOT NULL,
            PRIMARY KEY (package_id, render_key)
        )",
        "CREATE TABLE plans (
            id {uuid} PRIMARY KEY,
            tenant_id {uuid} NOT NULL,
            package_id {uuid},
            service_id {uuid},
            hash TEXT NOT NULL,
            body TEXT NOT NULL,
            expires_at BIGINT NOT NULL,
            order_id {uuid} UNIQUE,
            created_by TEXT NOT NULL,
            created_at BIGINT NOT NULL
        )",
        "CREATE INDEX plans_tenant ON plans (tenant_id, id)",
    ],
}
