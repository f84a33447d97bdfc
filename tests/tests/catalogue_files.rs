//! Catalogues to and from files on a server of the test's own, and the server killed while it imports.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::get,
};
use hypo_tests::world::{Server, text};
use reqwest::Method;
use serde_json::{Value, json};

const BASE: &str = "/tmf-api/serviceCatalogManagement/v4";
/// Speak to this machine.
const SETTINGS: [(&str, &str); 2] =
    [("HYPO_EVENTS_ALLOW_HTTP", "true"), ("HYPO_EVENTS_ALLOW_ADDRESSES", "[\"127.0.0.0/8\"]")];

/// Bytes of a file at most.
const LIMIT: usize = 16 << 20;

/// Content and media type by name.
type Files = Arc<Mutex<HashMap<String, (Bytes, String)>>>;

async fn read(State(files): State<Files>, Path(name): Path<String>) -> Response {
    match name.as_str() {
        "elsewhere" => return Redirect::temporary("/catalogue.json").into_response(),
        "large" => return vec![b' '; LIMIT + 1].into_response(),
        "slow.json" => tokio::time::sleep(Duration::from_secs(2)).await,
        _ => {}
    }
    let found = files.lock().expect("no holder panics").get(&name).cloned();
    found.map_or(StatusCode::NOT_FOUND.into_response(), |(content, _)| content.into_response())
}

async fn write(State(files): State<Files>, Path(name): Path<String>, headers: HeaderMap, content: Bytes) -> StatusCode {
    let media_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    files.lock().expect("no holder panics").insert(name, (content, media_type.to_owned()));
    StatusCode::CREATED
}

/// A server of files, and its address.
async fn serve() -> (Files, String) {
    let files = Files::default();
    let router = Router::new().route("/{name}", get(read).put(write)).with_state(Arc::clone(&files));
    let socket = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = format!("http://{}", socket.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(socket, router).await });
    (files, address)
}

async fn create(server: &Server, collection: &str, body: Value) -> Value {
    let made =
        server.request(Method::POST, &format!("{BASE}/{collection}")).json(&body).send().await.expect("an answer");
    assert_eq!(made.status(), 201);
    made.json().await.expect("JSON")
}

/// Path of a new job.
async fn begin(server: &Server, collection: &str, body: Value) -> String {
    text(&create(server, collection, body).await["href"])
}

async fn specifications(server: &Server) -> usize {
    let path = format!("{BASE}/serviceSpecification?fields=name");
    let all: Value = server.request(Method::GET, &path).send().await.expect("an answer").json().await.expect("JSON");
    all.as_array().map_or(0, Vec::len)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_catalogue_is_written_to_a_file_and_read_from_it() {
    let mut server = Server::start(&SETTINGS).await;
    let (files, address) = serve().await;
    for name in ["Line", "Phone"] {
        create(&server, "serviceSpecification", json!({"name": name})).await;
    }
    let export = begin(&server, "exportJob", json!({"url": format!("{address}/catalogue.json")})).await;
    server.shows(&export, "/status", "Succeeded").await;
    let (content, media_type) =
        files.lock().expect("no holder panics").get("catalogue.json").cloned().expect("it was put there");
    let written: Value = serde_json::from_slice(&content).expect("JSON");
    assert_eq!((written.as_array().map(Vec::len), media_type.as_str()), (Some(2), "application/json"));

    files.lock().expect("no holder panics").insert("slow.json".to_owned(), (content, media_type));
    let import = begin(&server, "importJob", json!({"url": format!("{address}/slow.json")})).await;
    server.shows(&import, "/status", "Running").await;
    server.restart(&[]);
    server.shows(&import, "/status", "Succeeded").await;
    assert_eq!(specifications(&server).await, 4, "imported once, however often it was begun");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_cannot_be_had_is_named_and_no_address_is_followed() {
    let server = Server::start(&SETTINGS).await;
    let (_, address) = serve().await;
    for (url, word) in [
        (format!("{address}/nowhere"), "404"),
        (format!("{address}/elsewhere"), "307"),
        (format!("{address}/large"), "larger"),
        ("http://10.20.30.40/inner.json".to_owned(), "private"),
        ("file:///etc/passwd".to_owned(), "https"),
        ("http://127.0.0.1:1/closed".to_owned(), "connected"),
    ] {
        let job = begin(&server, "importJob", json!({"url": url})).await;
        let failed = server.shows(&job, "/status", "Failed").await;
        assert!(text(&failed["errorLog"]).contains(word), "{url}: {}", failed["errorLog"]);
    }
    assert_eq!(specifications(&server).await, 0);
}
