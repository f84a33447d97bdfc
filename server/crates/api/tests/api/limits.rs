//! What GraphQL refuses, and what a session and a token may send.

use std::time::{Duration, Instant};

use axum::{
    body::Body,
    http::{Request, header},
};
use hypo_api::{Budget, HttpConfig};
use hypo_shared::Role;
use serde_json::{Value, json};

use crate::support::{Answer, ORIGIN, PASSWORD, Server, operations};

async fn with_cookie(server: &Server, cookie: &str, body: &Value) -> Answer {
    let request = Request::post("/graphql")
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::COOKIE, cookie)
        .header(header::ORIGIN, ORIGIN)
        .body(Body::from(body.to_string()))
        .unwrap();
    server.send(request).await
}

/// What tools read a schema with: the query of graphql-js and its ports.
const INTROSPECTION: &str = "\
    query IntrospectionQuery { __schema { queryType { name kind } mutationType { name kind } \
    subscriptionType { name kind } types { ...FullType } directives { name description locations args { \
    ...InputValue } } } } fragment FullType on __Type { kind name description fields(includeDeprecated: \
    true) { name description args { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason } \
    inputFields { ...InputValue } interfaces { ...TypeRef } enumValues(includeDeprecated: true) { name \
    description isDeprecated deprecationReason } possibleTypes { ...TypeRef } } fragment InputValue on \
    __InputValue { name description type { ...TypeRef } defaultValue } fragment TypeRef on __Type { kind \
    name ofType { name kind ofType { name kind ofType { name kind ofType { name kind ofType { name kind \
    ofType { name kind ofType { name kind ofType { name kind ofType { name kind } } } } } } } } } }";

#[tokio::test]
async fn queries_beyond_the_limits_are_refused_with_a_code_and_a_trace() {
    let server = Server::start().await;
    let ada = server.person(server.provider, "ada", Role::Admin).await;
    let aliases: String = (0..101).map(|n| format!("a{n}: __typename ")).collect();
    let deep = format!("{{ orders {{ nodes {}{{ id }}{} }} }}", "{ service { orders ".repeat(6), " } }".repeat(6));
    let cases = [
        (format!("{{ {aliases} }}"), "HYP-6007"),
        (deep, "HYP-6007"),
        ("{ packages(first: 99999999) { nodes { id } } }".to_owned(), "HYP-6007"),
        (format!("{{ session {{ role }} }} #{}", "x".repeat(20_000)), "HYP-6010"),
        ("{ nothingOfThatName }".to_owned(), "HYP-6001"),
        ("subscription { changes { cursor } }".to_owned(), "HYP-6001"),
    ];
    for (query, code) in cases {
        let answer = server.graphql(&ada, &query, json!({})).await;
        assert_eq!(answer.code().as_deref(), Some(code), "{}", &query[..query.len().min(80)]);
        let extensions = &answer.json()["errors"][0]["extensions"];
        assert_eq!(extensions["trace"], answer.headers["x-request-id"].to_str().unwrap());
        assert_eq!(extensions["hypo"], format!("/help/errors/{code}"));
        assert!(!answer.text.contains("Did you mean"));
    }
    let introspection = server.data(&ada, INTROSPECTION, json!({})).await;
    assert_eq!(introspection["__schema"]["queryType"]["name"], "Query");
}

#[tokio::test]
async fn every_operation_of_the_portal_is_trusted_and_within_the_limits() {
    let server = Server::start().await;
    server.person(server.provider, "ada", Role::Admin).await;
    let cookie = server.sign_in("ada", PASSWORD).await.cookie().unwrap();
    let nil = uuid::Uuid::nil();
    let all = operations();
    assert!(all.len() > 20, "{}", all.len());
    for operation in all.iter().filter(|operation| operation.name != "ChangePassword") {
        let variables = json!({"id": nil, "serviceId": nil, "service": nil});
        let body = json!({"query": operation.text, "operationName": operation.name, "variables": variables});
        let answer = with_cookie(&server, &cookie, &body).await;
        let code = answer.code().unwrap_or_default();
        assert!(!["HYP-6007", "HYP-6010", "HYP-6021", "HYP-9001"].contains(&code.as_str()), "{}", answer.text);
        assert!(!answer.text.contains("Unknown field"), "{}: {}", operation.name, answer.text);
        assert!(answer.json()["extensions"]["cost"].is_null(), "a session has no budget");
    }
}

#[tokio::test]
async fn a_fragment_makes_a_page_no_cheaper() {
    let server = Server::start().await;
    let ada = server.person(server.provider, "ada", Role::Admin).await;
    let cost =
        async |query: &str| server.graphql(&ada, query, json!({})).await.json()["extensions"]["cost"]["cost"].clone();
    let plain = cost("{ tmf { serviceOrders { nodes { id } } } }").await;
    assert_eq!(plain, 102);
    assert_eq!(cost("{ tmf { serviceOrders { ... { nodes { id } } } } }").await, plain);
    let named = "{ tmf { serviceOrders { ...p } } } fragment p on TmfServiceOrderConnection { nodes { id } }";
    assert_eq!(cost(named).await, plain);
    assert_eq!(cost("query($n: Int = 200) { packages(first: $n) { nodes { id } } }").await, 401);
    let dear = "query($n: Int = 200) { services(first: $n) { nodes { ...s } } } fragment s on Service { orders { service { orders { id } } } }";
    assert_eq!(server.graphql(&ada, dear, json!({})).await.code().as_deref(), Some("HYP-6007"));
}

#[tokio::test]
async fn a_session_sends_nothing_of_its_own() {
    let server = Server::start().await;
    server.person(server.provider, "ada", Role::Admin).await;
    let cookie = server.sign_in("ada", PASSWORD).await.cookie().unwrap();
    let own = operations().into_iter().find(|operation| operation.name == "CurrentSession").unwrap().text;
    let documents = [
        "{ session { role } }".to_owned(),
        "{ __schema { queryType { name } } }".to_owned(),
        "not GraphQL".to_owned(),
        format!("{own} query More {{ users {{ id }} }}"),
        own.replace("version", "version secret"),
    ];
    for document in documents {
        let answer = with_cookie(&server, &cookie, &json!({"query": document})).await;
        assert_eq!(answer.code().as_deref(), Some("HYP-6021"), "{document}");
        assert!(answer.json()["data"].is_null());
    }
    assert_eq!(with_cookie(&server, &cookie, &json!({"query": own})).await.code(), None);
    // What "Show as GraphQL" shows works with a token, and so does anything else.
    let ada = server.person(server.provider, "alan", Role::Admin).await;
    assert_eq!(server.data(&ada, &own, json!({})).await["session"]["role"], "admin");
    assert_eq!(server.data(&ada, "{ session { role } }", json!({})).await["session"]["role"], "admin");
}

#[tokio::test]
async fn a_token_has_a_budget_that_fills_up_again() {
    let budget = Budget { capacity: 120, per_second: 100 };
    let server = Server::with(HttpConfig { origins: vec![ORIGIN.to_owned()], budget, ..HttpConfig::default() }).await;
    let ada = server.person(server.provider, "ada", Role::Admin).await;
    let alan = server.person(server.provider, "alan", Role::Admin).await;
    // A list of 50 with one field, and the list itself.
    let query = "{ packages { nodes { id } } }";
    let first = server.graphql(&ada, query, json!({})).await.json();
    let cost = first["extensions"]["cost"]["cost"].as_u64().unwrap();
    assert!(cost > 50, "{first}");
    assert_eq!(first["extensions"]["cost"]["remaining"], 120 - cost);
    let spent = loop {
        let answer = server.graphql(&ada, query, json!({})).await.json();
        if answer["errors"].is_array() {
            break answer["errors"][0]["extensions"].clone();
        }
    };
    assert_eq!(spent["code"], "HYP-6022");
    let headers = server.graphql(&ada, query, json!({})).await.headers;
    let seconds: u64 = headers[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
    assert!((1..=2).contains(&seconds), "{seconds}");
    assert!(spent["cost"]["remaining"].as_u64().unwrap() < cost, "{spent}");
    assert_eq!(spent["cost"]["capacity"], 120);
    server.data(&alan, query, json!({})).await;
    let wait = Duration::from_millis(spent["retryAfterMs"].as_u64().unwrap() + 20);
    assert!(wait < Duration::from_secs(3), "{spent}");
    let start = Instant::now();
    tokio::time::sleep(wait).await;
    server.data(&ada, query, json!({})).await;
    assert!(start.elapsed() < Duration::from_secs(30));
    let never = server.graphql(&ada, "{ packages(first: 200) { nodes { id } } }", json!({})).await.json();
    assert_eq!(never["errors"][0]["extensions"]["code"], "HYP-6022");
    assert!(never["errors"][0]["extensions"]["retryAfterMs"].is_null());
}
