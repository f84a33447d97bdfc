//! What the documents say of the work: projections of sagas onto TMF641 orders and TMF638 services.

mod items;
pub mod order;
pub mod services;

pub use order::{OrderProjection, failures, patch};
