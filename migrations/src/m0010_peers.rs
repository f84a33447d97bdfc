//! Peers: other operators' TMF APIs, and how they know us. Their secrets are in the secret store.

use sea_orm_migration::prelude::*;

use crate::sql;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::run(manager, UP).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        sql::drop_tables(manager, &["peers"]).await
    }
}

const UP: &[&str] = &[r#"CREATE TABLE peers (
        id uuid PRIMARY KEY,
        tenant uuid NOT NULL,
        name text NOT NULL,
        base_url text NOT NULL,
        auth text NOT NULL,
        account text,
        token_url text,
        scope text,
        dialect text NOT NULL,
        created_by text NOT NULL,
        created_at bigint NOT NULL,
        UNIQUE (tenant, name)
    )"#];
