//! The faces of the application: GraphQL over HTTP and WebSocket, the TMF APIs, the portal's files, health, metrics.
//!
//! [`router`] makes the whole HTTP service of an application, [`schema_sdl`] the text of its GraphQL schema.
#![forbid(unsafe_code)]

mod graphql;
mod help;
mod http;
mod metrics;
mod nbi;
mod openapi;
pub mod policy;
mod state;
pub mod tmf;
mod words;

pub use graphql::{Budget, schema_sdl};
pub use http::{HttpConfig, Portal, router};
pub use openapi::document as openapi_document;
pub use state::ApiState;
