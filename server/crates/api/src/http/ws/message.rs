//! Messages of `graphql-transport-ws` (enisdenjo/graphql-ws, PROTOCOL.md) and its close codes.

use axum::extract::ws::{CloseFrame, Message};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// From a client.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Incoming {
    ConnectionInit {
        #[expect(
            dead_code,
            reason = "the connection was authenticated before the upgrade; the payload may hold anything"
        )]
        payload: Option<Value>,
    },
    Ping {
        payload: Option<Value>,
    },
    Pong {},
    Subscribe {
        id: String,
        payload: Box<async_graphql::Request>,
    },
    Complete {
        id: String,
    },
}

/// To a client.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Outgoing<'a> {
    ConnectionAck,
    Ping,
    Pong {
        #[serde(skip_serializing_if = "Option::is_none")]
        payload: Option<Value>,
    },
    Next {
        id: &'a str,
        payload: &'a async_graphql::Response,
    },
    Error {
        id: &'a str,
        payload: &'a [async_graphql::ServerError],
    },
    Complete {
        id: &'a str,
    },
}

impl Outgoing<'_> {
    pub fn message(&self) -> Message {
        // Only maps with keys that are no strings fail, and there are none.
        Message::text(serde_json::to_string(self).unwrap_or_default())
    }
}

/// Why a connection is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Close {
    GoingAway,
    Invalid,
    Unauthorized,
    Forbidden,
    InitTimeout,
    Duplicate,
    TooManyInits,
    TooManySubscriptions,
}

impl Close {
    pub fn message(self) -> Message {
        let (code, reason) = match self {
            Close::GoingAway => (1001, "The server stops"),
            Close::Invalid => (4400, "Invalid message"),
            Close::Unauthorized => (4401, "Unauthorized"),
            Close::Forbidden => (4403, "Forbidden"),
            Close::InitTimeout => (4408, "Connection initialisation timeout"),
            Close::Duplicate => (4409, "Subscriber already exists"),
            Close::TooManyInits => (4429, "Too many initialisation requests"),
            Close::TooManySubscriptions => (4429, "Too many subscriptions"),
        };
        Message::Close(Some(CloseFrame { code, reason: reason.into() }))
    }
}
