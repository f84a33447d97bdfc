//! A server of a check's own, and tokens for it.

use std::{fs, path::Path, time::Duration};

use serde_json::{Value, json};

use super::Ground;
use crate::{
    e2e::sign_in_address,
    serve::{Serving, post, raw},
    shell::Outcome,
};

/// A fresh server and the session of its one-time sign-in.
pub struct Access {
    pub server: Serving,
    cookie: String,
    /// A session sends the product's own documents only; this is the one of `hypo login`.
    document: String,
}

impl Access {
    /// Starts the server with its state in `data` and signs in.
    pub fn start(ground: &Ground, data: &Path) -> Outcome<Self> {
        let mut server = Serving::start(&ground.hypo, data, &[])?;
        let sign_in = server.line(Duration::from_secs(60), sign_in_address)?;
        server.ready("/readyz", Duration::from_secs(60))?;
        let address = server.address;
        let path = sign_in.split_once(&address.to_string()).map_or("/", |(_, path)| path);
        let answer = raw(address, &format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"))?;
        let cookie = answer
            .lines()
            .find_map(|line| line.to_ascii_lowercase().starts_with("set-cookie:").then(|| &line["set-cookie:".len()..]))
            .and_then(|cookie| cookie.trim().split(';').next())
            .ok_or("the one-time sign-in set no cookie")?
            .to_owned();
        let document = fs::read_to_string(ground.root.join("server/src/cli/remote/login.graphql"))?;
        Ok(Self { server, cookie, document })
    }

    /// A server with the state that an earlier one left in `data`; tokens made there are good here.
    pub fn again(ground: &Ground, data: &Path) -> Outcome<Serving> {
        let mut server = Serving::start(&ground.hypo, data, &[])?;
        server.ready("/readyz", Duration::from_secs(60))?;
        Ok(server)
    }

    /// Makes a token of a day.
    pub fn token(&self, name: &str, role: &str) -> Outcome<String> {
        let input = json!({"input": {"name": name, "role": role, "days": 1}});
        let body = json!({"query": self.document, "variables": input}).to_string();
        let (_, answer) = post(self.server.address, "/graphql", &format!("Cookie: {}\r\n", self.cookie), &body)?;
        let answer: Value = serde_json::from_str(&answer)?;
        let secret = answer["data"]["createToken"]["secret"].as_str().map(str::to_owned);
        secret.ok_or_else(|| format!("no token: {answer}").into())
    }
}
