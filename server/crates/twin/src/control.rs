//! The control API `/twin/...` behind the same listener, with a token of its own: clock, faults, ledger.

use std::sync::Arc;

use axum::body::Body;
use hyper::{Method, Response, header};
use serde_json::{Value, json};

use crate::{
    cluster::Cluster,
    config::ClockMode,
    controllers,
    faults::FaultSpec,
    http::{Request, document},
};

/// Answers a control request.
///
/// * `GET /twin` – name, clock, objects, pods
/// * `POST /twin/clock/step {"steps":1,"ms":1000}` – controller passes, each after `ms`
/// * `GET|POST|DELETE /twin/faults[/ID]`
/// * `GET /twin/ledger?since=SEQ&limit=N` – entries after SEQ (at most 1000, or N up to 10000), `oldest` and `newest`
pub async fn handle(cluster: &Arc<Cluster>, request: &Request) -> Response<Body> {
    let wanted = format!("Bearer {}", cluster.control_token);
    if request.header(header::AUTHORIZATION) != wanted {
        return document(401, &json!({"error": "the control API needs the control token"}));
    }
    let parts: Vec<&str> = request.path.split('/').filter(|part| !part.is_empty()).skip(1).collect();
    let body: Value = match request.body.is_empty() {
        true => json!({}),
        false => match serde_json::from_slice(&request.body) {
            Ok(body) => body,
            Err(error) => return document(400, &json!({"error": error.to_string()})),
        },
    };
    match (&request.method, parts.as_slice()) {
        (&Method::GET, []) => {
            let state = cluster.state();
            let answer = json!({
                "name": cluster.config.name, "version": cluster.config.version, "now": crate::clock::micros(state.now),
                "clock": cluster.clock.mode(), "resourceVersion": state.store.version(), "objects": state.store.len(),
            });
            document(200, &answer)
        }
        (&Method::POST, ["clock", "step"]) => step(cluster, &body),
        (&Method::GET, ["faults"]) => {
            let all: Vec<_> =
                cluster.faults.list().into_iter().map(|(id, spec)| json!({"id": id, "fault": spec})).collect();
            document(200, &json!({"faults": all}))
        }
        (&Method::POST, ["faults"]) => match serde_json::from_value::<FaultSpec>(body) {
            Ok(spec) => match cluster.faults.add(spec) {
                Ok(id) => {
                    cluster.wake.notify_one();
                    document(201, &json!({"id": id}))
                }
                Err(error) => document(400, &json!({"error": error.to_string()})),
            },
            Err(error) => document(400, &json!({"error": error.to_string()})),
        },
        (&Method::DELETE, ["faults"]) => {
            cluster.faults.clear(None);
            cluster.wake.notify_one();
            document(200, &json!({}))
        }
        (&Method::DELETE, ["faults", id]) => match id.parse() {
            Ok(id) => {
                cluster.faults.clear(Some(id));
                cluster.wake.notify_one();
                document(200, &json!({}))
            }
            Err(_) => document(404, &json!({"error": "no such fault"})),
        },
        (&Method::GET, ["ledger"]) => {
            let since = request.query.number("since").unwrap_or(0);
            let limit = request.query.number("limit").unwrap_or(1000).min(10_000);
            document(200, &json!(cluster.ledger.since(since, usize::try_from(limit).unwrap_or(1000))))
        }
        _ => document(404, &json!({"error": "no such control path"})),
    }
}

fn step(cluster: &Arc<Cluster>, body: &Value) -> Response<Body> {
    if cluster.clock.mode() != ClockMode::Explicit {
        return document(409, &json!({"error": "the clock runs by itself; start the twin with clock: explicit"}));
    }
    let steps = body.get("steps").and_then(Value::as_u64).unwrap_or(1).min(10_000);
    let milliseconds = body.get("ms").and_then(Value::as_i64).unwrap_or(1000);
    let mut moved = 0_u64;
    for _ in 0..steps {
        cluster.clock.advance(milliseconds);
        moved += u64::from(controllers::pass(cluster).changed);
    }
    let state = cluster.state();
    document(
        200,
        &json!({"steps": steps, "moved": moved, "now": crate::clock::micros(state.now), "resourceVersion": state.store.version()}),
    )
}
