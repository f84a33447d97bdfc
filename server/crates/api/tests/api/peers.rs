//! What is passed on to peers, and what is not.

use serde_json::json;

use crate::tmf::{Face, refused};

const ORDERS: &str = "/peers/north/tmf-api/serviceOrdering/v4/serviceOrder";

async fn face() -> Face {
    let face = Face::start().await;
    let mutation = "mutation R($input: RegisterPeerInput!) { registerPeer(input: $input) { id } }";
    let input = json!({"name": "north", "baseUrl": "https://north.test"});
    face.server.data(&face.admin, mutation, json!({"input": input})).await;
    face
}

#[tokio::test]
async fn no_reading_of_a_path_leaves_the_api() {
    let face = face().await;
    for path in [
        "../admin",
        "..%2fadmin",
        "%2e%2e%2fadmin",
        "%2e%2e/admin",
        "..%5cadmin",
        "x/..;/admin",
        "x/..%3ba/admin",
        "%252e%252e/admin",
        "a%00b",
        "./admin",
    ] {
        for method in ["GET", "POST"] {
            let answer = face.ask(method, &format!("/peers/north/tmf-api/{path}")).send().await;
            assert!(refused(&answer, 404).contains("leaves the peer's API"), "{method} {path}: {}", answer.text);
        }
    }
    assert_eq!(face.server.peers.heard(), []);
    let good = format!("{ORDERS}/7%20x?state=../x");
    assert_eq!(face.get(&good).await.status, 200);
    let heard = face.server.peers.heard();
    assert_eq!(heard[0].1, good.trim_start_matches("/peers/north"), "passed on as it was sent");
}

#[tokio::test]
async fn a_count_of_hops_that_cannot_be_read_is_refused() {
    let face = face().await;
    for (hops, status) in
        [("abc", 400), ("-1", 400), ("4,1", 400), ("1.5", 400), ("4", 508), ("99999999999999999999", 508)]
    {
        refused(&face.ask("GET", ORDERS).header("hypo-hops", hops).send().await, status);
    }
    assert_eq!(face.server.peers.heard(), []);
    assert_eq!(face.ask("GET", ORDERS).header("hypo-hops", "3").send().await.status, 200);
}

#[tokio::test]
async fn a_failed_write_is_called_so_in_the_trail() {
    let face = face().await;
    assert_eq!(face.ask("POST", ORDERS).json(&json!({})).send().await.status, 200);
    face.server.peers.leave();
    refused(&face.ask("DELETE", &format!("{ORDERS}/7")).send().await, 502);
    let audit = "{ audit(first: 2) { nodes { action outcome detail } } }";
    let rows = face.server.data(&face.admin, audit, json!({})).await["audit"]["nodes"].take();
    assert_eq!((rows[0]["outcome"].as_str(), rows[1]["outcome"].as_str()), (Some("failed"), Some("done")), "{rows:#}");
    assert!(rows[0]["detail"].as_str().unwrap().contains("HYP-6212"), "{rows:#}");
}
