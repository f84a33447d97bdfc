//! The 13 probes of graphql-cop (dolevf/graphql-cop), written anew: what each sends and what it calls vulnerable, as a
//! stranger, as a session and, where the probe does not merely ask for a feature tokens have, as a token.

use axum::{
    body::Body,
    http::{Method, Request, header},
};
use hypo_shared::Role;
use serde_json::{Value, json};

use crate::support::{Answer, ORIGIN, PASSWORD, Server};

#[derive(Clone, Debug)]
enum Who {
    Stranger,
    Session(String),
    Token(String),
}

async fn send(server: &Server, who: &Who, method: Method, uri: &str, media: &str, body: &str) -> Answer {
    let mut request = Request::builder().method(method).uri(uri).header(header::ORIGIN, ORIGIN);
    if !media.is_empty() {
        request = request.header(header::CONTENT_TYPE, media);
    }
    request = match who {
        Who::Stranger => request,
        Who::Session(cookie) => request.header(header::COOKIE, cookie),
        Who::Token(token) => request.header(header::AUTHORIZATION, format!("Bearer {token}")),
    };
    server.send(request.body(Body::from(body.to_owned())).unwrap()).await
}

async fn post(server: &Server, who: &Who, query: &str) -> Value {
    let body = json!({"query": query, "operationName": "cop"}).to_string();
    send(server, who, Method::POST, "/graphql", "application/json", &body).await.json()
}

fn has_data(answer: &Value) -> bool {
    answer["data"].is_object() || answer[0]["data"].is_object()
}

/// The names of the probes that succeed.
async fn probe(server: &Server, who: &Who) -> Vec<&'static str> {
    let mut found = Vec::new();
    let mut judge = |name, vulnerable: bool| {
        if vulnerable {
            found.push(name);
        }
    };
    let aliases: String = (0..=100).map(|n| format!("alias{n}: __typename ")).collect();
    judge("alias overloading", has_data(&post(server, who, &format!("query cop {{ {aliases} }}")).await));
    let one = json!({"query": "query cop { __typename }", "operationName": "cop"});
    let batch = json!(vec![one; 10]).to_string();
    let answer = send(server, who, Method::POST, "/graphql", "application/json", &batch).await;
    judge("array batching", has_data(&serde_json::from_str(&answer.text).unwrap_or_default()));
    let answer = post(server, who, &format!("query cop {{ __typename {} }}", "@aa".repeat(10))).await;
    judge("directive overloading", answer["errors"].as_array().is_none_or(|errors| errors.len() == 10));
    let round = "query cop { __schema { types { fields { type { fields { type { fields { type { fields { type { name } } } } } } } } } } }";
    judge("circular introspection", has_data(&post(server, who, round).await));
    let twice = "__typename ".repeat(500);
    judge("field duplication", has_data(&post(server, who, &format!("query cop {{ {twice} }}")).await));
    let answer = send(server, who, Method::GET, "/graphql?query=mutation%20cop%20%7B__typename%7D", "", "").await;
    judge("GET mutation", answer.text.contains("\"data\":{"));
    let form = "query=query%20cop%20%7B__typename%7D";
    let answer = send(server, who, Method::POST, "/graphql", "application/x-www-form-urlencoded", form).await;
    judge("POST form", answer.text.contains("\"data\":{"));
    let answer = post(server, who, "query cop { __schema { directive } sesion { rol } }").await;
    judge("field suggestions", answer.to_string().contains("Did you mean"));
    let answer = post(server, who, "query cop { __typename }").await;
    let said = answer["extensions"].to_string();
    judge("trace mode", ["tracing", "debug", "version"].iter().any(|word| said.contains(word)));
    let answer = post(server, who, "qwerty cop { abc }").await.to_string().to_lowercase();
    judge("unhandled errors", ["exception", "stacktrace", "panicked", ".rs:"].iter().any(|word| answer.contains(word)));
    let answer = send(server, who, Method::GET, "/graphql?query=query%20cop%20%7B__typename%7D", "", "").await;
    judge("GET query", answer.text.contains("\"data\":{"));
    let answer = post(server, who, "query cop { __schema { types { name fields { name } } } }").await;
    judge("introspection", has_data(&answer));
    let mut open = false;
    for path in ["/graphql", "/graphiql", "/playground", "/console", "/altair"] {
        let answer = send(server, who, Method::GET, path, "", "").await;
        let text = answer.text.to_lowercase();
        open |= ["graphiql", "playground", "altair", "apollo"].iter().any(|word| text.contains(word));
    }
    judge("GraphiQL", open);
    found
}

#[tokio::test]
async fn thirteen_probes_find_nothing() {
    let server = Server::start().await;
    let ada = server.person(server.provider, "ada", Role::Admin).await;
    let cookie = server.sign_in("ada", PASSWORD).await.cookie().unwrap();
    let nothing: [&str; 0] = [];
    assert_eq!(probe(&server, &Who::Stranger).await, nothing);
    assert_eq!(probe(&server, &Who::Session(cookie)).await, nothing);
    // Who has a token may read the schema, which is also a file of this repository.
    assert_eq!(probe(&server, &Who::Token(ada.token)).await, ["introspection"]);
}
