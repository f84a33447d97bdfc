//! The `graphql-transport-ws` protocol (enisdenjo/graphql-ws PROTOCOL.md) as a pure state machine:
//! what happened goes in, what to do comes out. `live` carries it out in the browser.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// Somebody wants the socket.
    Wanted,
    Opened,
    /// A text frame.
    Received(String),
    Closed {
        code: u16,
    },
    /// The timer of [`Effect::Retry`] ended.
    RetryDue,
    /// Ten seconds have passed.
    Tick,
    Subscribe {
        id: u32,
        name: &'static str,
        text: &'static str,
        variables: Value,
    },
    Unsubscribe {
        id: u32,
    },
}

/// What to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    Open,
    Send(String),
    Close,
    /// Wait, then report [`Input::RetryDue`].
    Retry {
        after_ms: u32,
    },
    Data {
        id: u32,
        data: Value,
    },
    Failed {
        id: u32,
        error: Value,
    },
    Done {
        id: u32,
    },
    /// The session is over; signing in opens the socket again.
    Unauthenticated,
    Link(Link),
}

/// What the header's dot says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    Off,
    Connecting,
    Live,
    Reconnecting,
}

#[derive(Clone, Debug)]
struct Running {
    name: &'static str,
    text: &'static str,
    variables: Value,
    cursor: Option<String>,
}

/// One socket: its subscriptions outlive its connections and resume by cursor.
#[derive(Debug, Default)]
pub struct Socket {
    state: State,
    running: BTreeMap<u32, Running>,
    failures: u32,
    unanswered: u32,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Idle,
    Opening,
    Greeting,
    Ready,
    Waiting,
}

/// Close codes with which the server says that nobody is signed in (4401, 4403 and a policy violation).
const REFUSED: [u16; 3] = [4401, 4403, 1008];

impl Socket {
    /// `random` is in 0..1 and only spreads the retries.
    pub fn step(&mut self, input: Input, random: f64) -> Vec<Effect> {
        match input {
            Input::Wanted => self.open(),
            Input::Opened => {
                self.state = State::Greeting;
                vec![Effect::Send(json!({ "type": "connection_init" }).to_string())]
            }
            Input::Received(text) => self.received(&text),
            Input::Closed { code } => self.closed(code, random),
            Input::RetryDue if self.state == State::Waiting => {
                self.state = State::Idle;
                self.open()
            }
            Input::RetryDue => Vec::new(),
            Input::Tick => self.tick(),
            Input::Subscribe { id, name, text, variables } => {
                let running = Running { name, text, variables, cursor: None };
                let message = subscribe(id, &running);
                self.running.insert(id, running);
                if self.state == State::Ready { vec![Effect::Send(message)] } else { self.open() }
            }
            Input::Unsubscribe { id } => {
                let known = self.running.remove(&id).is_some();
                if known && self.state == State::Ready {
                    vec![Effect::Send(json!({ "type": "complete", "id": id.to_string() }).to_string())]
                } else {
                    Vec::new()
                }
            }
        }
    }

    fn open(&mut self) -> Vec<Effect> {
        if self.state != State::Idle || self.running.is_empty() {
            return Vec::new();
        }
        self.state = State::Opening;
        let link = if self.failures == 0 { Link::Connecting } else { Link::Reconnecting };
        vec![Effect::Link(link), Effect::Open]
    }

    fn received(&mut self, text: &str) -> Vec<Effect> {
        let Ok(message) = serde_json::from_str::<Value>(text) else { return Vec::new() };
        let id = message.get("id").and_then(Value::as_str).and_then(|id| id.parse().ok()).unwrap_or(0);
        match message.get("type").and_then(Value::as_str).unwrap_or_default() {
            "connection_ack" => {
                self.state = State::Ready;
                self.failures = 0;
                self.unanswered = 0;
                let resumed = self.running.iter().map(|(id, running)| Effect::Send(subscribe(*id, running)));
                std::iter::once(Effect::Link(Link::Live)).chain(resumed).collect()
            }
            "ping" => vec![Effect::Send(json!({ "type": "pong" }).to_string())],
            "pong" => {
                self.unanswered = 0;
                Vec::new()
            }
            "next" => self.next(id, &message),
            "error" => {
                self.running.remove(&id);
                let first = message.get("payload").and_then(|payload| payload.get(0)).cloned().unwrap_or_default();
                vec![Effect::Failed { id, error: first }]
            }
            "complete" => self.running.remove(&id).map(|_| Effect::Done { id }).into_iter().collect(),
            _ => Vec::new(),
        }
    }

    fn next(&mut self, id: u32, message: &Value) -> Vec<Effect> {
        let Some(running) = self.running.get_mut(&id) else { return Vec::new() };
        let payload = message.get("payload");
        if let Some(error) = payload.and_then(|payload| payload.get("errors")).and_then(|errors| errors.get(0)) {
            return vec![Effect::Failed { id, error: error.clone() }];
        }
        let data = payload.and_then(|payload| payload.get("data")).and_then(Value::as_object);
        let Some(data) = data.and_then(|data| data.values().next()) else { return Vec::new() };
        if let Some(cursor) = data.get("cursor").and_then(Value::as_str) {
            running.cursor = Some(cursor.to_owned());
        }
        vec![Effect::Data { id, data: data.clone() }]
    }

    fn closed(&mut self, code: u16, random: f64) -> Vec<Effect> {
        if REFUSED.contains(&code) {
            self.state = State::Idle;
            self.failures = 0;
            return vec![Effect::Link(Link::Off), Effect::Unauthenticated];
        }
        if self.running.is_empty() {
            self.state = State::Idle;
            return vec![Effect::Link(Link::Off)];
        }
        self.state = State::Waiting;
        self.failures += 1;
        vec![Effect::Link(Link::Reconnecting), Effect::Retry { after_ms: back_off(self.failures, random) }]
    }

    /// A client ping every ten seconds; two without an answer mean the line is dead.
    fn tick(&mut self) -> Vec<Effect> {
        if self.state != State::Ready {
            return Vec::new();
        }
        self.unanswered += 1;
        if self.unanswered > 2 {
            vec![Effect::Close]
        } else {
            vec![Effect::Send(json!({ "type": "ping" }).to_string())]
        }
    }
}

/// Half a second doubling to fifteen, with full jitter in the upper half.
fn back_off(failures: u32, random: f64) -> u32 {
    let ceiling = (500_u32 << failures.saturating_sub(1).min(5)).min(15_000);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 7500")]
    let jitter = (f64::from(ceiling / 2) * random.clamp(0.0, 1.0)) as u32;
    ceiling / 2 + jitter
}

fn subscribe(id: u32, running: &Running) -> String {
    let mut variables = running.variables.clone();
    if let (Some(cursor), Some(map)) = (&running.cursor, variables.as_object_mut()) {
        map.insert("resume".into(), Value::from(cursor.as_str()));
    }
    json!({
        "type": "subscribe",
        "id": id.to_string(),
        "payload": { "operationName": running.name, "query": running.text, "variables": variables }
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACK: &str = r#"{"type":"connection_ack"}"#;

    fn subscribed() -> Socket {
        let mut socket = Socket::default();
        let effects = socket.step(
            Input::Subscribe { id: 1, name: "Logs", text: "subscription Logs", variables: json!({"tail": 5}) },
            0.0,
        );
        assert_eq!(effects, [Effect::Link(Link::Connecting), Effect::Open]);
        socket
    }

    fn ready() -> Socket {
        let mut socket = subscribed();
        socket.step(Input::Opened, 0.0);
        let effects = socket.step(Input::Received(ACK.into()), 0.0);
        assert_eq!(effects[0], Effect::Link(Link::Live));
        assert!(matches!(&effects[1], Effect::Send(text) if text.contains("\"subscribe\"")));
        socket
    }

    #[test]
    fn nothing_is_subscribed_before_the_greeting() {
        let mut socket = subscribed();
        let effects = socket.step(Input::Opened, 0.0);
        assert_eq!(effects, [Effect::Send(r#"{"type":"connection_init"}"#.into())]);
    }

    #[test]
    fn resumes_by_the_last_cursor() {
        let mut socket = ready();
        let next = r#"{"type":"next","id":"1","payload":{"data":{"logs":{"cursor":"c7","lines":[]}}}}"#;
        let effects = socket.step(Input::Received(next.into()), 0.0);
        assert_eq!(effects, [Effect::Data { id: 1, data: json!({"cursor": "c7", "lines": []}) }]);
        let effects = socket.step(Input::Closed { code: 1006 }, 1.0);
        assert_eq!(effects, [Effect::Link(Link::Reconnecting), Effect::Retry { after_ms: 500 }]);
        assert_eq!(socket.step(Input::RetryDue, 0.0), [Effect::Link(Link::Reconnecting), Effect::Open]);
        socket.step(Input::Opened, 0.0);
        let effects = socket.step(Input::Received(ACK.into()), 0.0);
        assert!(matches!(&effects[1], Effect::Send(text) if text.contains(r#""resume":"c7""#)), "{effects:?}");
    }

    #[test]
    fn a_dead_line_is_closed_after_two_unanswered_pings() {
        let mut socket = ready();
        assert!(matches!(&socket.step(Input::Tick, 0.0)[..], [Effect::Send(_)]));
        socket.step(Input::Received(r#"{"type":"pong"}"#.into()), 0.0);
        assert!(matches!(&socket.step(Input::Tick, 0.0)[..], [Effect::Send(_)]));
        assert!(matches!(&socket.step(Input::Tick, 0.0)[..], [Effect::Send(_)]));
        assert_eq!(socket.step(Input::Tick, 0.0), [Effect::Close]);
    }

    #[test]
    fn a_refused_session_is_not_retried() {
        let mut socket = ready();
        assert_eq!(socket.step(Input::Closed { code: 4401 }, 0.0), [Effect::Link(Link::Off), Effect::Unauthenticated]);
        assert_eq!(socket.step(Input::RetryDue, 0.0), []);
        assert_eq!(socket.step(Input::Wanted, 0.0), [Effect::Link(Link::Connecting), Effect::Open]);
    }

    #[test]
    fn an_ended_subscription_is_not_resumed() {
        let mut socket = ready();
        socket.step(Input::Received(r#"{"type":"complete","id":"1"}"#.into()), 0.0);
        assert_eq!(socket.step(Input::Closed { code: 1000 }, 0.0), [Effect::Link(Link::Off)]);
    }

    #[test]
    fn back_off_grows_to_fifteen_seconds() {
        let waits: Vec<_> = (1..8).map(|failures| back_off(failures, 1.0)).collect();
        assert_eq!(waits, [500, 1000, 2000, 4000, 8000, 15_000, 15_000]);
        assert_eq!(back_off(1, 0.0), 250);
    }
}
