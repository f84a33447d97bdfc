//! The faces of a whole server in memory.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod access;
mod http;
mod hubs;
mod integrate;
mod journey;
mod limits;
mod live;
mod market;
mod offerings;
mod pages;
mod peers;
mod placed;
mod probes;
mod schema;
mod sessions;
mod sockets;
mod support;
mod sweep;
mod tmf;
mod tmf_view;
mod topics;
mod wire;
