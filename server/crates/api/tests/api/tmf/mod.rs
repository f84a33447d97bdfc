//! The TMF face over HTTP: TMF630 rule by rule, every edge of every state machine, the official samples and the
//! official specifications.

mod alarms;
mod jobs;
mod people;
mod samples;
mod specs;
mod tmf630;
mod transitions;

use axum::{
    body::Body,
    http::{Method, Request, header},
};
use hypo_shared::Role;
use serde_json::Value;

use crate::support::{Answer, Person, Server};

/// A server and somebody who may write everything.
pub struct Face {
    pub server: Server,
    pub admin: Person,
}

/// A request in the making.
pub struct Ask<'a> {
    face: &'a Face,
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Option<String>,
    who: Option<Person>,
}

impl Face {
    pub async fn start() -> Self {
        let server = Server::start().await;
        let admin = server.person(server.provider, "root", Role::Admin).await;
        Self { server, admin }
    }

    pub fn ask(&self, method: &str, path: &str) -> Ask<'_> {
        let (method, who) = (method.parse().unwrap(), Some(self.admin.clone()));
        Ask { face: self, method, path: path.to_owned(), headers: Vec::new(), body: None, who }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path).send().await
    }

    /// Creates a document that must be accepted; its body.
    pub async fn made(&self, path: &str, body: &Value) -> Value {
        let answer = self.ask("POST", path).json(body).send().await;
        assert_eq!(answer.status, 201, "{path}: {} for {body}", answer.text);
        answer.json()
    }
}

impl Ask<'_> {
    pub fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json").body(&body.to_string())
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| known != name);
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn body(mut self, body: &str) -> Self {
        self.body = Some(body.to_owned());
        self
    }

    pub fn who(mut self, who: Option<&Person>) -> Self {
        self.who = who.cloned();
        self
    }

    pub async fn send(self) -> Answer {
        let mut request = Request::builder().method(self.method).uri(&self.path);
        for (name, value) in &self.headers {
            request = request.header(name.as_str(), value.as_str());
        }
        if let Some(who) = &self.who {
            request = request.header(header::AUTHORIZATION, format!("Bearer {}", who.token));
        }
        self.face.server.send(request.body(Body::from(self.body.unwrap_or_default())).unwrap()).await
    }
}

/// Asserts a refusal with the body of TMF630, 3.4; its reason.
pub fn refused(answer: &Answer, status: u16) -> String {
    assert_eq!(answer.status, status, "{}", answer.text);
    let body = answer.json();
    assert!(body["code"].as_str().is_some_and(|code| code.starts_with("HYP-")), "{body}");
    assert_eq!(body["status"], status.to_string(), "{body}");
    body["reason"].as_str().unwrap_or_else(|| panic!("no reason: {body}")).to_owned()
}
