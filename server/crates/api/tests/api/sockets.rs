//! `graphql-transport-ws`: who gets in, what is refused, and how a lost right ends a connection.

use std::time::{Duration, Instant};

use crate::support::{ORIGIN, PASSWORD, Server, Socket, portal};
use hypo_shared::Role;
use serde_json::json;

const CHANGES: &str =
    "subscription($resume: Cursor) { changes(resume: $resume) { cursor kind changes { topic kind } } }";

#[tokio::test]
async fn only_our_pages_and_token_holders_get_in() {
    let server = Server::start().await;
    let ada = server.person(server.provider, "ada", Role::Provider).await;
    let cookie = server.sign_in("ada", PASSWORD).await.cookie().unwrap();
    let address = server.listen().await;
    assert_eq!(Socket::open(address, &[]).await.err(), Some(401));
    assert_eq!(Socket::open(address, &[("cookie", &cookie)]).await.err(), Some(403));
    let foreign = [("cookie", cookie.as_str()), ("origin", "https://evil.example")];
    assert_eq!(Socket::open(address, &foreign).await.err(), Some(403));
    assert!(Socket::open(address, &[("cookie", &cookie), ("origin", ORIGIN)]).await.is_ok());
    let old = [("authorization", &*format!("Bearer {}", ada.token)), ("sec-websocket-protocol", "graphql-ws")];
    assert_eq!(Socket::open(address, &old).await.err(), Some(400));
}

#[tokio::test]
async fn the_protocol_is_kept() {
    let server = Server::start().await;
    let ada = server.person(server.provider, "ada", Role::Provider).await;
    let address = server.listen().await;
    let bearer = format!("Bearer {}", ada.token);
    let open = || async { Socket::open(address, &[("authorization", &bearer)]).await.unwrap() };

    let mut silent = open().await;
    let start = Instant::now();
    assert_eq!(silent.next().await, Err(4408));
    assert!(start.elapsed() < Duration::from_secs(5));

    let mut early = open().await;
    early.subscribe("1", CHANGES, json!({})).await;
    assert_eq!(early.next().await, Err(4401));

    let mut nonsense = open().await;
    nonsense.send(json!({"type": "nonsense"})).await;
    assert_eq!(nonsense.next().await, Err(4400));

    let mut twice = Socket::ready(address, &ada.token).await;
    twice.send(json!({"type": "connection_init"})).await;
    assert_eq!(twice.next().await, Err(4429));

    let mut double = Socket::ready(address, &ada.token).await;
    double.subscribe("1", CHANGES, json!({})).await;
    double.next().await.unwrap();
    double.subscribe("1", CHANGES, json!({})).await;
    assert_eq!(double.next().await, Err(4409));

    let mut many = Socket::ready(address, &ada.token).await;
    for id in 0..21 {
        many.subscribe(&id.to_string(), CHANGES, json!({})).await;
    }
    let refused = loop {
        let message = many.next().await.unwrap();
        if message["type"] == "error" {
            break message;
        }
    };
    assert_eq!(
        (refused["id"].as_str(), &refused["payload"][0]["extensions"]["code"]),
        (Some("20"), &json!("HYP-6007"))
    );
    many.send(json!({"type": "complete", "id": "0"})).await;
    many.subscribe("again", "{ session { role } }", json!({})).await;
    while many.next().await.unwrap()["id"] != "again" {}

    let mut large = Socket::ready(address, &ada.token).await;
    large.send(json!({"type": "ping", "payload": {"x": "x".repeat(70_000)}})).await;
    assert!(large.next().await.is_err());

    let mut pinging = Socket::ready(address, &ada.token).await;
    pinging.send(json!({"type": "ping", "payload": {"n": 1}})).await;
    assert_eq!(pinging.next().await.unwrap(), json!({"type": "pong", "payload": {"n": 1}}));
    pinging.subscribe("q", "{ session { role } }", json!({})).await;
    assert_eq!(pinging.next().await.unwrap()["payload"]["data"]["session"]["role"], "provider");
    assert_eq!(pinging.next().await.unwrap()["type"], "complete");
    pinging.subscribe("bad", "subscription { nothing }", json!({})).await;
    assert_eq!(pinging.next().await.unwrap()["type"], "error");
}

#[tokio::test]
async fn changes_resume_without_a_hole() {
    let server = Server::start().await;
    let owner = server.person(server.owner, "olga", Role::DomainOwner).await;
    let address = server.listen().await;
    let mut socket = Socket::ready(address, &owner.token).await;
    socket.subscribe("1", CHANGES, json!({})).await;
    let first = socket.next().await.unwrap()["payload"]["data"]["changes"].clone();
    assert_eq!((first["kind"].as_str(), first["changes"].as_array().map(Vec::len)), (Some("snapshot"), Some(0)));
    drop(socket);
    // Something happens while nobody listens.
    server.data(&owner, "mutation { addDomain(input: {name: \"Edge\"}) { id } }", json!({})).await;
    let mut socket = Socket::ready(address, &owner.token).await;
    socket.subscribe("1", CHANGES, json!({"resume": first["cursor"]})).await;
    let delta = socket.next().await.unwrap()["payload"]["data"]["changes"].clone();
    assert_eq!(delta["kind"], "delta");
    assert_eq!(delta["changes"], json!([{"topic": "resource", "kind": "created"}]));
    // And while somebody does.
    server.data(&owner, "mutation { addDomain(input: {name: \"Core\"}) { id } }", json!({})).await;
    assert_eq!(socket.next().await.unwrap()["payload"]["data"]["changes"]["kind"], "delta");
    socket.subscribe("2", CHANGES, json!({"resume": "nonsense"})).await;
    let refused = socket.next().await.unwrap();
    assert_eq!(
        (refused["type"].as_str(), &refused["payload"][0]["extensions"]["code"]),
        (Some("error"), &json!("HYP-6008"))
    );
}

#[tokio::test]
async fn a_lost_right_ends_the_connection_within_five_seconds() {
    let server = Server::start().await;
    let admin = server.person(server.provider, "root", Role::Admin).await;
    server.person(server.provider, "ada", Role::Provider).await;
    let cookie = server.sign_in("ada", PASSWORD).await.cookie().unwrap();
    let address = server.listen().await;
    let open = || async {
        let mut socket = Socket::open(address, &[("cookie", &cookie), ("origin", ORIGIN)]).await.unwrap();
        socket.send(json!({"type": "connection_init"})).await;
        socket.next().await.unwrap();
        socket.subscribe("1", &portal("Changes"), json!({})).await;
        socket.next().await.unwrap();
        socket
    };
    let mut disabled = open().await;
    let users = server.data(&admin, "{ users { id name } }", json!({})).await;
    let ada = users["users"].as_array().unwrap().iter().find(|user| user["name"] == "ada").unwrap()["id"].clone();
    let start = Instant::now();
    server.data(&admin, "mutation($id: UUID!) { disableUser(id: $id) { disabled } }", json!({"id": ada})).await;
    let code = loop {
        if let Err(code) = disabled.next().await {
            break code;
        }
    };
    assert_eq!(code, 4403);
    assert!(start.elapsed() < Duration::from_secs(5), "{:?}", start.elapsed());
}
