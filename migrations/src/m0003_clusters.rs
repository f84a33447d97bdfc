//! Domains, their clusters, and the grants that open a cluster to another tenant.

use crate::sql;

sql::step! {
    up(manager) {
        sql::run(manager, UP).await
    }
    down(manager) {
        sql::drop_tables(manager, &["grants", "clusters", "domains"]).await
    }
}

const UP: &[&str] = &[
    r#"CREATE TABLE domains (
        id uuid PRIMARY KEY,
        tenant uuid NOT NULL,
        name text NOT NULL,
        country text NOT NULL,
        lat double precision,
        lon double precision,
        description text NOT NULL,
        created_at bigint NOT NULL
    )"#,
    "CREATE UNIQUE INDEX domains_name ON domains (tenant, name)",
    r#"CREATE TABLE clusters (
        id uuid PRIMARY KEY,
        domain uuid NOT NULL REFERENCES domains (id),
        tenant uuid NOT NULL,
        name text NOT NULL,
        country text NOT NULL,
        labels text NOT NULL,
        kubeconfig text,
        facts text NOT NULL,
        probed_at bigint,
        status text NOT NULL,
        problem text,
        price_per_cpu_hour double precision,
        latency_ms text NOT NULL,
        created_at bigint NOT NULL
    )"#,
    "CREATE UNIQUE INDEX clusters_name ON clusters (tenant, name)",
    r#"CREATE TABLE grants (
        id uuid PRIMARY KEY,
        owner uuid NOT NULL,
        grantee uuid NOT NULL,
        cluster uuid NOT NULL REFERENCES clusters (id) ON DELETE CASCADE,
        created_at bigint NOT NULL,
        revoked_at bigint
    )"#,
    "CREATE UNIQUE INDEX grants_open ON grants (grantee, cluster) WHERE revoked_at IS NULL",
    "CREATE INDEX grants_owner ON grants (owner)",
];
