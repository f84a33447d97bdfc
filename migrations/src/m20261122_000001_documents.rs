//! TMF documents: the record. The whole JSON as text; columns beside it are copies for searching.

use sea_orm_migration::prelude::*;

use crate::portable;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        portable::run(
            manager,
            &[
                "CREATE TABLE documents (
                    id {uuid} PRIMARY KEY,
                    tenant_id {uuid} NOT NULL,
                    kind TEXT NOT NULL,
                    rev BIGINT NOT NULL,
                    state TEXT,
                    name TEXT,
                    doc TEXT NOT NULL,
                    external_id TEXT,
                    idempotency_key TEXT,
                    content_digest TEXT,
                    created_at BIGINT NOT NULL,
                    updated_at BIGINT NOT NULL
                )",
                "CREATE UNIQUE INDEX documents_external ON documents (tenant_id, kind, external_id)",
                "CREATE UNIQUE INDEX documents_idempotency ON documents (tenant_id, kind, idempotency_key)",
                "CREATE INDEX documents_tenant ON documents (tenant_id, kind, id)",
                "CREATE INDEX documents_kind ON documents (kind, id)",
                "CREATE INDEX documents_state ON documents (tenant_id, kind, state)",
            ],
        )
        .await?;
        if portable::is_postgres(manager) {
            portable::run(
                manager,
                &[
                    "ALTER TABLE documents ADD COLUMN doc_index JSONB GENERATED ALWAYS AS (doc::jsonb) STORED",
                    "CREATE INDEX documents_doc ON documents USING GIN (doc_index jsonb_path_ops)",
                ],
            )
            .await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        portable::drop_tables(manager, &["documents"]).await
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
