//! The record: TMF documents, the tables keyed by their ids, and the outbox, on SQLite or PostgreSQL.
//!
//! - [`Store::connect`] opens, [`Store::migrate`] brings the schema up to date.
//! - All writes go through [`write!`]: one transaction, tried again when the database asks for it, the outbox
//!   and the audit trail written last. Nothing is awaited inside but this crate's functions.
//! - Reads take [`Store::read`]; inside a write the [`Tx`] stands where a [`Reader`] is asked for.
//! - Finders of tenant tables take a [`Scope`]; [`Scope::Platform`] has to be written out to see every tenant.
//! - Times and ids come from the caller; times are kept to the microsecond.
//!
//! Failures are [`Error`]s, each with an `ErrorCode` of `hypo_shared`.
#![forbid(unsafe_code)]

pub mod accounts;
pub mod audit;
pub mod clusters;
pub mod documents;
mod error;
pub mod events;
pub mod grants;
pub mod hubs;
pub mod idempotency;
pub mod mirror;
pub mod offerings;
pub mod ordering;
pub mod packages;
pub mod peers;
pub mod plans;
pub mod saga_log;
mod scope;
pub mod services;
mod sql;
mod store;

pub use error::{Error, Result};
pub use scope::{Page, Scope, Slice};
pub use sql::Reader;
pub use store::{Attempt, Store, Tx};
