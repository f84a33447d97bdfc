//! What stands in the clusters for a service: objects, component health, drift, kept volumes.

use crate::sql;

sql::step! {
    up(manager) {
        sql::run(manager, UP).await
    }
    down(manager) {
        sql::drop_tables(manager, &["kept_volumes", "drift", "component_status", "applied_objects"]).await
    }
}

const UP: &[&str] = &[
    r#"CREATE TABLE applied_objects (
        tenant uuid NOT NULL,
        service uuid NOT NULL,
        cluster uuid NOT NULL,
        api_version text NOT NULL,
        kind text NOT NULL,
        namespace text NOT NULL,
        name text NOT NULL,
        component text,
        phase bigint NOT NULL,
        digest text NOT NULL,
        desired text NOT NULL,
        uid text,
        applied_at bigint NOT NULL,
        PRIMARY KEY (service, cluster, api_version, kind, namespace, name)
    )"#,
    "CREATE INDEX applied_objects_cluster ON applied_objects (cluster)",
    r#"CREATE TABLE component_status (
        tenant uuid NOT NULL,
        service uuid NOT NULL,
        component text NOT NULL,
        cluster uuid NOT NULL,
        desired bigint NOT NULL,
        ready bigint NOT NULL,
        health text NOT NULL,
        message text NOT NULL,
        cause text,
        observed_at bigint NOT NULL,
        PRIMARY KEY (service, component, cluster)
    )"#,
    r#"CREATE TABLE drift (
        tenant uuid NOT NULL,
        service uuid NOT NULL,
        cluster uuid NOT NULL,
        api_version text NOT NULL,
        kind text NOT NULL,
        namespace text NOT NULL,
        name text NOT NULL,
        path text NOT NULL,
        expected text NOT NULL,
        live text NOT NULL,
        since bigint NOT NULL,
        PRIMARY KEY (service, cluster, api_version, kind, namespace, name, path)
    )"#,
    r#"CREATE TABLE kept_volumes (
        id uuid PRIMARY KEY,
        tenant uuid NOT NULL,
        service uuid NOT NULL,
        cluster uuid NOT NULL,
        namespace text NOT NULL,
        claim text NOT NULL,
        bytes bigint NOT NULL,
        component text NOT NULL,
        kept_at bigint NOT NULL,
        deleted_at bigint
    )"#,
    "CREATE INDEX kept_volumes_tenant ON kept_volumes (tenant, kept_at)",
    "CREATE UNIQUE INDEX kept_volumes_claim ON kept_volumes (cluster, namespace, claim) WHERE deleted_at IS NULL",
];
