//! Which addresses this server may be sent to by somebody else's words: callbacks of listeners, base URLs of peers.
//!
//! A host is resolved once, the answer is judged, and the connection is pinned to it, so that a second look-up cannot
//! say something else (DNS rebinding). Redirects are not followed and no proxy of the environment is used.

mod client;
mod net;

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use url::{Host, Url};

pub use client::{Clients, content, words};
pub use net::{Net, NoNet, is_public};

/// What the operator allows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Guard {
    /// Plain `http://` as well.
    pub http: bool,
    /// Ranges that are allowed although they are not public, for example `127.0.0.0/8`.
    pub allowed: Vec<Net>,
}

/// A judged address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pinned {
    pub url: Url,
    pub address: SocketAddr,
}

/// Why an address is not spoken to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// It never will be.
    #[error("{0}")]
    Refused(String),
    /// Its name has no address now.
    #[error("{0} could not be resolved")]
    Unresolved(String),
}

impl Guard {
    /// Judges the text of an address without looking anything up.
    ///
    /// # Errors
    /// [`Denied::Refused`].
    pub fn parse(&self, text: &str) -> Result<Url, Denied> {
        let refused = |reason: &str| Denied::Refused(reason.to_owned());
        let url = Url::parse(text).map_err(|error| Denied::Refused(format!("this is no address: {error}")))?;
        match url.scheme() {
            "https" => {}
            "http" if self.http => {}
            "http" => return Err(refused("only https:// is allowed")),
            _ => return Err(refused("only https:// addresses are allowed")),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused("credentials in the address are not allowed"));
        }
        if url.fragment().is_some() {
            return Err(refused("a fragment is not sent"));
        }
        match url.host() {
            None => Err(refused("it names no host")),
            Some(Host::Ipv4(ip)) if !self.allows(ip.into()) => Err(inside()),
            Some(Host::Ipv6(ip)) if !self.allows(ip.into()) => Err(inside()),
            Some(Host::Domain(name)) if is_local(name) && !self.allows(Ipv4Addr::LOCALHOST.into()) => Err(inside()),
            Some(_) => Ok(url),
        }
    }

    /// Judges an address and resolves its host. Every address the name has must be allowed: one that has an inner
    /// one beside a public one is up to something.
    ///
    /// # Errors
    /// [`Denied`].
    pub async fn resolve(&self, text: &str) -> Result<Pinned, Denied> {
        let url = self.parse(text)?;
        let host = url.host_str().unwrap_or_default().to_owned();
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let port = url.port_or_known_default().unwrap_or(443);
        let found = tokio::net::lookup_host((bare, port)).await.map_err(|_| Denied::Unresolved(host.clone()))?;
        let found: Vec<SocketAddr> = found.collect();
        if found.iter().any(|address| !self.allows(address.ip())) {
            return Err(inside());
        }
        let address = found.first().copied().ok_or(Denied::Unresolved(host))?;
        Ok(Pinned { url, address })
    }

    /// Whether an address may be spoken to.
    #[must_use]
    pub fn allows(&self, ip: IpAddr) -> bool {
        let plain = match ip {
            IpAddr::V6(v6) => v6.to_ipv4_mapped().map_or(ip, IpAddr::V4),
            IpAddr::V4(_) => ip,
        };
        is_public(plain) || self.allowed.iter().any(|net| net.holds(plain))
    }
}

/// Names that mean this machine wherever they are asked for (RFC 6761, 6.3), whatever the resolver makes of them.
fn is_local(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

fn inside() -> Denied {
    Denied::Refused("it leads to a private, local or reserved address".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Spellings of inner addresses that have got past other guards.
    const INSIDE: &[&str] = &[
        "https://127.0.0.1/",
        "https://127.1/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.1/",
        "https://0177.0.0.1/",
        "https://0/",
        "https://0.0.0.0/",
        "https://localhost/",
        "https://LOCALHOST./",
        "https://listener.localhost/",
        "https://[::1]/",
        "https://[::]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:7f00:1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[0:0:0:0:0:ffff:a9fe:a9fe]/",
        "https://[fd00::1]/",
        "https://[fe80::1]/",
        "https://[fec0::1]/",
        "https://[2002:7f00:1::]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[2001:db8::1]/",
        "https://[ff02::1]/",
        "https://[fd00:ec2::254]/",
        "https://10.1.2.3/",
        "https://172.16.0.1/",
        "https://172.31.255.255/",
        "https://192.168.1.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://100.64.0.1/",
        "https://100.100.100.200/",
        "https://192.0.0.192/",
        "https://198.18.0.1/",
        "https://224.0.0.1/",
        "https://240.0.0.1/",
        "https://255.255.255.255/",
        "https://\u{ff11}\u{ff12}\u{ff17}.0.0.1/",
        "https://127\u{3002}0\u{3002}0\u{3002}1/",
    ];

    #[tokio::test]
    async fn the_inside_is_refused_however_it_is_spelled() {
        for address in INSIDE {
            let denied = Guard::default().resolve(address).await.unwrap_err();
            assert!(matches!(denied, Denied::Refused(_)), "{address}: {denied}");
        }
        let others = ["http://93.184.216.34/", "ftp://93.184.216.34/", "file:///etc/passwd", "gopher://93.184.216.34/"];
        let odd = ["https://user:pw@93.184.216.34/", "https://93.184.216.34/#x", "javascript:1", "93.184.216.34", ""];
        for address in others.iter().chain(&odd) {
            let denied = Guard::default().resolve(address).await.unwrap_err();
            assert!(matches!(denied, Denied::Refused(_)), "{address}: {denied}");
        }
    }

    #[tokio::test]
    async fn what_is_public_or_allowed_passes() {
        let pinned = Guard::default().resolve("https://93.184.216.34/x?y=1").await.unwrap();
        assert_eq!(pinned.address, "93.184.216.34:443".parse().unwrap());
        let guard = Guard { http: true, allowed: vec!["127.0.0.0/8".parse().unwrap()] };
        assert_eq!(guard.resolve("http://127.0.0.1:8080/").await.unwrap().address.port(), 8080);
        assert!(guard.resolve("http://[::ffff:127.0.0.1]:1/").await.is_ok());
        for still in ["http://169.254.169.254/", "http://10.0.0.1/", "http://[::1]/"] {
            assert!(guard.resolve(still).await.is_err(), "{still}");
        }
    }

    #[tokio::test]
    async fn a_name_without_an_address_may_get_one_later() {
        let denied = Guard::default().resolve("https://nowhere.invalid/").await.unwrap_err();
        assert_eq!(denied, Denied::Unresolved("nowhere.invalid".into()));
    }
}
