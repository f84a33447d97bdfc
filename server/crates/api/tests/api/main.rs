//! The faces of a whole server in memory.

mod access;
mod http;
mod journey;
mod live;
mod schema;
mod sessions;
mod sockets;
mod support;
