//! `hypo serve` as a process, and a client with an administrator's token.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read},
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use reqwest::header;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{program::hypo, text};

const ORDER: &str = "query W($id: UUID!) { order(id: $id) { id state waitingFor service { id state health } notes { text } \
     failures { code title component cluster detail remedy } steps { name state message attempt } } }";

/// A running server and its home. Dropping it kills the process.
pub struct Server {
    home: TempDir,
    child: Child,
    pub base: String,
    token: String,
    http: reqwest::Client,
    environment: Vec<(String, String)>,
}

impl Server {
    /// Starts an empty server; the environment holds for later starts as well.
    pub async fn start(environment: &[(&str, &str)]) -> Self {
        let home = tempfile::tempdir().expect("a temporary folder");
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(60))
            .build()
            .expect("a client");
        let (child, base, setup) = spawn(home.path().into(), environment);
        let environment = environment.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let mut server = Self { home, child, base, token: String::new(), http, environment };
        server.token = server.sign_in(&setup.expect("the first start prints a sign-in")).await;
        server
    }

    /// Starts the program again on the same home, after it has ended.
    pub fn restart(&mut self, environment: &[(&str, &str)]) {
        self.kill();
        let lasting = self.environment.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        let all: Vec<(&str, &str)> = lasting.chain(environment.iter().copied()).collect();
        let (child, base, _) = spawn(self.home.path().into(), &all);
        self.child = child;
        self.base = base;
    }

    /// As `kill -9`.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Waits until the process has ended by itself, as it does at a crash point the order comes to.
    pub async fn died(&mut self, order: &str) {
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(90) {
            if self.child.try_wait().expect("the child is ours").is_some() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let order = self.try_ask(ORDER, json!({"id": order})).await;
        panic!("the server did not end; the order: {order:#?}; its log:\n{}", self.log());
    }

    /// Whether the process runs.
    pub fn runs(&mut self) -> bool {
        self.child.try_wait().expect("the child is ours").is_none()
    }

    /// What the server has logged.
    #[must_use]
    pub fn log(&self) -> String {
        let mut text = String::new();
        if let Ok(mut file) = File::open(self.home.path().join("server.log")) {
            // A log that cannot be read is an empty one.
            let _ = file.read_to_string(&mut text);
        }
        text
    }

    /// Runs an operation; an error fails the test.
    pub async fn ask(&self, query: &str, variables: Value) -> Value {
        let answer = self.try_ask(query, variables).await;
        answer.unwrap_or_else(|error| panic!("{error}\n{query}\n{}", self.log()))
    }

    /// Runs an operation; gives the first error's code and message.
    ///
    /// # Errors
    /// What the server says.
    pub async fn try_ask(&self, query: &str, variables: Value) -> Result<Value, String> {
        let request = self.http.post(format!("{}/graphql", self.base)).bearer_auth(&self.token);
        let answer = request.json(&json!({"query": query, "variables": variables})).send().await;
        let body: Value = answer.map_err(|error| error.to_string())?.json().await.map_err(|error| error.to_string())?;
        match body["errors"].get(0) {
            Some(error) => {
                Err(format!("{}: {}", error["extensions"]["code"].as_str().unwrap_or("-"), error["message"]))
            }
            None => Ok(body["data"].clone()),
        }
    }

    /// A request of another face of the server, with the token.
    pub fn request(&self, method: reqwest::Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("{}{path}", self.base)).bearer_auth(&self.token)
    }

    /// Waits until a member of a TMF document, named by a JSON pointer, has this value; gives the document.
    pub async fn shows(&self, path: &str, member: &str, wanted: &str) -> Value {
        let started = Instant::now();
        let mut last = Value::Null;
        while started.elapsed() < Duration::from_secs(90) {
            if let Ok(answer) = self.request(reqwest::Method::GET, path).send().await {
                last = answer.json().await.unwrap_or_default();
            }
            if last.pointer(member).is_some_and(|value| value == wanted) {
                return last;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{member} of {path} is not {wanted}: {last:#}\n{}", self.log());
    }

    /// Waits until the order is in one of these states; gives the order.
    pub async fn settled(&self, order: &str, states: &[&str]) -> Value {
        let started = Instant::now();
        let mut last = Value::Null;
        while started.elapsed() < Duration::from_secs(90) {
            if let Ok(found) = self.try_ask(ORDER, json!({"id": order})).await {
                last = found["order"].clone();
                if states.contains(&last["state"].as_str().unwrap_or_default()) {
                    return last;
                }
            }
            tokio::time::sleep(Duration::from_millis(60)).await;
        }
        panic!("the order did not become {states:?}: {last:#}\n{}", self.log());
    }

    /// The administrator's token.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    async fn sign_in(&self, setup: &str) -> String {
        let answer = self.http.get(setup).send().await.expect("the setup link answers");
        let cookie =
            answer.headers().get(header::SET_COOKIE).expect("a session").to_str().expect("a cookie").to_owned();
        let cookie = cookie.split(';').next().expect("a pair").to_owned();
        let input = json!({"name": "tests", "role": "admin", "days": 1});
        // A session runs trusted documents only; this is the one of `hypo login`.
        let query = include_str!("../../../server/src/cli/remote/login.graphql");
        let answer: Value = self
            .http
            .post(format!("{}/graphql", self.base))
            .header(header::COOKIE, cookie)
            .header(header::ORIGIN, &self.base)
            .json(&json!({"query": query, "variables": {"input": input}}))
            .send()
            .await
            .expect("the server answers")
            .json()
            .await
            .expect("JSON");
        assert!(answer["errors"].is_null(), "{answer:#}");
        text(&answer["data"]["createToken"]["secret"])
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Starts the program and reads the two lines it greets with.
fn spawn(home: PathBuf, environment: &[(&str, &str)]) -> (Child, String, Option<String>) {
    let log = File::options().create(true).append(true).open(home.join("server.log")).expect("the log opens");
    let mut child = Command::new(hypo())
        .args(["serve", "--listen", "127.0.0.1:0", "--home"])
        .arg(&home)
        .env("HYPO_ORDERS_CAUSE_STANDS", "2")
        .env("HYPO_ORDERS_READY_WITHIN", "40")
        .env("HYPO_ORDERS_DRIFT_EVERY", "1")
        .env("HYPO_ORDERS_LEASE", "1")
        .envs(environment.iter().copied())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(log)
        .spawn()
        .expect("the server starts");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let greeting = lines.next().expect("the server greets").expect("UTF-8");
    let base = greeting.rsplit(' ').next().expect("an address").to_owned();
    // The second line is there on the first start only; on a later start reading it would wait for ever.
    let first = !home.join("started").exists();
    let setup = first.then(|| lines.next().expect("a sign-in").expect("UTF-8"));
    std::fs::write(home.join("started"), "").expect("the mark is written");
    (child, base, setup.map(|line| line.rsplit(' ').next().expect("a link").to_owned()))
}
