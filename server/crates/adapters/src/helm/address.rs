//! Which addresses packages may come from: a public host by default, never the inside of the network by accident.

use std::net::SocketAddr;

use hypo_model::ports::packages::Error;
use hypo_shared::ErrorCode;
use url::Url;

use crate::guard::is_public;

/// What the operator allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AddressPolicy {
    /// Loopback, private and link-local addresses, and plain HTTP to them (test and closed sites).
    pub allow_private: bool,
}

impl AddressPolicy {
    /// Checks the address and resolves its host once; the connection is pinned to the answer, so that a second
    /// look-up cannot say something else (DNS rebinding).
    pub(super) async fn resolve(self, url: &Url) -> Result<SocketAddr, Error> {
        let secure = matches!(url.scheme(), "https" | "oci");
        if !(secure || self.allow_private && url.scheme() == "http") {
            return Err(refused(url, "only https:// and oci:// are allowed"));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(refused(url, "credentials in the address are not allowed"));
        }
        let host = url.host_str().ok_or_else(|| refused(url, "it names no host"))?;
        let port = url.port().unwrap_or(if secure { 443 } else { 80 });
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let found: Vec<SocketAddr> = tokio::net::lookup_host((bare, port))
            .await
            .map_err(|error| unreadable(format!("{host} could not be resolved: {error}")))?
            .collect();
        found
            .iter()
            .copied()
            .find(|address| self.allow_private || is_public(address.ip()))
            .ok_or_else(|| refused(url, "it leads to a private or local address"))
    }
}

fn refused(url: &Url, reason: &str) -> Error {
    let shown = format!("{}://{}", url.scheme(), url.host_str().unwrap_or_default());
    Error { code: ErrorCode::PackageFetchRefused, message: format!("{shown}: {reason}") }
}

pub(super) fn unreadable(message: String) -> Error {
    Error { code: ErrorCode::PackageUnreadable, message }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_inside_is_refused() {
        for address in [
            "https://127.0.0.1/a.tgz",
            "https://[::1]/a.tgz",
            "https://[::ffff:10.0.0.1]/a.tgz",
            "https://169.254.169.254/latest",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://10.1.2.3/",
            "https://[fd00::1]/",
            "https://100.64.0.1/",
            "http://93.184.216.34/",
            "https://user:pw@93.184.216.34/",
            "ftp://93.184.216.34/",
            "oci://192.168.1.1/charts/a",
        ] {
            let url = Url::parse(address).unwrap();
            let error = AddressPolicy::default().resolve(&url).await.unwrap_err();
            assert_eq!(error.code, ErrorCode::PackageFetchRefused, "{address}");
        }
    }

    #[tokio::test]
    async fn a_public_address_passes() {
        let url = Url::parse("https://93.184.216.34/a.tgz").unwrap();
        assert_eq!(AddressPolicy::default().resolve(&url).await.unwrap().port(), 443);
    }
}
