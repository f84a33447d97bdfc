//! Clusters, grants between tenants, and the index of secrets (never their values).

crate::portable::tables_step! {
    tables: ["clusters", "grants", "secrets"],
    up: [
        "CREATE TABLE clusters (
            id {uuid} PRIMARY KEY,
            tenant_id {uuid} NOT NULL,
            domain_id {uuid} NOT NULL,
            name TEXT NOT NULL,
            state TEXT NOT NULL,
            facts TEXT,
            probed_at BIGINT,
            error TEXT,
            labels TEXT NOT NULL,
            kubeconfig_ref TEXT NOT NULL,
            body TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL
        )",
        "CREATE UNIQUE INDEX clusters_name ON clusters (tenant_id, domain_id, name)",
        "CREATE TABLE grants (
            id {uuid} PRIMARY KEY,
            owner_id {uuid} NOT NULL,
            grantee_id {uuid} NOT NULL,
            subject_kind TEXT NOT NULL,
            subject_id {uuid} NOT NULL,
            created_by TEXT NOT NULL,
            created_at BIGINT NOT NULL,
            revoked_at BIGINT
        )",
        "CREATE UNIQUE INDEX grants_active ON grants (owner_id, grantee_id, subject_kind, subject_id)
            WHERE revoked_at IS NULL",
        "CREATE INDEX grants_grantee ON grants (grantee_id, subject_kind)",
        "CREATE TABLE secrets (
            tenant_id {uuid} NOT NULL,
            path TEXT NOT NULL,
            digest TEXT NOT NULL,
            subject TEXT,
            created_at BIGINT NOT NULL,
            PRIMARY KEY (tenant_id, path)
        )",
    ],
}
