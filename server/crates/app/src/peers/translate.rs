//! Documents in a peer's words.

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use hypo_model::ports::peers::{Body, Response};
use hypo_shared::ErrorCode;
use hypo_store::peers::Peer;
use hypo_tmf::{Dialect, Resource, event::base_of, registry::resources};
use serde_json::Value;

use super::manage::OPENSLICE;
use crate::{Error, Result};

/// Bytes of a document that is put into other words: it has to be read whole.
const LIMIT: usize = 8 << 20;

/// The other dialect a request is put into, when the caller asked for that and the peer speaks one.
pub fn dialect(peer: &Peer, wanted: bool) -> Option<Translation> {
    (wanted && peer.dialect == OPENSLICE).then_some(Translation(Dialect::OpenSlice))
}

/// Official words here, another dialect there.
#[derive(Clone, Copy, Debug)]
pub struct Translation(Dialect);

impl Translation {
    /// A client's document in the peer's words.
    pub async fn outgoing(self, path: &str, body: Body) -> Result<Body> {
        let bytes = whole(body).await?;
        let Some(resource) = resource(path).filter(|_| !bytes.is_empty()) else { return Ok(once(bytes)) };
        let document: Value = serde_json::from_slice(&bytes)
            .map_err(|error| Error::new(ErrorCode::InvalidInput, format!("The body is not JSON: {error}.")))?;
        Ok(once(written(&self.0.outward(resource, document))))
    }

    /// The peer's documents in official words. What is no JSON of a resource stays as it is.
    pub async fn incoming(self, path: &str, answer: Response) -> Result<Response> {
        let Some(resource) = resource(path) else { return Ok(answer) };
        let bytes = whole(answer.body).await?;
        let body = match serde_json::from_slice::<Value>(&bytes) {
            Ok(Value::Array(items)) => {
                written(&items.into_iter().map(|item| self.one(resource, item)).collect::<Value>())
            }
            Ok(document @ Value::Object(_)) => written(&self.one(resource, document)),
            _ => bytes,
        };
        Ok(Response { body: once(body), ..answer })
    }

    fn one(self, resource: &Resource, document: Value) -> Value {
        let mut document = self.0.inward(resource, document);
        if let Some(members) = document.as_object_mut() {
            members.shift_remove(hypo_tmf::shape::DIALECT);
        }
        document
    }
}

fn resource(path: &str) -> Option<&'static Resource> {
    let (base, rest) = base_of(path)?;
    let collection = rest.split('/').next()?;
    resources().find(|resource| resource.family.base == base && resource.collection == collection)
}

async fn whole(body: Body) -> Result<Bytes> {
    let bytes = body
        .try_fold(Vec::new(), |mut all, chunk| async move {
            if all.len() + chunk.len() > LIMIT {
                return Err(std::io::Error::other("too large"));
            }
            all.extend_from_slice(&chunk);
            Ok(all)
        })
        .await;
    bytes.map(Bytes::from).map_err(|_| Error::of(ErrorCode::PayloadTooLarge))
}

fn written(document: &Value) -> Bytes {
    Bytes::from(document.to_string())
}

fn once(bytes: Bytes) -> Body {
    if bytes.is_empty() {
        return futures::stream::empty().boxed();
    }
    futures::stream::once(async move { Ok(bytes) }).boxed()
}
