//! Which application of the orchestrator's a document shows, whole or in part: what it runs is told from what clients
//! register by a column, not by what a document says of itself. And fewer entries of indexes per write.

use sea_orm_migration::sea_orm::DbBackend;

use crate::sql;

sql::step! {
    up(manager) {
        sql::run(manager, &["ALTER TABLE documents ADD COLUMN application uuid"]).await?;
        match manager.get_database_backend() {
            DbBackend::Postgres => sql::run(manager, KNOWN_POSTGRES).await?,
            _ => sql::run(manager, KNOWN_SQLITE).await?,
        }
        sql::run(manager, INDEXES).await
    }
    down(manager) {
        sql::run(manager, BACK).await
    }
}

/// The documents that the orchestrator has written so far.
const KNOWN_SQLITE: &[&str] = &["UPDATE documents SET application = CASE doc ->> '$.serviceType' WHEN 'CFS' THEN id
        ELSE unhex(replace(doc ->> '$.serviceRelationship[0].service.id', '-', '')) END
        WHERE kind = 'service' AND doc ->> '$.serviceType' IN ('CFS', 'RFS') AND EXISTS (
            SELECT 1 FROM json_each(doc, '$.serviceCharacteristic') c WHERE c.value ->> '$.name' = 'hypo.package')"];

const KNOWN_POSTGRES: &[&str] =
    &[r#"UPDATE documents SET application = CASE doc_index ->> 'serviceType' WHEN 'CFS' THEN id
        ELSE (doc_index #>> '{serviceRelationship,0,service,id}')::uuid END
        WHERE kind = 'service' AND doc_index ->> 'serviceType' IN ('CFS', 'RFS')
            AND doc_index @> '{"serviceCharacteristic":[{"name":"hypo.package"}]}'"#];

const INDEXES: &[&str] = &[
    "CREATE INDEX documents_parts ON documents (application) WHERE application IS NOT NULL",
    "CREATE INDEX documents_applications ON documents (kind, tenant, created_at, id) WHERE application = id",
    // `documents_created` begins like it and goes on: every write kept both.
    "DROP INDEX documents_list",
    // Most documents have none.
    "DROP INDEX documents_external",
    "CREATE UNIQUE INDEX documents_external ON documents (tenant, kind, external_id) WHERE external_id IS NOT NULL",
];

const BACK: &[&str] = &[
    "DROP INDEX documents_external",
    "CREATE UNIQUE INDEX documents_external ON documents (tenant, kind, external_id)",
    "CREATE INDEX documents_list ON documents (kind, tenant, created_at)",
    "DROP INDEX documents_applications",
    "DROP INDEX documents_parts",
    "ALTER TABLE documents DROP COLUMN application",
];
