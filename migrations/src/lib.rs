//! The schema, a reversible file per step, the same for SQLite and PostgreSQL.
//!
//! Steps are expand only within a release: a step adds, and what it replaces is removed one release later, so that
//! two versions of the server can work on one database during a rolling upgrade. A step that has been released is
//! never edited.
//!
//! Conventions: times are bigint microseconds since the Unix epoch in UTC (one comparison rule on both databases);
//! JSON is text and kept as it was written; ids are UUIDs made by the caller.
#![forbid(unsafe_code)]
#![expect(
    elided_lifetimes_in_paths,
    reason = "the trait elides it, and async_trait needs the same in the implementation"
)]

use sea_orm_migration::prelude::*;

pub use sea_orm_migration::MigratorTrait;

pub mod keys;
mod m0001_documents;
mod m0002_packages;
mod m0003_clusters;
mod m0004_sagas;
mod m0005_accounts;
mod m0006_plans;
mod m0007_services;
mod m0008_audit;
mod m0009_events;
mod m0010_peers;
mod m0011_volumes;
mod m0012_document_keys;
mod m0013_clients;
mod m0014_offerings;
mod m0015_client_tokens;
mod m0016_document_counts;
mod m0017_applications;
mod m0018_references;
mod sql;

/// All steps, oldest first.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_documents::Migration),
            Box::new(m0002_packages::Migration),
            Box::new(m0003_clusters::Migration),
            Box::new(m0004_sagas::Migration),
            Box::new(m0005_accounts::Migration),
            Box::new(m0006_plans::Migration),
            Box::new(m0007_services::Migration),
            Box::new(m0008_audit::Migration),
            Box::new(m0009_events::Migration),
            Box::new(m0010_peers::Migration),
            Box::new(m0011_volumes::Migration),
            Box::new(m0012_document_keys::Migration),
            Box::new(m0013_clients::Migration),
            Box::new(m0014_offerings::Migration),
            Box::new(m0015_client_tokens::Migration),
            Box::new(m0016_document_counts::Migration),
            Box::new(m0017_applications::Migration),
            Box::new(m0018_references::Migration),
        ]
    }
}
