//! `docs/integrate.md`: every command is sent, and the answer holds what the page prints. After a command stands a
//! comment with the status and what is kept of the answer, `<!-- 201 SITE=/id -->`; `…` on the page is any text.

use std::{collections::HashMap, fs, path::PathBuf};

use axum::{
    body::Body,
    http::{Method, Request, header},
};
use hypo_shared::Role;
use serde_json::Value;

use crate::support::Server;

/// A command of the page and what is said about its answer.
struct Example {
    command: String,
    status: u16,
    keep: Vec<(String, String)>,
    shows: Option<Value>,
}

fn examples(page: &str) -> Vec<Example> {
    let mut found: Vec<Example> = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let mut block = || lines.by_ref().take_while(|line| *line != "```").collect::<Vec<_>>().join("\n");
        if line == "```sh" {
            let command = block();
            if command.starts_with("curl") {
                found.push(Example { command, status: 0, keep: Vec::new(), shows: None });
            }
        } else if line == "```json" {
            let text = block();
            let shows = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
            found.last_mut().unwrap().shows = Some(shows);
        } else if let Some(note) = line.strip_prefix("<!-- ").and_then(|line| line.strip_suffix(" -->")) {
            let mut words = note.split(' ');
            let last = found.last_mut().unwrap();
            last.status = words.next().unwrap().parse().unwrap();
            last.keep = words.map(|word| word.split_once('=').unwrap()).map(|(a, b)| (a.into(), b.into())).collect();
        }
    }
    found
}

/// The words of a command as a shell would split them. Variables are filled in within single quotes too: the page says
/// that a reader puts the value there.
fn words(command: &str, variables: &HashMap<String, String>) -> Vec<String> {
    let mut command = command.replace("\\\n", " ");
    for (name, value) in variables {
        command = command.replace(&format!("${name}"), value);
    }
    let (mut all, mut word, mut quote) = (Vec::new(), None::<String>, None);
    for c in command.chars() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), c) => word.get_or_insert_default().push(c),
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, c) if c.is_whitespace() => all.extend(word.take()),
            (None, c) => word.get_or_insert_default().push(c),
        }
    }
    all.extend(word);
    assert!(quote.is_none(), "an open quote: {command}");
    all
}

/// The request curl would send.
fn request(words: Vec<String>) -> Request<Body> {
    let (mut method, mut headers, mut body, mut address) = (None, Vec::new(), None, None);
    let mut words = words.into_iter().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().unwrap();
        match word.as_str() {
            "-s" => {}
            "-X" => method = Some(Method::from_bytes(value().as_bytes()).unwrap()),
            "-H" => headers.push(value()),
            "--data" => body = Some(value()),
            "--json" => {
                body = Some(value());
                headers.push("content-type: application/json".to_owned());
            }
            other if other.starts_with('-') => panic!("the page uses {other}"),
            other => address = Some(other.to_owned()),
        }
    }
    let method = method.unwrap_or(if body.is_some() { Method::POST } else { Method::GET });
    let mut request = Request::builder().method(method).uri(address.unwrap());
    for header in headers {
        let (name, value) = header.split_once(": ").unwrap();
        request = request.header(name, value);
    }
    request.body(body.map_or_else(Body::empty, Body::from)).unwrap()
}

/// What the page shows and the answer has not.
fn missing(shown: &Value, found: &Value, at: &str) -> Option<String> {
    match (shown, found) {
        (Value::String(any), Value::String(_)) if any == "…" => None,
        (Value::Object(shown), Value::Object(found)) => shown.iter().find_map(|(name, shown)| {
            let found = found.get(name).unwrap_or(&Value::Null);
            missing(shown, found, &format!("{at}/{name}"))
        }),
        (Value::Array(shown), Value::Array(found)) if shown.len() == found.len() => {
            shown.iter().zip(found).enumerate().find_map(|(index, (a, b))| missing(a, b, &format!("{at}/{index}")))
        }
        (shown, found) if shown == found => None,
        (shown, found) => Some(format!("{at}: the page has {shown}, the server {found}")),
    }
}

#[tokio::test]
async fn every_command_of_the_page_answers_as_the_page_says() {
    let page = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../docs/integrate.md");
    let examples = examples(&fs::read_to_string(page).unwrap());
    assert!(examples.len() >= 9, "{}", examples.len());
    let server = Server::start().await;
    let ada = server.person(server.provider, "ada", Role::Admin).await;
    let mut variables = HashMap::from([
        ("HYPO".to_owned(), String::new()),
        ("AUTH".to_owned(), format!("{}: Bearer {}", header::AUTHORIZATION, ada.token)),
    ]);
    for example in examples {
        let answer = server.send(request(words(&example.command, &variables))).await;
        assert_eq!(answer.status.as_u16(), example.status, "{}\n{}", example.command, answer.text);
        if let Some(shows) = &example.shows {
            assert_eq!(missing(shows, &answer.json(), ""), None, "{}\n{}", example.command, answer.text);
        }
        for (name, pointer) in example.keep {
            let value = answer.json().pointer(&pointer).and_then(Value::as_str).unwrap().to_owned();
            variables.insert(name, value);
        }
    }
}
