//! The audit trail: append-only (the database itself refuses changes) and hash-chained.

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
                "CREATE TABLE audit (
                    seq {serial},
                    id {uuid} NOT NULL UNIQUE,
                    at BIGINT NOT NULL,
                    tenant_id {uuid},
                    actor TEXT NOT NULL,
                    action TEXT NOT NULL,
                    subject TEXT NOT NULL,
                    outcome TEXT NOT NULL,
                    trace TEXT NOT NULL,
                    detail TEXT NOT NULL,
                    prev_hash TEXT NOT NULL,
                    hash TEXT NOT NULL
                )",
                "CREATE INDEX audit_tenant ON audit (tenant_id, seq)",
            ],
        )
        .await?;
        let triggers: &[&str] = if portable::is_postgres(manager) {
            &[
                "CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS
                    $$ BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$",
                "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
                    FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
            ]
        } else {
            &[
                "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
                    BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END",
                "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
                    BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END",
            ]
        };
        portable::run(manager, triggers).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        portable::drop_tables(manager, &["audit"]).await?;
        if portable::is_postgres(manager) {
            portable::run(manager, &["DROP FUNCTION audit_refuse()"]).await?;
        }
        Ok(())
    }

    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
