//! The saga log, deliveries and leases on both databases, and the engine on top of them.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

#[path = "../common/mod.rs"]
#[expect(dead_code, reason = "shared with the other tests of this crate, which use all of it")]
mod common;

mod abort;
mod deliveries;
mod engine;
mod log;
mod make;
