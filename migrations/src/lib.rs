//! The schema, a reversible file per step, the same for SQLite and PostgreSQL.
//!
//! Steps are expand only within a release: a step adds, and what it replaces is removed one release later, so that
//! two versions of the server can work on one database during a rolling upgrade. A step that has been released is
//! never edited.
//!
//! Conventions: times are BIGINT milliseconds since the Unix epoch in UTC (one comparison rule on both databases);
//! JSON is TEXT and kept as it was written; ids are UUIDs made by the caller.
#![forbid(unsafe_code)]
#![expect(
    elided_lifetimes_in_paths,
    reason = "the trait elides it, and async_trait needs the same in the implementation"
)]

use sea_orm_migration::prelude::*;

mod m20261122_000001_documents;
mod m20261122_000002_events;
mod m20261122_000003_sagas;
mod m20261122_000004_packages_plans;
mod m20261122_000005_clusters_grants;
mod m20261122_000006_accounts;
mod m20261122_000007_audit;
mod m20261122_000008_services;
mod portable;

/// All steps, oldest first.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261122_000001_documents::Migration),
            Box::new(m20261122_000002_events::Migration),
            Box::new(m20261122_000003_sagas::Migration),
            Box::new(m20261122_000004_packages_plans::Migration),
            Box::new(m20261122_000005_clusters_grants::Migration),
            Box::new(m20261122_000006_accounts::Migration),
            Box::new(m20261122_000007_audit::Migration),
            Box::new(m20261122_000008_services::Migration),
        ]
    }
}
