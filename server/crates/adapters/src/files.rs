//! Files at addresses that clients name: `GET` and `PUT`.

use std::time::Duration;

use async_trait::async_trait;
use hypo_model::ports::files::{Error, Files, LIMIT};
use reqwest::{Response, header};

use crate::guard::{Clients, Guard, content, words};

/// How long one file may take.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Files over HTTP.
#[derive(Debug)]
pub struct HttpFiles {
    guard: Guard,
    clients: Clients,
}

impl HttpFiles {
    /// With what the operator allows.
    #[must_use]
    pub fn new(guard: Guard) -> Self {
        Self { guard, clients: Clients::new(Duration::from_secs(5)) }
    }

    async fn ask(
        &self,
        address: &str,
        request: impl FnOnce(reqwest::Client, url::Url) -> reqwest::RequestBuilder + Send,
    ) -> Result<Response, Error> {
        let pinned = self.guard.resolve(address).await.map_err(|denied| Error(denied.to_string()))?;
        let client = self.clients.of(&pinned).map_err(|error| Error(error.to_string()))?;
        let answer = request(client, pinned.url).timeout(TIMEOUT).send().await.map_err(|error| failed(&error))?;
        match answer.status() {
            status if status.is_success() => Ok(answer),
            status => Err(Error(format!("the server of the file answered {status}"))),
        }
    }
}

#[async_trait]
impl Files for HttpFiles {
    async fn read(&self, address: &str) -> Result<Vec<u8>, Error> {
        let answer = self.ask(address, |client, url| client.get(url)).await?;
        let content = content(answer, LIMIT).await.map_err(|error| failed(&error))?;
        content.ok_or_else(|| Error(format!("the file is larger than {LIMIT} bytes")))
    }

    async fn write(&self, address: &str, media_type: &str, content: Vec<u8>) -> Result<(), Error> {
        let media_type = media_type.to_owned();
        let put = |client: reqwest::Client, url| client.put(url).header(header::CONTENT_TYPE, media_type).body(content);
        self.ask(address, put).await.map(drop)
    }
}

fn failed(error: &reqwest::Error) -> Error {
    Error(words("the server of the file", error))
}
