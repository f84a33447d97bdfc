//! The portal's only way to the server: operations over HTTP, subscriptions over two sockets.

pub mod client;
pub mod error;
pub mod json;
pub mod live;
pub mod operation;
pub mod ops;
pub mod tmf;
pub mod transport;

pub use error::ApiError;
pub use operation::{Operation, Snippet};
