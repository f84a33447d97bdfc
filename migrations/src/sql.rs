//! Steps are written as SQL that both databases read; the few words that differ stand in braces.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

/// Runs statements in order. `{blob}` and `{serial}` become the database's own words.
pub async fn run(manager: &SchemaManager<'_>, statements: &[&str]) -> Result<(), DbErr> {
    let (blob, serial) = match manager.get_database_backend() {
        DbBackend::Postgres => ("bytea", "bigserial primary key"),
        _ => ("blob", "integer primary key autoincrement"),
    };
    for statement in statements {
        let sql = statement.replace("{blob}", blob).replace("{serial}", serial);
        manager.get_connection().execute_unprepared(&sql).await?;
    }
    Ok(())
}

/// Runs statements on PostgreSQL only.
pub async fn run_postgres(manager: &SchemaManager<'_>, statements: &[&str]) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Postgres { run(manager, statements).await } else { Ok(()) }
}

/// Runs statements on SQLite only.
pub async fn run_sqlite(manager: &SchemaManager<'_>, statements: &[&str]) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Sqlite { run(manager, statements).await } else { Ok(()) }
}

/// Drops tables in the given order.
pub async fn drop_tables(manager: &SchemaManager<'_>, tables: &[&str]) -> Result<(), DbErr> {
    for table in tables {
        run(manager, &[&format!("DROP TABLE {table}")]).await?;
    }
    Ok(())
}

/// What every step is: a reversible migration in one transaction, named after its file.
macro_rules! step {
    (up($up:ident) $forth:block down($down:ident) $back:block) => {
        #[derive(sea_orm_migration::prelude::DeriveMigrationName)]
        pub struct Migration;

        #[sea_orm_migration::async_trait::async_trait]
        impl sea_orm_migration::prelude::MigrationTrait for Migration {
            fn use_transaction(&self) -> Option<bool> {
                Some(true)
            }

            async fn up(
                &self,
                $up: &sea_orm_migration::prelude::SchemaManager,
            ) -> Result<(), sea_orm_migration::prelude::DbErr> $forth

            async fn down(
                &self,
                $down: &sea_orm_migration::prelude::SchemaManager,
            ) -> Result<(), sea_orm_migration::prelude::DbErr> $back
        }
    };
}
pub(crate) use step;
