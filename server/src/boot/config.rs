//! `hypo.toml` and the environment. Unknown keys are refused: a typing mistake must not become a default.
//!
//! A variable `HYPO_SECTION_KEY` stands over the file, for example `HYPO_STORE_URL`.

use std::{
    env, fs,
    net::{IpAddr, SocketAddr},
    path::{Path, PathBuf},
};

use hypo_shared::ErrorCode;
use serde::Deserialize;

use crate::cli::{Error, Result};

/// The whole configuration.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub server: Server,
    pub store: Store,
    pub orders: Orders,
    pub packages: Packages,
    pub events: Events,
    pub log: Log,
}

/// How the server is reached.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Server {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// Origins browsers open the portal at; by default the address listened on.
    pub origins: Vec<String>,
    /// Folder of the built portal; by default `portal/dist` where it exists.
    pub portal_dir: Option<PathBuf>,
    /// A proxy in front speaks TLS: cookies become `Secure`, HSTS is sent.
    pub behind_tls: bool,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            origins: Vec::new(),
            portal_dir: None,
            behind_tls: false,
            trusted_proxies: Vec::new(),
        }
    }
}

/// Where the record is.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Store {
    /// `sqlite://PATH` or `postgres://…`; by default SQLite in the home folder.
    pub url: Option<String>,
}

/// Patience with clusters, in seconds.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Orders {
    pub ready_within: u64,
    pub cause_stands: u64,
    pub drift_every: u64,
    pub probe_every: u64,
    /// After this the orders of a server that died go on in another one, or in the same one started again.
    pub lease: u64,
}

impl Default for Orders {
    fn default() -> Self {
        Self { ready_within: 600, cause_stands: 30, drift_every: 30, probe_every: 60, lease: 5 }
    }
}

/// How packages are fetched and rendered.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Packages {
    /// The helm program; by default found on PATH or in the cache.
    pub helm: Option<PathBuf>,
    /// Packages may come from private and loopback addresses.
    pub allow_private_addresses: bool,
}

/// How listeners are told of events, and where they may be.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Events {
    /// Callbacks and peers may be plain `http://`.
    pub allow_http: bool,
    /// Ranges of addresses that callbacks and peers may lie in although they are not public, for example
    /// `["10.20.0.0/16"]`.
    pub allow_addresses: Vec<String>,
    /// Attempts before an event is given up.
    pub attempts: u32,
    /// Wait before the second attempt, in milliseconds; it doubles with every further one.
    pub first_wait_ms: u64,
    /// Longest wait between two attempts, in milliseconds.
    pub longest_wait_ms: u64,
    /// Seconds one attempt may take. What was under way when a server died is tried again after this.
    pub timeout: u64,
    /// Days events are kept for readers that come back and for topics.
    pub keep_days: u32,
}

impl Default for Events {
    fn default() -> Self {
        Self {
            allow_http: false,
            allow_addresses: Vec::new(),
            attempts: 100,
            first_wait_ms: 1_000,
            longest_wait_ms: 900_000,
            timeout: 15,
            keep_days: 30,
        }
    }
}

/// What is logged and how.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Log {
    /// A filter such as `info,hypo_engine=debug`.
    pub filter: String,
    /// `text` or `json`.
    pub format: String,
}

impl Default for Log {
    fn default() -> Self {
        Self { filter: "info,sea_orm_migration=warn,sqlx=warn".into(), format: "text".into() }
    }
}

impl Config {
    /// Reads `path`, or `hypo.toml` in the home folder where it exists, then the environment.
    pub fn load(path: Option<&Path>, home: &Path) -> Result<Self> {
        let default = home.join("hypo.toml");
        let path = path.or_else(|| default.exists().then_some(default.as_path()));
        let text = match path {
            Some(path) => fs::read_to_string(path).map_err(|error| Error::file(path, error))?,
            None => String::new(),
        };
        Self::parse(&text, env::vars())
    }

    fn parse(text: &str, environment: impl Iterator<Item = (String, String)>) -> Result<Self> {
        let mut table: toml::Table = toml::from_str(text).map_err(|error| invalid(&error.to_string()))?;
        for (name, value) in environment {
            let Some((section, key)) = name.strip_prefix("HYPO_").and_then(|name| name.split_once('_')) else {
                continue;
            };
            let section = section.to_ascii_lowercase();
            // Other variables of the same prefix (HYPO_HOME, HYPO_HELM) belong to other parts.
            if !["server", "store", "orders", "packages", "events", "log"].contains(&section.as_str()) {
                continue;
            }
            let section = table.entry(section).or_insert_with(|| toml::Value::Table(toml::Table::new()));
            if let Some(section) = section.as_table_mut() {
                section.insert(key.to_ascii_lowercase(), typed(&value));
            }
        }
        Self::deserialize(toml::Value::Table(table)).map_err(|error| invalid(&error.to_string()))
    }
}

/// A variable's text as the TOML value it spells, else as a string.
fn typed(text: &str) -> toml::Value {
    toml::from_str::<toml::Table>(&format!("v = {text}"))
        .ok()
        .and_then(|mut table| table.remove("v"))
        .unwrap_or_else(|| toml::Value::String(text.to_owned()))
}

fn invalid(message: &str) -> Error {
    Error::new(ErrorCode::ConfigInvalid, message.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str, variables: &[(&str, &str)]) -> Result<Config> {
        Config::parse(text, variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn the_environment_stands_over_the_file() {
        let config = parse(
            "[server]\nlisten = '127.0.0.1:1'\n[orders]\ndrift_every = 5\n",
            &[("HYPO_SERVER_LISTEN", "127.0.0.1:2"), ("HYPO_ORDERS_READY_WITHIN", "7"), ("HYPO_HELM", "/x")],
        );
        let config = config.unwrap();
        assert_eq!(config.server.listen.port(), 2);
        assert_eq!((config.orders.ready_within, config.orders.drift_every), (7, 5));
    }

    #[test]
    fn unknown_keys_are_refused() {
        assert!(parse("[server]\nlisen = '127.0.0.1:1'\n", &[]).is_err());
        assert!(parse("", &[("HYPO_STORE_ULR", "sqlite://x")]).is_err());
        assert!(parse("[nonsense]\n", &[]).is_err());
    }
}
