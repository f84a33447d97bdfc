//! The GraphQL client of the command line and where it keeps its token.

use std::{env, fs, io::Write, os::unix::fs::OpenOptionsExt, path::PathBuf};

use hypo_shared::ErrorCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::cli::{Error, Result};

/// What `hypo login` keeps.
#[derive(Serialize, Deserialize)]
pub struct Credentials {
    pub server: String,
    pub token: String,
}

impl Credentials {
    /// `HYPO_SERVER` and `HYPO_TOKEN`, else the file of the last login.
    pub fn load() -> Result<Self> {
        if let (Ok(server), Ok(token)) = (env::var("HYPO_SERVER"), env::var("HYPO_TOKEN")) {
            return Ok(Self { server, token });
        }
        let path = path()?;
        let text =
            fs::read(&path).map_err(|_| Error::new(ErrorCode::Unauthenticated, "run `hypo login SERVER` first"))?;
        serde_json::from_slice(&text)
            .map_err(|error| Error::new(ErrorCode::ConfigInvalid, format!("{}: {error}", path.display())))
    }

    /// Keeps it for the next command, readable by this user only.
    pub fn save(&self) -> Result<()> {
        let path = path()?;
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|error| Error::file(folder, error))?;
        }
        let text = serde_json::to_vec(self).map_err(|error| Error::new(ErrorCode::Internal, error.to_string()))?;
        let mut options = fs::OpenOptions::new();
        options.create(true).truncate(true).write(true).mode(0o600);
        options.open(&path).and_then(|mut file| file.write_all(&text)).map_err(|error| Error::file(&path, error))
    }
}

fn path() -> Result<PathBuf> {
    let home = env::var_os("XDG_CONFIG_HOME")
        .map(PathBuf::from)
        .or_else(|| env::var_os("HOME").map(|home| PathBuf::from(home).join(".config")));
    home.map(|home| home.join("hypo/credentials.json"))
        .ok_or_else(|| Error::new(ErrorCode::ConfigInvalid, "neither XDG_CONFIG_HOME nor HOME is set"))
}

/// Runs an operation with the kept token.
pub async fn ask(document: &str, variables: Value) -> Result<Value> {
    let credentials = Credentials::load()?;
    let request = reqwest::Client::new()
        .post(format!("{}/graphql", credentials.server.trim_end_matches('/')))
        .bearer_auth(&credentials.token)
        .json(&json!({"query": document, "variables": variables}));
    answer(request).await
}

/// Sends a GraphQL request and gives its data, or its first error with its code.
pub async fn answer(request: reqwest::RequestBuilder) -> Result<Value> {
    let response =
        request.send().await.map_err(|error| Error::Remote(format!("the server does not answer: {error}")))?;
    let status = response.status();
    let body: Value =
        response.json().await.map_err(|error| Error::Remote(format!("the server answered {status}: {error}")))?;
    if let Some(error) = body["errors"].get(0) {
        let code = error["extensions"]["code"].as_str().unwrap_or_default();
        let message = error["message"].as_str().unwrap_or("unknown error");
        return Err(Error::Remote(if code.is_empty() { message.to_owned() } else { format!("{code}: {message}") }));
    }
    if !status.is_success() {
        return Err(Error::Remote(format!("the server answered {status}: {body}")));
    }
    Ok(body["data"].clone())
}
