//! A server with a planted error, so that the check is seen to fail before it is believed.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    thread,
};

use serde_json::json;

use crate::shell::Outcome;

/// The operation that fails; the other one works.
pub const BROKEN: &str = "/broken";

/// Serves `/openapi.json` and its two operations until the program ends.
pub fn serve() -> Outcome<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            thread::spawn(move || answer(&stream));
        }
    });
    Ok(address)
}

/// One request; the connection is closed after it.
fn answer(stream: &TcpStream) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream);
    let (mut line, mut length) = (String::new(), 0);
    reader.read_line(&mut line)?;
    let path = line.split(' ').nth(1).and_then(|target| target.split('?').next()).unwrap_or_default().to_owned();
    while reader.read_line(&mut line)? > 2 {
        let header = line.lines().last().unwrap_or_default().to_ascii_lowercase();
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    reader.take(length).read_to_end(&mut Vec::new())?;
    let (status, body) = match path.as_str() {
        BROKEN => ("500 Internal Server Error", "{}".to_owned()),
        "/openapi.json" => ("200 OK", document()),
        _ => ("200 OK", "{}".to_owned()),
    };
    let mut stream = stream;
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

fn document() -> String {
    let operation = json!({"get": {
        "parameters": [{"name": "q", "in": "query", "schema": {"type": "string"}}],
        "responses": {"200": {"description": "Fine."}},
    }});
    json!({
        "openapi": "3.1.0", "info": {"title": "planted", "version": "1"},
        "paths": {"/fine": operation, BROKEN: operation},
    })
    .to_string()
}
