//! One WebSocket. Responses are pulled from the subscriptions one at a time and written before the next is asked
//! for, so a slow reader slows its own streams and nothing piles up; whichever stream is ready is served in turn.

use std::{sync::Arc, time::Duration};

use async_graphql::{Data, Response};
use axum::extract::ws::{Message, WebSocket};
use futures::{StreamExt, stream::BoxStream};
use hypo_app::Ctx;
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep_until, timeout};
use tokio_stream::StreamMap;

use super::message::{Close, Incoming, Outgoing};
use crate::{
    ApiState,
    graphql::{SUBSCRIPTIONS, Slots},
    http::sockets::Ticket,
};

/// Between the upgrade and `connection_init`.
const INIT: Duration = Duration::from_secs(3);
/// Who opens so many at once does not look at the refusals, which begin at half of it.
const FLOOD: usize = 2 * SUBSCRIPTIONS;
/// Between two pings of ours; without them a dead peer is never noticed.
const PING: Duration = Duration::from_secs(20);
/// A reader that takes nothing for this long is gone.
const WRITE: Duration = Duration::from_secs(20);

/// A response, or the end of a subscription.
type Responses = BoxStream<'static, Option<Response>>;

struct Connection {
    state: ApiState,
    ctx: Arc<Ctx>,
    socket: WebSocket,
    running: StreamMap<String, Responses>,
    /// What the limits count per connection.
    session: Arc<Data>,
    ready: bool,
}

/// Serves a connection until one side ends it.
pub async fn run(state: ApiState, ctx: Arc<Ctx>, ticket: Ticket, socket: WebSocket) {
    state.metrics().sockets(1);
    let metrics = Arc::clone(state.metrics());
    let shutdown = state.config().shutdown.clone();
    let mut connection =
        Connection { state, ctx, socket, running: StreamMap::new(), session: Slots::session(), ready: false };
    let close = tokio::select! {
        close = connection.serve() => close,
        () = ticket.ended() => Some(Close::Forbidden),
        () = shutdown.cancelled() => Some(Close::GoingAway),
    };
    if let Some(close) = close {
        // The peer may read nothing any more.
        let _ = timeout(Duration::from_secs(1), connection.socket.send(close.message())).await;
    }
    metrics.subscriptions(-i64::try_from(connection.running.len()).unwrap_or_default());
    metrics.sockets(-1);
}

impl Connection {
    /// `None`: the peer has gone.
    async fn serve(&mut self) -> Option<Close> {
        let init = sleep_until(Instant::now() + INIT);
        tokio::pin!(init);
        let mut ping = interval_at(Instant::now() + PING, PING);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                received = self.socket.recv() => match received {
                    Some(Ok(Message::Text(text))) => {
                        // Its own allocation while it runs: a connection mostly waits.
                        if let Err(close) = Box::pin(self.take(text.as_str())).await {
                            return close;
                        }
                    }
                    Some(Ok(Message::Binary(_))) => return Some(Close::Invalid),
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                },
                Some((id, response)) = self.running.next(), if !self.running.is_empty() => {
                    Box::pin(self.give(&id, response)).await?;
                }
                _ = ping.tick(), if self.ready => self.send(Outgoing::Ping).await?,
                () = &mut init, if !self.ready => return Some(Close::InitTimeout),
            }
        }
    }

    /// Handles a message; an error ends the connection.
    async fn take(&mut self, text: &str) -> Result<(), Option<Close>> {
        match serde_json::from_str(text).map_err(|_| Some(Close::Invalid))? {
            Incoming::ConnectionInit { .. } => {
                if std::mem::replace(&mut self.ready, true) {
                    return Err(Some(Close::TooManyInits));
                }
                self.send(Outgoing::ConnectionAck).await.ok_or(None)
            }
            Incoming::Ping { payload } => self.send(Outgoing::Pong { payload }).await.ok_or(None),
            Incoming::Pong {} => Ok(()),
            Incoming::Subscribe { .. } if !self.ready => Err(Some(Close::Unauthorized)),
            Incoming::Subscribe { id, .. } if self.running.contains_key(&id) => Err(Some(Close::Duplicate)),
            Incoming::Subscribe { .. } if self.running.len() >= FLOOD => Err(Some(Close::TooManySubscriptions)),
            Incoming::Subscribe { id, payload } => {
                let responses = self.state.guard().stream(*payload, Arc::clone(&self.ctx), Arc::clone(&self.session));
                let end = futures::stream::once(async { None });
                self.running.insert(id, responses.map(Some).chain(end).boxed());
                self.state.metrics().subscriptions(1);
                Ok(())
            }
            Incoming::Complete { id } => {
                if self.running.remove(&id).is_some() {
                    self.state.metrics().subscriptions(-1);
                }
                Ok(())
            }
        }
    }

    /// Hands a response on. `None`: the peer has gone.
    async fn give(&mut self, id: &str, response: Option<Response>) -> Option<()> {
        let Some(response) = response else {
            self.running.remove(id);
            self.state.metrics().subscriptions(-1);
            return self.send(Outgoing::Complete { id }).await;
        };
        self.state.metrics().frame();
        // A request that never ran ends with `error`, which is also its end.
        if response.data == async_graphql::Value::Null && !response.errors.is_empty() {
            self.running.remove(id);
            self.state.metrics().subscriptions(-1);
            return self.send(Outgoing::Error { id, payload: &response.errors }).await;
        }
        self.send(Outgoing::Next { id, payload: &response }).await
    }

    async fn send(&mut self, message: Outgoing<'_>) -> Option<()> {
        timeout(WRITE, self.socket.send(message.message())).await.ok()?.ok()
    }
}
