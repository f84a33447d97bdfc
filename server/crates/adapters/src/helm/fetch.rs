//! Fetching one file: bounded, pinned to the resolved address, no redirects.

use std::time::Duration;

use hypo_model::ports::packages::Error;
use hypo_shared::ErrorCode;
use reqwest::{Client, Response, redirect::Policy};
use url::Url;

use super::{
    address::{AddressPolicy, unreadable},
    oci,
};
use crate::guard::content;

/// Bytes of a package that are read at most.
pub(super) const LIMIT: usize = 16 * 1024 * 1024;

pub(super) async fn fetch(address: &str, policy: AddressPolicy) -> Result<Vec<u8>, Error> {
    let url = Url::parse(address).map_err(|error| Error {
        code: ErrorCode::PackageFetchRefused,
        message: format!("{address:?} is no address: {error}"),
    })?;
    let pinned = policy.resolve(&url).await?;
    let client = Client::builder()
        .redirect(Policy::none())
        .no_proxy()
        .connect_timeout(Duration::from_secs(10))
        .timeout(Duration::from_secs(60))
        .resolve(url.host_str().unwrap_or_default(), pinned)
        .build()
        .map_err(|error| unreadable(error.to_string()))?;
    if url.scheme() == "oci" {
        return oci::pull(&client, &url, policy.allow_private).await;
    }
    let answer = client.get(url).send().await.map_err(|error| unreadable(error.to_string()))?;
    body(answer, LIMIT).await
}

/// The body of a good answer, read up to a limit.
pub(super) async fn body(answer: Response, limit: usize) -> Result<Vec<u8>, Error> {
    if !answer.status().is_success() {
        return Err(unreadable(format!("the server answered {}", answer.status())));
    }
    let content = content(answer, limit).await.map_err(|error| unreadable(error.to_string()))?;
    content.ok_or_else(|| Error {
        code: ErrorCode::PackageTooLarge,
        message: format!("the package is larger than {limit} bytes"),
    })
}
