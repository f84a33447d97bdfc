//! What the composition root decides about HTTP.

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

use tokio_util::sync::CancellationToken;

use crate::graphql::Budget;

/// Where the portal's files are.
#[derive(Clone, Debug, Default)]
pub enum Portal {
    /// Nowhere: the API alone.
    #[default]
    None,
    /// In a folder.
    Dir(PathBuf),
    /// In the program (feature `embed-portal`).
    Embedded,
}

/// Settings of the HTTP service.
#[derive(Clone, Debug, Default)]
pub struct HttpConfig {
    pub portal: Portal,
    /// Origins the portal is opened at, exact, for example `http://127.0.0.1:8080`. A browser at any other origin can
    /// neither use the session cookie nor open a WebSocket.
    pub origins: Vec<String>,
    /// The service is reached over TLS: cookies are `__Host-` and `Secure`, HSTS is sent.
    pub tls: bool,
    /// Proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
    /// What an API token may ask of GraphQL over time.
    pub budget: Budget,
    /// Ends WebSockets when the server stops.
    pub shutdown: CancellationToken,
}

impl HttpConfig {
    /// For an address one listens on without a proxy in between.
    #[must_use]
    pub fn for_address(address: SocketAddr, tls: bool) -> Self {
        let scheme = if tls { "https" } else { "http" };
        let mut origins = vec![format!("{scheme}://{address}")];
        if address.ip().is_loopback() || address.ip().is_unspecified() {
            for host in ["127.0.0.1", "localhost", "[::1]"] {
                origins.push(format!("{scheme}://{host}:{}", address.port()));
            }
        }
        origins.dedup();
        Self { origins, tls, ..Self::default() }
    }
}
