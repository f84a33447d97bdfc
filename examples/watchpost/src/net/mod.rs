//! The wire: names, requests to peers, the endpoints every component has.

mod client;
mod resolve;
mod serve;

pub use client::Client;
pub use serve::{Status, serve, stop_signal};
