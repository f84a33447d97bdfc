//! Settings: environment variables, mounted files, and the addresses of peers in the forms people write them.

use std::{
    env, fmt,
    path::{Path, PathBuf},
    str::FromStr,
};

use serde::de::DeserializeOwned;

use crate::error::Failure;

/// A setting that must be there.
pub fn required(name: &str) -> Result<String, Failure> {
    match env::var(name) {
        Ok(value) if !value.is_empty() => Ok(value),
        _ => Err(Failure::Config(format!("{name} is not set"))),
    }
}

/// A setting with a default; a value that does not parse is an error, never the default.
pub fn optional<T: FromStr>(name: &str, default: T) -> Result<T, Failure> {
    match env::var(name) {
        Ok(value) if !value.is_empty() => {
            value.parse().map_err(|_| Failure::Config(format!("{name} is not valid: {value}")))
        }
        _ => Ok(default),
    }
}

/// The value of `--NAME=VALUE`.
pub fn option<'a>(options: &'a [String], name: &str) -> Option<&'a str> {
    options.iter().find_map(|option| option.strip_prefix("--")?.strip_prefix(name)?.strip_prefix('='))
}

/// Where a mounted file is. Under `HYPO_TWIN_ROOT` the pod's file system is a folder of the host.
pub fn mounted(path: &str) -> PathBuf {
    match env::var_os("HYPO_TWIN_ROOT") {
        Some(root) if !root.is_empty() => Path::new(&root).join(path.trim_start_matches('/')),
        _ => PathBuf::from(path),
    }
}

/// A mounted JSON file.
pub fn file<T: DeserializeOwned>(path: &str) -> Result<T, Failure> {
    let place = mounted(path);
    let text =
        std::fs::read_to_string(&place).map_err(|error| Failure::Config(format!("{}: {error}", place.display())))?;
    serde_json::from_str(&text).map_err(|error| Failure::Config(format!("{}: {error}", place.display())))
}

/// Host and port of another component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Peer {
    pub host: String,
    pub port: u16,
}

impl FromStr for Peer {
    type Err = Failure;

    /// `host:port`, a URL (`http://host:port/…`) or a DSN (`watchpost://user@host:port/…`).
    fn from_str(text: &str) -> Result<Self, Failure> {
        let wrong = || Failure::Config(format!("not an address: {text}"));
        let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
        let authority = rest.split(['/', '?']).next().unwrap_or_default();
        let place = authority.rsplit_once('@').map_or(authority, |(_, place)| place);
        let (host, port) = place.rsplit_once(':').ok_or_else(wrong)?;
        if host.is_empty() {
            return Err(wrong());
        }
        Ok(Self { host: host.to_owned(), port: port.parse().map_err(|_| wrong())? })
    }
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_addresses_in_every_form() {
        let peer = Peer { host: "broker".into(), port: 7000 };
        for text in ["broker:7000", "http://broker:7000", "http://broker:7000/topics", "x://a:b@broker:7000/d?e=f"] {
            assert_eq!(text.parse::<Peer>().unwrap(), peer, "{text}");
        }
        for text in ["", "broker", "broker:x", ":7000", "http://broker/7000"] {
            assert!(text.parse::<Peer>().is_err(), "{text}");
        }
    }

    #[test]
    fn reads_options() {
        let options = ["--store=http://store:7100".to_owned(), "--x".to_owned()];
        assert_eq!(option(&options, "store"), Some("http://store:7100"));
        assert_eq!(option(&options, "x"), None);
    }
}
