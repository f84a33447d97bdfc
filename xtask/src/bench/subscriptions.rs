//! What an idle subscription costs: the growth of the server's resident memory over some hundred sockets.

use std::{
    fs,
    io::{ErrorKind, Read, Write},
    net::{SocketAddr, TcpStream},
    path::Path,
    thread,
    time::Duration,
};

use serde_json::{Value, json};

use super::{Figure, start::resident};
use crate::{
    e2e::sign_in_address,
    serve::{Serving, post, raw},
    shell::Outcome,
    workspace::target_dir,
};

/// Together they open what one user may not: the server admits 50 sockets of a user.
const USERS: usize = 8;
const SOCKETS: usize = 50;
/// What is done once per user or process, for example the tenant's reader of the outbox, is not a socket's.
const WARM: usize = 2;
const PASSWORD: &str = "a password of the benchmark";
/// The subscription every page of the portal holds.
const SUBSCRIBE: &str =
    r#"{"id":"1","type":"subscribe","payload":{"query":"subscription { changes { cursor kind } }"}}"#;
/// What `hypo login` sends: a session may run trusted documents only.
const TOKEN: &str = include_str!("../../../server/src/cli/remote/login.graphql");
const USER: &str = "mutation U($input: CreateUserInput!) { createUser(input: $input) { id } }";

pub fn measure(root: &Path, hypo: &Path) -> Outcome<Vec<Figure>> {
    let data = target_dir(root).join(format!("bench-subscriptions-{}", std::process::id()));
    let measured = in_folder(hypo, &data);
    let _ = fs::remove_dir_all(&data);
    Ok(vec![Figure {
        name: "idle subscription",
        goal: 16.0,
        at_least: false,
        measured: measured?,
        unit: "KB",
        method: format!(
            "growth of VmRSS over {} sockets with one `changes` each, ten seconds after the last, {WARM} of each of \
             {USERS} users before",
            USERS * (SOCKETS - WARM)
        ),
    }])
}

/// Kilobytes (1000 bytes) of a socket.
fn in_folder(hypo: &Path, data: &Path) -> Outcome<f64> {
    let server = Serving::start(hypo, data, &[])?;
    let setup = server.line(Duration::from_secs(60), sign_in_address)?;
    let tokens = people(server.address, &setup)?;
    drop(server);
    // A process that has hashed no password: what that has freed would serve the sockets and hide their cost.
    let mut server = Serving::start(hypo, data, &[])?;
    server.ready("/readyz", Duration::from_secs(60))?;
    let mut sockets = open(server.address, &tokens, WARM)?;
    thread::sleep(Duration::from_secs(5));
    let before = resident(server.pid())?;
    let warm = sockets.len();
    sockets.extend(open(server.address, &tokens, SOCKETS - WARM)?);
    thread::sleep(Duration::from_secs(10));
    let after = resident(server.pid())?;
    for socket in &mut sockets {
        still_open(socket)?;
    }
    let growth = (after - before) * 1000.0;
    Ok(growth / f64::from(u32::try_from(sockets.len() - warm)?))
}

/// The tokens of users that are made for it.
fn people(address: SocketAddr, setup: &str) -> Outcome<Vec<String>> {
    let path = setup.find("/setup/").map(|at| &setup[at..]).ok_or("the sign-in has no path")?;
    let answer = raw(address, &format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"))?;
    let admin = token(address, &cookie(&answer)?, "admin")?;
    let mut tokens = Vec::with_capacity(USERS);
    for number in 0..USERS {
        let name = format!("bench-{number}");
        let input = json!({"name": name, "displayName": name, "password": PASSWORD, "role": "admin"});
        let bearer = format!("Authorization: Bearer {admin}\r\n");
        ask(address, &bearer, &json!({"query": USER, "variables": {"input": input}}))?;
        let body = json!({"name": name, "password": PASSWORD}).to_string();
        let answer = raw(
            address,
            &format!(
                "POST /session HTTP/1.1\r\nHost: {address}\r\nOrigin: http://{address}\r\nConnection: close\r\n\
                 Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
                body.len()
            ),
        )?;
        tokens.push(token(address, &cookie(&answer)?, "admin")?);
    }
    Ok(tokens)
}

/// Name and value of the cookie that an answer sets.
fn cookie(answer: &str) -> Outcome<String> {
    let line = answer.lines().find(|line| line.to_ascii_lowercase().starts_with("set-cookie:"));
    let pair = line.and_then(|line| line.split_once(':')?.1.split(';').next());
    Ok(pair.ok_or_else(|| format!("no session: {}", answer.lines().next().unwrap_or_default()))?.trim().to_owned())
}

fn token(address: SocketAddr, cookie: &str, role: &str) -> Outcome<String> {
    let input = json!({"name": "bench", "role": role, "days": 1});
    let body = json!({"query": TOKEN, "variables": {"input": input}});
    let answer = ask(address, &format!("Cookie: {cookie}\r\n"), &body)?;
    Ok(answer["data"]["createToken"]["secret"].as_str().ok_or("no token was made")?.to_owned())
}

fn ask(address: SocketAddr, header: &str, body: &Value) -> Outcome<Value> {
    let (status, text) = post(address, "/graphql", header, &body.to_string())?;
    let answer: Value = serde_json::from_str(&text).map_err(|error| format!("{status}: {error}: {text}"))?;
    if answer.get("errors").is_some() { Err(format!("{status}: {text}").into()) } else { Ok(answer) }
}

/// `count` subscribed sockets of each token; each has had its first frame.
fn open(address: SocketAddr, tokens: &[String], count: usize) -> Outcome<Vec<TcpStream>> {
    let mut sockets = Vec::with_capacity(tokens.len() * count);
    for token in tokens {
        for _ in 0..count {
            sockets.push(subscribed(address, token)?);
        }
    }
    Ok(sockets)
}

fn subscribed(address: SocketAddr, token: &str) -> Outcome<TcpStream> {
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(2))?;
    stream.set_read_timeout(Some(Duration::from_secs(10)))?;
    stream.set_nodelay(true)?;
    // The key is the example of RFC 6455; nothing rests on it.
    stream.write_all(
        format!(
            "GET /graphql/ws HTTP/1.1\r\nHost: {address}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
             Sec-WebSocket-Protocol: graphql-transport-ws\r\nAuthorization: Bearer {token}\r\n\r\n"
        )
        .as_bytes(),
    )?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        head.push(byte[0]);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    if !head.starts_with("HTTP/1.1 101") {
        return Err(format!("no upgrade: {}", head.lines().next().unwrap_or_default()).into());
    }
    say(&mut stream, r#"{"type":"connection_init"}"#)?;
    hear(&mut stream, "connection_ack")?;
    say(&mut stream, SUBSCRIBE)?;
    hear(&mut stream, "next")?;
    Ok(stream)
}

/// One text frame (RFC 6455, 5.2). A client has to mask; the mask of zeros changes nothing.
fn say(stream: &mut TcpStream, text: &str) -> Outcome<()> {
    let length = u8::try_from(text.len()).ok().filter(|length| *length < 126).ok_or("the message is too long")?;
    let head = [0x81, 0x80 | length, 0, 0, 0, 0];
    Ok(stream.write_all(&[head.as_slice(), text.as_bytes()].concat())?)
}

/// Reads frames until one has the type.
fn hear(stream: &mut TcpStream, kind: &str) -> Outcome<()> {
    loop {
        let mut head = [0; 2];
        stream.read_exact(&mut head)?;
        let length = match head[1] {
            126 => {
                let mut long = [0; 2];
                stream.read_exact(&mut long)?;
                usize::from(u16::from_be_bytes(long))
            }
            short if short < 126 => usize::from(short),
            _ => return Err("a frame is longer than 64 KiB".into()),
        };
        let mut body = vec![0; length];
        stream.read_exact(&mut body)?;
        let message: Value = serde_json::from_slice(&body)
            .map_err(|_| format!("waited for {kind}, heard {}", String::from_utf8_lossy(&body)))?;
        match message["type"].as_str() {
            Some(found) if found == kind => return Ok(()),
            Some("ping") => {}
            _ => return Err(format!("waited for {kind}, heard {message}").into()),
        }
    }
}

/// A socket the server has ended costs nothing and must not be counted.
fn still_open(stream: &mut TcpStream) -> Outcome<()> {
    stream.set_nonblocking(true)?;
    let mut rest = [0; 1024];
    loop {
        match stream.read(&mut rest) {
            Ok(0) => return Err("the server has ended a socket".into()),
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
}
