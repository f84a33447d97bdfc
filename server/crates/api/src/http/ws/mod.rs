//! `GET /graphql/ws`: subscriptions over `graphql-transport-ws`, authenticated before the upgrade.

mod connection;
mod message;

use axum::{
    Extension,
    extract::{State, WebSocketUpgrade},
    http::HeaderMap,
    response::Response,
};
use hypo_app::Error;
use hypo_shared::ErrorCode;

use super::{
    answer::Failure,
    caller::{Caller, same_site},
};
use crate::ApiState;

/// The only subprotocol.
const PROTOCOL: &str = "graphql-transport-ws";
/// Bytes of a message from a client.
const MESSAGE: usize = 64 << 10;
/// Small, because most of a connection's life is waiting: the default costs ten times the memory.
const READ_BUFFER: usize = 1024;

/// Checks cookie and origin (or token), then upgrades.
pub async fn upgrade(
    State(state): State<ApiState>,
    Extension(caller): Extension<Caller>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Result<Response, Failure> {
    same_site(&caller, &headers, state.config())?;
    let upgrade = upgrade
        .protocols([PROTOCOL])
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_message_size(MESSAGE)
        .max_frame_size(MESSAGE);
    if upgrade.selected_protocol().is_none() {
        return Err(Error::new(ErrorCode::InvalidInput, format!("Ask for the subprotocol {PROTOCOL}.")).into());
    }
    let ticket = state.sockets().admit(&caller.ctx.who)?;
    Ok(upgrade.on_upgrade(move |socket| connection::run(state, caller.ctx, ticket, socket)))
}
