//! Charts from an OCI registry: the manifest, then the chart layer (OCI distribution-spec 1.1; Helm's media types).

use hypo_model::ports::packages::Error;
use reqwest::{Client, RequestBuilder, Response, StatusCode, header};
use serde_json::Value;
use sha2::{Digest, Sha256};
use url::Url;

use super::{
    address::unreadable,
    fetch::{LIMIT, body},
};

const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CHART: &str = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";
const MANIFEST_LIMIT: usize = 1024 * 1024;

/// Pulls `oci://host/path/chart:version`; without a version the tag `latest` is asked for.
pub(super) async fn pull(client: &Client, url: &Url, plain: bool) -> Result<Vec<u8>, Error> {
    let host = url.host_str().unwrap_or_default();
    let authority = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    let path = url.path().trim_matches('/');
    let (name, reference) = path
        .rsplit_once('@')
        .or_else(|| path.rsplit_once(':').filter(|(_, tag)| !tag.contains('/')))
        .unwrap_or((path, "latest"));
    let scheme = if plain && url.port().is_some() && is_local(host) { "http" } else { "https" };
    let base = format!("{scheme}://{authority}/v2/{name}");

    let mut session = Session { client, authority, token: None };
    let manifest = session.get(&format!("{base}/manifests/{reference}"), Some(MANIFEST)).await?;
    let manifest: Value = serde_json::from_slice(&body(manifest, MANIFEST_LIMIT).await?)
        .map_err(|error| unreadable(format!("the registry's manifest is not JSON: {error}")))?;
    let layers = manifest["layers"].as_array().map(Vec::as_slice).unwrap_or_default();
    let digest = layers
        .iter()
        .find(|layer| layer["mediaType"] == CHART)
        .and_then(|layer| layer["digest"].as_str())
        .ok_or_else(|| unreadable("the registry's manifest holds no Helm chart".into()))?;
    let chart = session.get(&format!("{base}/blobs/{digest}"), None).await?;
    let chart = body(chart, LIMIT).await?;
    let found: String = Sha256::digest(&chart).iter().map(|byte| format!("{byte:02x}")).collect();
    if digest != format!("sha256:{found}") {
        return Err(unreadable(format!("the chart's digest is sha256:{found}, the manifest says {digest}")));
    }
    Ok(chart)
}

fn is_local(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

struct Session<'a> {
    client: &'a Client,
    authority: String,
    token: Option<String>,
}

impl Session<'_> {
    async fn get(&mut self, url: &str, accept: Option<&str>) -> Result<Response, Error> {
        let answer = self.send(url, accept).await?;
        if answer.status() != StatusCode::UNAUTHORIZED || self.token.is_some() {
            return Ok(answer);
        }
        let challenge = answer.headers().get(header::WWW_AUTHENTICATE).and_then(|value| value.to_str().ok());
        self.token = Some(self.anonymous_token(challenge.unwrap_or_default()).await?);
        self.send(url, accept).await
    }

    async fn send(&self, url: &str, accept: Option<&str>) -> Result<Response, Error> {
        let mut request: RequestBuilder = self.client.get(url);
        if let Some(accept) = accept {
            request = request.header(header::ACCEPT, accept);
        }
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        request.send().await.map_err(|error| unreadable(error.to_string()))
    }

    /// The registry's own token service only: another host would need an address check of its own.
    async fn anonymous_token(&self, challenge: &str) -> Result<String, Error> {
        let part = |name: &str| {
            let start = challenge.find(&format!("{name}=\""))? + name.len() + 2;
            challenge[start..].split('"').next().map(str::to_owned)
        };
        let realm = part("realm").and_then(|realm| Url::parse(&realm).ok());
        let own = realm.filter(|realm| {
            let host = realm.host_str().unwrap_or_default();
            self.authority == realm.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
        });
        let mut url = own.ok_or_else(|| unreadable("the registry asks for credentials".into()))?;
        for name in ["service", "scope"] {
            if let Some(value) = part(name) {
                url.query_pairs_mut().append_pair(name, &value);
            }
        }
        let answer = self.client.get(url).send().await.map_err(|error| unreadable(error.to_string()))?;
        let answer: Value = serde_json::from_slice(&body(answer, MANIFEST_LIMIT).await?)
            .map_err(|error| unreadable(format!("the registry's token is not JSON: {error}")))?;
        let token = answer["token"].as_str().or_else(|| answer["access_token"].as_str());
        token.map(str::to_owned).ok_or_else(|| unreadable("the registry gave no token".into()))
    }
}
