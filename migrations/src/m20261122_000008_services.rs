//! What services consist of: components, applied and observed Kubernetes objects, and volumes.

crate::portable::tables_step! {
    tables: ["components", "applied_objects", "observed_objects", "volumes"],
    up: [
        "CREATE TABLE components (
            id {uuid} PRIMARY KEY,
            tenant_id {uuid} NOT NULL,
            service_id {uuid} NOT NULL,
            cluster_id {uuid} NOT NULL,
            name TEXT NOT NULL,
            health TEXT NOT NULL,
            body TEXT NOT NULL,
            updated_at BIGINT NOT NULL
        )",
        "CREATE UNIQUE INDEX components_name ON components (service_id, cluster_id, name)",
        "CREATE INDEX components_tenant ON components (tenant_id, service_id)",
        "CREATE TABLE applied_objects (
            service_id {uuid} NOT NULL,
            cluster_id {uuid} NOT NULL,
            object TEXT NOT NULL,
            tenant_id {uuid} NOT NULL,
            component TEXT,
            order_id {uuid},
            desired_digest TEXT NOT NULL,
            applied TEXT NOT NULL,
            updated_at BIGINT NOT NULL,
            PRIMARY KEY (service_id, cluster_id, object)
        )",
        "CREATE INDEX applied_objects_cluster ON applied_objects (cluster_id)",
        "CREATE TABLE observed_objects (
            service_id {uuid} NOT NULL,
            cluster_id {uuid} NOT NULL,
            object TEXT NOT NULL,
            tenant_id {uuid} NOT NULL,
            observed TEXT NOT NULL,
            observed_at BIGINT NOT NULL,
            PRIMARY KEY (service_id, cluster_id, object)
        )",
        "CREATE TABLE volumes (
            id {uuid} PRIMARY KEY,
            tenant_id {uuid} NOT NULL,
            cluster_id {uuid} NOT NULL,
            service_id {uuid} NOT NULL,
            service_name TEXT NOT NULL,
            component TEXT NOT NULL,
            namespace TEXT NOT NULL,
            claim TEXT NOT NULL,
            bytes BIGINT NOT NULL,
            state TEXT NOT NULL,
            body TEXT NOT NULL,
            kept_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL
        )",
        "CREATE UNIQUE INDEX volumes_claim ON volumes (cluster_id, namespace, claim)",
        "CREATE INDEX volumes_tenant ON volumes (tenant_id, state)",
    ],
}
