//! Listeners as they live: down and back, a server killed while events wait, a wrong signature, what was given up.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU16, Ordering},
    },
    time::{Duration, Instant},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use hypo_tests::world::{SHOP, Server, World, text};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// What the server may do in these tests: speak to this machine, and try again soon.
const SETTINGS: [(&str, &str); 5] = [
    ("HYPO_EVENTS_ALLOW_HTTP", "true"),
    ("HYPO_EVENTS_ALLOW_ADDRESSES", "[\"127.0.0.0/8\"]"),
    ("HYPO_EVENTS_FIRST_WAIT_MS", "40"),
    ("HYPO_EVENTS_LONGEST_WAIT_MS", "200"),
    ("HYPO_EVENTS_TIMEOUT", "2"),
];

/// One delivery as it came in.
#[derive(Clone, Debug)]
struct Got {
    headers: Vec<(String, String)>,
    body: String,
}

impl Got {
    fn event(&self) -> Value {
        serde_json::from_str(&self.body).expect("an event is JSON")
    }

    fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str()).unwrap_or_default()
    }
}

/// A listener on a port of its own that answers with a status of its choice.
struct Listener {
    url: String,
    status: Arc<AtomicU16>,
    got: Arc<Mutex<Vec<Got>>>,
}

impl Listener {
    async fn start() -> Self {
        let socket = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/listener", socket.local_addr().expect("an address"));
        let (status, got) = (Arc::new(AtomicU16::new(204)), Arc::new(Mutex::new(Vec::new())));
        let (answer, heard) = (Arc::clone(&status), Arc::clone(&got));
        tokio::spawn(async move {
            while let Ok((stream, _)) = socket.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&answer), Arc::clone(&heard)));
            }
        });
        Self { url, status, got }
    }

    fn answers(&self, status: u16) {
        self.status.store(status, Ordering::SeqCst);
    }

    fn got(&self) -> Vec<Got> {
        self.got.lock().expect("no listener panics").clone()
    }

    async fn wait_for(&self, count: usize, server: &Server) -> Vec<Got> {
        let started = Instant::now();
        loop {
            let got = self.got();
            if got.len() >= count {
                return got;
            }
            assert!(started.elapsed() < Duration::from_secs(60), "{} of {count} came\n{}", got.len(), server.log());
            tokio::time::sleep(Duration::from_millis(30)).await;
        }
    }
}

/// Reads requests of one connection; a delivery that is refused is not counted as received.
async fn serve(mut stream: TcpStream, status: Arc<AtomicU16>, got: Arc<Mutex<Vec<Got>>>) {
    let mut buffer = Vec::new();
    loop {
        let end = loop {
            if let Some(end) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
                break end;
            }
            let mut chunk = [0; 4096];
            match stream.read(&mut chunk).await {
                Ok(read) if read > 0 => buffer.extend_from_slice(&chunk[..read]),
                _ => return,
            }
        };
        let head = String::from_utf8_lossy(&buffer[..end]).into_owned();
        let headers: Vec<(String, String)> = head
            .lines()
            .skip(1)
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
            .collect();
        let length = headers.iter().find(|(name, _)| name == "content-length");
        let length: usize = length.and_then(|(_, value)| value.parse().ok()).unwrap_or(0);
        while buffer.len() < end + 4 + length {
            let mut chunk = [0; 4096];
            match stream.read(&mut chunk).await {
                Ok(read) if read > 0 => buffer.extend_from_slice(&chunk[..read]),
                _ => return,
            }
        }
        let body = String::from_utf8_lossy(&buffer[end + 4..end + 4 + length]).into_owned();
        buffer.drain(..end + 4 + length);
        let status = status.load(Ordering::SeqCst);
        if status < 300 {
            got.lock().expect("no listener panics").push(Got { headers, body });
        }
        let answer = format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\n\r\n");
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// Registers a listener for every event of service orders; gives its id and secret.
async fn register(server: &Server, callback: &str, query: &str) -> (String, String) {
    let input = json!({"base": "/tmf-api/serviceOrdering/v4", "callback": callback, "query": query});
    let mutation = "mutation R($input: RegisterHubInput!) { registerHub(input: $input) { secret hub { id } } }";
    let made = server.ask(mutation, json!({"input": input})).await;
    (text(&made["registerHub"]["hub"]["id"]), text(&made["registerHub"]["secret"]))
}

async fn hub(server: &Server, id: &str) -> Value {
    let all = server.ask("query H { hubs { id waiting dead delivered error paused } }", json!({})).await;
    let found = all["hubs"].as_array().expect("hubs").iter().find(|hub| hub["id"] == id).cloned();
    found.expect("the hub is listed")
}

async fn until(server: &Server, id: &str, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
    let started = Instant::now();
    loop {
        let found = hub(server, id).await;
        if holds(&found) {
            return found;
        }
        assert!(started.elapsed() < Duration::from_secs(60), "{what}: {found:#}\n{}", server.log());
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
}

/// Orders and ends applications, so that orders come, move and end; gives the history of order events in order.
async fn stir(world: &World, package: &str, from: usize, count: usize) {
    for number in from..from + count {
        let plan = world.plan(package, &format!("a{number}"), &[("web", 0), ("db", 1)]).await;
        let order = world.order(&plan, "compensate").await;
        world.server.settled(&order, &["completed"]).await;
    }
}

async fn history(server: &Server) -> Vec<String> {
    let query = "query E($since: Cursor) { events(since: $since, first: 500, filter: {resources: [\"serviceOrder\"]}) { nodes { id } next hasMore } }";
    let (mut ids, mut since) = (Vec::new(), Value::Null);
    loop {
        let page = server.ask(query, json!({"since": since})).await;
        ids.extend(page["events"]["nodes"].as_array().expect("events").iter().map(|event| text(&event["id"])));
        if page["events"]["hasMore"] != true {
            return ids;
        }
        since = page["events"]["next"].clone();
    }
}

/// Ids in the order of their first arrival: at least once means that some may come twice.
fn first_arrivals(got: &[Got]) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for delivery in got {
        let id = text(&delivery.event()["eventId"]);
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}

/// HMAC-SHA256 written once more, from the RFC: the receiver's side.
fn signature(secret: &str, got: &Got) -> String {
    let key = STANDARD.decode(secret.strip_prefix("whsec_").expect("the prefix")).expect("base64");
    let pad = |byte: u8| (0..64).map(|at| key.get(at).copied().unwrap_or(0) ^ byte).collect::<Vec<u8>>();
    let signed = format!("{}.{}.{}", got.header("webhook-id"), got.header("webhook-timestamp"), got.body);
    let inner = Sha256::digest([pad(0x36), signed.into_bytes()].concat());
    format!("v1,{}", STANDARD.encode(Sha256::digest([pad(0x5c), inner.to_vec()].concat())))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_that_was_down_hears_everything_in_order() {
    let world = World::start(&SETTINGS).await;
    let package = world.import("shop", SHOP).await;
    let listener = Listener::start().await;
    let (id, secret) = register(&world.server, &listener.url, "").await;
    let (_, other_secret) = register(&world.server, &listener.url, "eventType=NeverEvent").await;
    listener.answers(503);
    stir(&world, &package, 0, 2).await;
    let down = until(&world.server, &id, "it fails", |hub| !hub["error"].is_null()).await;
    assert!(down["waiting"].as_i64() > Some(3) && down["delivered"] == 0, "{down:#}");
    assert!(text(&down["error"]).contains("503"), "{down:#}");
    listener.answers(200);
    stir(&world, &package, 2, 1).await;
    let expected = history(&world.server).await;
    let got = listener.wait_for(expected.len(), &world.server).await;
    assert_eq!(first_arrivals(&got), expected);
    assert_eq!(got.len(), expected.len(), "a listener that answers hears each event once");
    for delivery in &got {
        let event = delivery.event();
        let document = &event["event"]["serviceOrder"];
        assert!(document["serviceOrderItem"].is_array() && document["id"].is_string(), "{event:#}");
        assert_eq!(delivery.header("webhook-id"), text(&event["eventId"]));
        assert_eq!(delivery.header("webhook-signature"), signature(&secret, delivery));
        assert_ne!(delivery.header("webhook-signature"), signature(&other_secret, delivery));
    }
    println!("figure: {} events to a listener that was down, in order, each once, each signed", expected.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_killed_while_events_wait_loses_nothing() {
    let mut world = World::start(&SETTINGS).await;
    let package = world.import("shop", SHOP).await;
    let listener = Listener::start().await;
    let (id, _) = register(&world.server, &listener.url, "").await;
    let mut kills = 0;
    for round in 0..4 {
        // Down before, or in the middle of it: some deliveries are in flight when the server dies.
        listener.answers(if round % 2 == 0 { 503 } else { 200 });
        stir(&world, &package, round, 1).await;
        world.server.kill();
        kills += 1;
        if round % 2 == 0 {
            listener.answers(200);
        }
        world.server.restart(&SETTINGS);
    }
    let expected = history(&world.server).await;
    until(&world.server, &id, "all are told", |hub| hub["waiting"] == 0).await;
    let started = Instant::now();
    while first_arrivals(&listener.got()).len() < expected.len() {
        assert!(started.elapsed() < Duration::from_secs(30), "{}", world.server.log());
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let got = listener.got();
    assert_eq!(first_arrivals(&got), expected);
    println!("figure: {kills} kills, {} events in order, {} repeated", expected.len(), got.len() - expected.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_given_up_is_replayed_and_a_pause_loses_nothing() {
    let settings = [SETTINGS.as_slice(), &[("HYPO_EVENTS_ATTEMPTS", "2")]].concat();
    let world = World::start(&settings).await;
    let package = world.import("shop", SHOP).await;
    let listener = Listener::start().await;
    let (id, _) = register(&world.server, &listener.url, "").await;
    listener.answers(500);
    stir(&world, &package, 0, 1).await;
    let given_up = until(&world.server, &id, "all are given up", |hub| hub["waiting"] == 0).await;
    let dead = given_up["dead"].as_i64().expect("a number");
    let letters = "query L($id: UUID!) { deadLetters(hubId: $id) { id eventId type attempts error body } }";
    let listed = world.server.ask(letters, json!({"id": id})).await;
    let listed = listed["deadLetters"].as_array().expect("letters").clone();
    assert!(dead >= 2 && listed.len() as i64 == dead, "{given_up:#}");
    assert_eq!(listed[0]["type"], "ServiceOrderCreateEvent");
    assert!(listed.iter().all(|letter| letter["attempts"] == 2 && text(&letter["error"]).contains("500")));

    listener.answers(200);
    world.server.ask("mutation P($id: UUID!) { pauseHub(id: $id) { paused } }", json!({"id": id})).await;
    let replay = "mutation R($id: UUID!, $letter: String) { replayHub(id: $id, letterId: $letter) }";
    let one = world.server.ask(replay, json!({"id": id, "letter": listed[0]["id"]})).await;
    assert_eq!(one["replayHub"], 1);
    let unknown = world.server.try_ask(replay, json!({"id": id, "letter": "ffff"})).await;
    assert!(unknown.expect_err("there is none").starts_with("HYP-6002"));
    let all = world.server.ask(replay, json!({"id": id})).await;
    assert_eq!(all["replayHub"].as_i64(), Some(dead - 1));
    stir(&world, &package, 1, 1).await;
    assert!(listener.got().is_empty(), "a paused listener hears nothing");
    world.server.ask("mutation G($id: UUID!) { resumeHub(id: $id) { paused } }", json!({"id": id})).await;
    let expected = history(&world.server).await;
    let got = listener.wait_for(expected.len(), &world.server).await;
    assert_eq!(first_arrivals(&got), expected, "what was given up comes first, then what waited");
    println!("figure: {dead} given up and replayed, {} in order", expected.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn callbacks_to_the_inside_are_refused() {
    let server = Server::start(&[]).await;
    let table = [
        "http://93.184.216.34/",
        "https://127.0.0.1/",
        "https://localhost/",
        "https://169.254.169.254/latest/meta-data/",
        "https://10.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:169.254.169.254]/",
        "https://2130706433/",
        "https://user:password@93.184.216.34/",
        "ftp://93.184.216.34/",
        "file:///etc/passwd",
    ];
    for callback in table {
        let input = json!({"base": "/tmf-api/serviceOrdering/v4", "callback": callback});
        let mutation = "mutation R($input: RegisterHubInput!) { registerHub(input: $input) { hub { id } } }";
        let refused = server.try_ask(mutation, json!({"input": input})).await.expect_err(callback);
        assert!(refused.starts_with("HYP-6202"), "{callback}: {refused}");
    }
    println!("figure: {} inner addresses refused", table.len());
}
