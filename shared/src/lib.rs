//! Words that server and portal agree on: typed ids, state tables, roles, error codes,
//! Kubernetes quantities, timeline shapes and form validation.
//!
//! Compiles to wasm32: no I/O, no clock, no randomness.
#![forbid(unsafe_code)]

pub mod analysis;
pub mod error;
pub mod ids;
pub mod machine;
pub mod order;
pub mod placement;
pub mod plan;
pub mod quantity;
pub mod resource;
pub mod role;
pub mod service;
pub mod timeline;
pub mod validate;

pub use error::ErrorCode;
pub use ids::*;
pub use role::{Action, Role};
