//! The store on both databases.
#![expect(clippy::unwrap_used, reason = "these functions are the bodies of tests")]

#[path = "../common/mod.rs"]
mod common;

mod accounts;
mod audit;
mod claims;
mod documents;
mod hubs;
mod isolation;
mod make;
mod migrations;
mod oracle;
mod outbox;
mod plans;
mod services;
mod sqlite;
