//! Peers reached through the server, and tokens for clients, over the wire.

use hypo_tests::world::{Server, text};
use hypo_twin::{PeerAuth, TmfPeer};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const SETTINGS: [(&str, &str); 2] =
    [("HYPO_EVENTS_ALLOW_HTTP", "true"), ("HYPO_EVENTS_ALLOW_ADDRESSES", "[\"127.0.0.0/8\"]")];
const ORDERS: &str = "tmf-api/serviceOrdering/v4/serviceOrder";

async fn register(server: &Server, name: &str, url: &str, auth: Value, open_slice: bool) -> Result<String, String> {
    let input = json!({"name": name, "baseUrl": url, "auth": auth, "openSlice": open_slice});
    let mutation = "mutation R($input: RegisterPeerInput!) { registerPeer(input: $input) { id } }";
    let made = server.try_ask(mutation, json!({"input": input})).await?;
    Ok(text(&made["registerPeer"]["id"]))
}

async fn send(
    server: &Server,
    method: Method,
    path: &str,
    body: Option<Value>,
) -> (StatusCode, Value, reqwest::header::HeaderMap) {
    let mut request = server.request(method, path);
    if let Some(body) = body {
        request = request.json(&body);
    }
    let answer = request.send().await.expect("the server answers");
    let (status, headers) = (answer.status(), answer.headers().clone());
    let body = answer.text().await.expect("a body");
    (status, serde_json::from_str(&body).unwrap_or(Value::Null), headers)
}

/// A GET as it stands: clients clean dots out of paths before they send them.
async fn raw(server: &Server, path: &str) -> String {
    let address = server.base.trim_start_matches("http://");
    let mut stream = tokio::net::TcpStream::connect(address).await.expect("the server listens");
    let token = server.token();
    let request =
        format!("GET {path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Bearer {token}\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("it is sent");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("an answer");
    answer
}

#[tokio::test(flavor = "multi_thread")]
async fn a_peer_is_reached_with_its_own_credentials() {
    let server = Server::start(&SETTINGS).await;
    let kinds = [
        (PeerAuth::None, Value::Null),
        (
            PeerAuth::Basic { user: "u".into(), password: "p:w".into() },
            json!({"basic": {"user": "u", "password": "p:w"}}),
        ),
        (PeerAuth::Bearer("theirs".into()), json!({"bearer": "theirs"})),
        (PeerAuth::ClientCredentials { id: "us".into(), secret: "s3".into() }, Value::Null),
    ];
    for (number, (auth, mut given)) in kinds.into_iter().enumerate() {
        let by_client = matches!(auth, PeerAuth::ClientCredentials { .. });
        let peer = TmfPeer::start(auth).await.expect("the peer starts");
        if by_client {
            given = json!({"clientCredentials": {"tokenUrl": format!("{}/token", peer.url), "clientId": "us", "clientSecret": "s3"}});
        }
        let name = format!("peer-{number}");
        register(&server, &name, &peer.url, given, false).await.expect("it is registered");
        let path = format!("/peers/{name}/{ORDERS}");
        let order = json!({"description": "d", "serviceOrderItem": [{"id": "1"}]});
        let (status, made, headers) = send(&server, Method::POST, &path, Some(order)).await;
        assert_eq!(status, StatusCode::CREATED, "{made:#}\n{}", server.log());
        assert_eq!(headers["location"], format!("/{ORDERS}/{}", text(&made["id"])), "hrefs are left alone");
        assert!(headers.get("set-cookie").is_none() && headers["content-security-policy"] != "default-src *");
        let one = format!("{path}/{}", text(&made["id"]));
        let (status, list, headers) = send(&server, Method::GET, &format!("{path}?state=x%20y"), None).await;
        assert_eq!((status, &list[0], headers["x-total-count"].to_str().unwrap()), (StatusCode::OK, &made, "1"));
        let (status, patched, _) = send(&server, Method::PATCH, &one, Some(json!({"description": "e"}))).await;
        assert_eq!((status, &patched["description"]), (StatusCode::OK, &json!("e")));
        assert_eq!(send(&server, Method::DELETE, &one, None).await.0, StatusCode::NO_CONTENT);
        let (status, missing, _) = send(&server, Method::GET, &one, None).await;
        assert_eq!((status, &missing["reason"]), (StatusCode::NOT_FOUND, &json!("not here")), "the peer's own answer");
        for request in peer.ledger() {
            let all = format!("{request:?}");
            assert!(!all.contains(server.token()), "the caller's token stays here: {all}");
            assert_eq!(request.headers["hypo-hops"], "1");
        }
        assert!(peer.ledger().iter().any(|request| request.path.ends_with("?state=x%20y")));
    }
    let listed = server.ask("{ peers { name auth account } }", json!({})).await;
    assert_eq!(listed["peers"].as_array().unwrap().len(), 4);
    let audit = server.ask("query A { audit(first: 50) { nodes { action detail } } }", json!({})).await;
    let writes: Vec<&Value> =
        audit["audit"]["nodes"].as_array().unwrap().iter().filter(|row| row["action"] == "writeThroughPeer").collect();
    assert_eq!(writes.len(), 12, "POST, PATCH and DELETE at each of four");
    println!("figure: 4 kinds of credentials, 12 writes audited");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_must_not_pass_does_not() {
    let server = Server::start(&SETTINGS).await;
    let peer = TmfPeer::start(PeerAuth::Bearer("right".into())).await.expect("the peer starts");
    register(&server, "wrong", &peer.url, json!({"bearer": "wrong"}), false).await.expect("registered");
    let (status, body, _) = send(&server, Method::GET, &format!("/peers/wrong/{ORDERS}"), None).await;
    assert_eq!((status, &body["code"]), (StatusCode::BAD_GATEWAY, &json!("HYP-6213")));
    let (status, body, _) = send(&server, Method::GET, &format!("/peers/nobody/{ORDERS}"), None).await;
    assert_eq!((status, &body["code"]), (StatusCode::NOT_FOUND, &json!("HYP-6211")));
    assert!(body["reason"].is_string() && body["status"] == "404", "the TMF shape: {body:#}");

    let (id, before) =
        (register(&server, "right", &peer.url, json!({"bearer": "right"}), false).await.unwrap(), peer.ledger().len());
    let around = server.request(Method::GET, &format!("/peers/right/{ORDERS}")).header("hypo-hops", "4").send().await;
    let around = around.expect("an answer");
    assert_eq!(around.status(), StatusCode::LOOP_DETECTED);
    let out = raw(&server, "/peers/right/tmf-api/%2e%2e/%2e%2e/token").await;
    assert!(out.starts_with("HTTP/1.1 404") && out.contains("leaves the peer's API"), "{out}");
    assert_eq!(peer.ledger().len(), before, "none of these was sent");

    peer.fail(Some(503));
    for _ in 0..5 {
        assert_eq!(
            send(&server, Method::GET, &format!("/peers/right/{ORDERS}"), None).await.0,
            StatusCode::SERVICE_UNAVAILABLE
        );
    }
    let seen = peer.ledger().len();
    let (status, body, headers) = send(&server, Method::GET, &format!("/peers/right/{ORDERS}"), None).await;
    assert_eq!((status, &body["code"]), (StatusCode::BAD_GATEWAY, &json!("HYP-6212")));
    assert!(headers.contains_key("retry-after"));
    assert_eq!(peer.ledger().len(), seen, "the peer is left alone");
    let removed = server.ask("mutation D($id: UUID!) { removePeer(id: $id) }", json!({"id": id})).await;
    assert_eq!(removed["removePeer"], true);
    assert_eq!(send(&server, Method::GET, &format!("/peers/right/{ORDERS}"), None).await.0, StatusCode::NOT_FOUND);

    let closed = Server::start(&[]).await;
    let refused = register(&closed, "inner", "https://169.254.169.254", Value::Null, false).await.unwrap_err();
    assert!(refused.starts_with("HYP-6202"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn documents_are_put_into_a_peers_words_and_back() {
    let server = Server::start(&SETTINGS).await;
    let peer = TmfPeer::start(PeerAuth::None).await.expect("the peer starts");
    register(&server, "slice", &peer.url, Value::Null, true).await.expect("registered");
    let path = format!("/peers/slice/{ORDERS}");
    let order = json!({"state": "inProgress", "serviceOrderItem": [{"id": "1", "state": "acknowledged"}]});
    let request = server.request(Method::POST, &path).header("x-hypo-translate", "official").json(&order);
    let made: Value = request.send().await.expect("an answer").json().await.expect("JSON");
    assert_eq!((&made["state"], &made["serviceOrderItem"]), (&order["state"], &order["serviceOrderItem"]), "{made:#}");
    let sent: Value = serde_json::from_str(&peer.ledger()[0].body).unwrap();
    assert_eq!((&sent["state"], &sent["orderItem"][0]["state"]), (&json!("INPROGRESS"), &json!("ACKNOWLEDGED")));
    let (_, raw, _) = send(&server, Method::GET, &path, None).await;
    assert_eq!(raw[0]["orderItem"][0]["id"], "1", "as it is without the wish");
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_exchange_their_secret_for_a_short_token() {
    let server = Server::start(&[]).await;
    let mutation = "mutation C($input: CreateClientInput!) { createClient(input: $input) { secret client { id } } }";
    let make = async |name: &str, role: &str, open_slice: bool| {
        let input = json!({"name": name, "role": role, "openSlice": open_slice});
        let made = server.ask(mutation, json!({"input": input})).await;
        (text(&made["createClient"]["client"]["id"]), text(&made["createClient"]["secret"]))
    };
    let (id, secret) = make("plain", "viewer", false).await;
    let (slice, slice_secret) = make("openslice", "provider", true).await;
    let user = json!({"name": "osom", "displayName": "Osom", "password": "correct horse battery", "role": "admin"});
    server
        .ask("mutation U($input: CreateUserInput!) { createUser(input: $input) { id } }", json!({"input": user}))
        .await;

    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    let ask = async |form: &str| {
        let url = format!("{}/auth/realms/openslice/protocol/openid-connect/token", server.base);
        let request = http.post(url).header("content-type", "application/x-www-form-urlencoded").body(form.to_owned());
        let answer = request.send().await.expect("an answer");
        (answer.status(), answer.json::<Value>().await.expect("JSON"))
    };
    let (status, token) = ask(&format!("grant_type=client_credentials&client_id={id}&client_secret={secret}")).await;
    assert_eq!((status, &token["token_type"], &token["expires_in"]), (StatusCode::OK, &json!("Bearer"), &json!(900)));
    let session =
        |token: &Value| http.get(format!("{}/session", server.base)).bearer_auth(text(&token["access_token"])).send();
    let who: Value = session(&token).await.unwrap().json().await.unwrap();
    assert_eq!(who["role"], "viewer");

    let password = format!(
        "grant_type=password&username=osom&password=correct+horse+battery&client_id={slice}&client_secret={slice_secret}"
    );
    let (status, token) = ask(&password).await;
    assert_eq!(status, StatusCode::OK, "{token:#}");
    let who: Value = session(&token).await.unwrap().json().await.unwrap();
    assert_eq!(
        (&who["user"]["name"], &who["role"]),
        (&json!("osom"), &json!("provider")),
        "the client bounds the person"
    );

    let plain = password.replace(&slice, &id).replace(&slice_secret, &secret);
    assert_eq!(ask(&plain).await.1["error"], "unauthorized_client", "the password grant is OpenSlice's");
    assert_eq!(
        ask(&format!("grant_type=client_credentials&client_id={id}&client_secret=x")).await.0,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(ask("grant_type=implicit&client_id=a&client_secret=b").await.1["error"], "unsupported_grant_type");
    let wrong = format!("grant_type=password&username=osom&password=no&client_id={slice}&client_secret={slice_secret}");
    let (status, refused) = ask(&wrong).await;
    assert_eq!((status, &refused["error"]), (StatusCode::BAD_REQUEST, &json!("invalid_grant")), "the client is right");
    let removed = server.ask("mutation D($id: UUID!) { removeClient(id: $id) }", json!({"id": slice})).await;
    assert_eq!(removed["removeClient"], true);
    assert_eq!(session(&token).await.unwrap().status(), StatusCode::UNAUTHORIZED, "its tokens end with it");
}
