//! Health, metrics and logs of a running service.

use std::{collections::BTreeSet, sync::atomic::Ordering, time::Duration};

use hypo_shared::Role;
use serde_json::{Value, json};

use crate::{
    journey::running_service,
    support::{Person, Server, Socket},
};

const HEALTH: &str = "subscription($id: UUID!, $r: Cursor) { serviceHealth(id: $id, resume: $r) {
    cursor kind health components { name health ready desired pods { name ready } cluster { name } } } }";
const METRICS: &str = "subscription($id: UUID!, $r: Cursor) { metrics(serviceId: $id, resume: $r) {
    cursor kind stepMs t series { key component cluster metric unit v } source } }";
const LOGS: &str =
    "subscription($id: UUID!, $c: String, $r: Cursor) { logs(serviceId: $id, component: $c, resume: $r) {
    cursor kind dropped lines { pod component cluster text } } }";

/// Frames of a subscription until `enough`.
async fn frames(socket: &mut Socket, field: &str, enough: impl Fn(&[Value]) -> bool) -> Vec<Value> {
    let mut seen = Vec::new();
    for _ in 0..200 {
        let mut message = socket.next().await.unwrap();
        let frame = message["payload"]["data"][field].take();
        assert!(frame.is_object(), "{message:#}");
        seen.push(frame);
        if enough(&seen) {
            return seen;
        }
    }
    panic!("{field}: {seen:#?}");
}

async fn service() -> (Server, Person, Value) {
    let server = Server::start().await;
    let ada = server.person(server.provider, "ada", Role::Provider).await;
    let service = running_service(&server, &ada).await;
    // The feed joins a service some moments after it was registered.
    for _ in 0..100 {
        let live = server
            .data(
                &ada,
                "query($id: UUID!) { service(id: $id) { health components { pods { name } } } }",
                json!({"id": service}),
            )
            .await;
        if live["service"]["health"] == "healthy" && live.to_string().contains("web-0") {
            return (server, ada, service);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the service is never seen healthy");
}

#[tokio::test]
async fn health_is_a_snapshot_and_resumes() {
    let (server, ada, service) = service().await;
    let address = server.listen().await;
    let mut socket = Socket::ready(address, &ada.token).await;
    socket.subscribe("h", HEALTH, json!({"id": service})).await;
    let first = frames(&mut socket, "serviceHealth", |_| true).await.remove(0);
    assert_eq!((&first["kind"], &first["health"]), (&json!("snapshot"), &json!("healthy")));
    let web = first["components"].as_array().unwrap().iter().find(|component| component["name"] == "web").unwrap();
    assert_eq!(
        (&web["ready"], &web["pods"][0]["name"], &web["cluster"]["name"]),
        (&json!(1), &json!("web-0"), &json!("edge-1"))
    );
    // Who has seen the newest state gets no snapshot again.
    socket.subscribe("again", HEALTH, json!({"id": service, "r": first["cursor"]})).await;
    assert_eq!(frames(&mut socket, "serviceHealth", |_| true).await[0]["kind"], "heartbeat");
}

#[tokio::test]
async fn metrics_have_one_poller_and_a_ring() {
    let (server, ada, service) = service().await;
    let address = server.listen().await;
    let mut viewers = Vec::new();
    for _ in 0..10 {
        let mut socket = Socket::ready(address, &ada.token).await;
        socket.subscribe("m", METRICS, json!({"id": service})).await;
        viewers.push(socket);
    }
    let full = |seen: &[Value]| seen.iter().map(|frame| frame["t"].as_array().unwrap().len()).sum::<usize>() >= 5;
    let seen = frames(&mut viewers[0], "metrics", full).await;
    assert_eq!((&seen[0]["kind"], &seen[0]["source"]), (&json!("snapshot"), &json!("metrics.k8s.io")));
    let last = seen.last().unwrap();
    let series = last["series"].as_array().unwrap();
    let keys: BTreeSet<i64> = series.iter().map(|series| series["key"].as_i64().unwrap()).collect();
    assert_eq!((series.len(), keys.len()), (4, 4), "{last:#}");
    for series in series {
        assert_eq!(series["v"].as_array().unwrap().len(), last["t"].as_array().unwrap().len());
        assert_eq!(series["v"][0], if series["metric"] == "cpu" { json!(25.0) } else { json!(1_048_576.0) });
    }
    // Ten viewers, one query per step.
    let steps = server.cluster.polls.load(Ordering::Relaxed);
    tokio::time::sleep(Duration::from_secs(1)).await;
    let polls = server.cluster.polls.load(Ordering::Relaxed) - steps;
    assert!((2..=14).contains(&polls), "{polls} polls in a second of 100 ms steps");
    // A viewer that was away gets what it missed, and nothing twice.
    let mut socket = Socket::ready(address, &ada.token).await;
    socket.subscribe("m", METRICS, json!({"id": service, "r": last["cursor"]})).await;
    let missed = frames(&mut socket, "metrics", |_| true).await.remove(0);
    assert_eq!(missed["kind"], "delta");
    assert!(missed["t"][0].as_f64().unwrap() > last["t"].as_array().unwrap().last().unwrap().as_f64().unwrap());
    // A cursor of another life starts anew.
    socket.subscribe("bad", METRICS, json!({"id": service, "r": "x"})).await;
    let refused = loop {
        let message = socket.next().await.unwrap();
        if message["id"] == "bad" {
            break message;
        }
    };
    assert_eq!(refused["payload"][0]["extensions"]["code"], "HYP-6008");
}

#[tokio::test]
async fn logs_are_batched_and_resume_without_hole_or_double() {
    let (server, ada, service) = service().await;
    server.cluster.lines.store(1200, Ordering::Relaxed);
    let address = server.listen().await;
    let count = |seen: &[Value]| seen.iter().map(|frame| frame["lines"].as_array().unwrap().len()).sum::<usize>();
    let mut socket = Socket::ready(address, &ada.token).await;
    socket.subscribe("l", LOGS, json!({"id": service, "c": "web"})).await;
    let seen = frames(&mut socket, "logs", |seen| count(seen) >= 1200).await;
    assert!(seen.iter().all(|frame| frame["lines"].as_array().unwrap().len() <= 500 && frame["dropped"] == 0));
    assert!(seen.len() < 10, "{} frames", seen.len());
    let text = |frame: &Value| {
        frame["lines"]
            .as_array()
            .unwrap()
            .iter()
            .map(|line| line["text"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let lines: Vec<String> = seen.iter().flat_map(text).collect();
    assert_eq!((lines.len(), lines[0].as_str(), lines[1199].as_str()), (1200, "line 0", "line 1199"));
    assert_eq!(seen.last().unwrap()["lines"][0]["cluster"], "edge-1");
    drop(socket);
    server.cluster.lines.store(1210, Ordering::Relaxed);
    let mut socket = Socket::ready(address, &ada.token).await;
    socket.subscribe("l", LOGS, json!({"id": service, "c": "web", "r": seen.last().unwrap()["cursor"]})).await;
    let more = frames(&mut socket, "logs", |seen| count(seen) >= 10).await;
    let lines: Vec<String> = more.iter().flat_map(text).collect();
    assert_eq!((lines.len(), lines[0].as_str(), lines[9].as_str()), (10, "line 1200", "line 1209"));
}
