//! Passing a request on.

use std::time::Duration;

use futures::StreamExt;
use hypo_model::ports::{
    peers::{Body, Credentials, Request, Response, Target},
    secrets::SecretValue,
};
use hypo_shared::ErrorCode;
use hypo_store::peers as rows;
use serde_json::json;

use super::{hops, path, secret_of, translate};
use crate::{
    App, Ctx, Error, Result,
    access::audit,
    permit::{Permit, may},
};

/// Until a peer has begun to answer.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Bytes of an answer.
const LIMIT: usize = 64 << 20;

/// Headers of a request that a peer gets to see. Credentials and cookies are not among them.
const TO_PEER: [&str; 10] = [
    "accept",
    "accept-encoding",
    "accept-language",
    "content-type",
    "content-encoding",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "range",
    "traceparent",
];

/// Headers of an answer that the caller gets to see: nothing that speaks for our own origin.
const FROM_PEER: [&str; 14] = [
    "accept-patch",
    "accept-ranges",
    "allow",
    "content-encoding",
    "content-language",
    "content-range",
    "content-type",
    "etag",
    "last-modified",
    "link",
    "location",
    "retry-after",
    "x-result-count",
    "x-total-count",
];

/// A request to pass on.
pub struct Forward {
    /// Name of the peer.
    pub peer: String,
    pub method: String,
    /// Path and query, beginning with `/tmf-api/`.
    pub path: String,
    pub headers: Vec<(String, Vec<u8>)>,
    pub body: Body,
    /// The caller speaks the official dialect, and documents are put into the peer's words and back.
    pub translate: bool,
}

/// Reads through a peer.
///
/// # Errors
/// `HYP-6211` to `HYP-6214`, `HYP-6002` for a path that leaves the peer's API, `HYP-6001` for a count of hops that is
/// none.
pub async fn read(app: &App, ctx: &Ctx, _: Permit<may::ReadPeers>, forward: Forward) -> Result<Response> {
    let peer = rows::named(app.store().read(), ctx.who.tenant, &forward.peer).await?;
    pass(app, &peer, forward).await
}

/// Writes through a peer. What was asked and how it was answered is in the audit trail.
///
/// # Errors
/// As [`read`].
pub async fn write(app: &App, ctx: &Ctx, _: Permit<may::WritePeers>, forward: Forward) -> Result<Response> {
    let peer = rows::named(app.store().read(), ctx.who.tenant, &forward.peer).await?;
    let path = forward.path.split('?').next().unwrap_or_default().to_owned();
    let method = forward.method.clone();
    let answer = pass(app, &peer, forward).await;
    let outcome = match &answer {
        Ok(answer) => json!({"status": answer.status}),
        Err(error) => json!({"error": error.code.code()}),
    };
    let failed = answer.is_err();
    let detail = json!({"peer": peer.name, "method": method, "path": path, "outcome": outcome});
    hypo_store::write!(app.store(), |tx| {
        let subject = format!("peer/{}", peer.id);
        let note = if failed { audit::failed } else { audit::done };
        note(tx, app, ctx, "writeThroughPeer", subject, detail.clone());
        Ok(())
    })?;
    answer
}

async fn pass(app: &App, peer: &rows::Peer, forward: Forward) -> Result<Response> {
    let path = forward.path.split('?').next().unwrap_or_default().to_owned();
    if !path::is_plain(&path) {
        return Err(Error::new(ErrorCode::NotFound, "the path leaves the peer's API"));
    }
    let hops = hops::next(&forward.headers)?;
    let dialect = translate::dialect(peer, forward.translate);
    let target = Target {
        key: peer.id.to_string(),
        base_url: peer.base_url.clone(),
        credentials: credentials(app, peer).await?,
    };
    let mut headers: Vec<(String, Vec<u8>)> =
        forward.headers.into_iter().filter(|(name, _)| TO_PEER.contains(&name.as_str())).collect();
    headers.push((hops::HOPS.to_owned(), hops.to_string().into_bytes()));
    let body = match dialect {
        Some(dialect) => {
            // What is put into other words must be readable.
            headers.retain(|(name, _)| name != "accept-encoding");
            dialect.outgoing(&path, forward.body).await?
        }
        None => forward.body,
    };
    let request = Request { method: forward.method, path: forward.path, headers, body, timeout: TIMEOUT };
    let mut answer = app.peers().send(&target, request).await?;
    answer.headers.retain(|(name, _)| FROM_PEER.contains(&name.as_str()));
    answer.body = limited(answer.body);
    match dialect {
        Some(dialect) => dialect.incoming(&path, answer).await,
        None => Ok(answer),
    }
}

async fn credentials(app: &App, peer: &rows::Peer) -> Result<Credentials> {
    if peer.auth == "none" {
        return Ok(Credentials::None);
    }
    let secret: SecretValue = app.secrets().get(&secret_of(peer)).await?.ok_or_else(|| {
        Error::new(ErrorCode::PeerRefused, "The peer's stored credentials are gone. Register the peer again.")
    })?;
    let account = peer.account.clone().unwrap_or_default();
    Ok(match peer.auth.as_str() {
        "basic" => Credentials::Basic { user: account, password: secret },
        "bearer" => Credentials::Bearer { token: secret },
        _ => Credentials::ClientCredentials {
            token_url: peer.token_url.clone().unwrap_or_default(),
            client_id: account,
            scope: peer.scope.clone(),
            secret,
        },
    })
}

/// The same bytes, broken off where they become too many.
fn limited(body: Body) -> Body {
    body.scan(0_usize, |seen, chunk| {
        let chunk = chunk.and_then(|chunk| {
            *seen = seen.saturating_add(chunk.len());
            if *seen > LIMIT { Err(std::io::Error::other("the peer's answer is too large")) } else { Ok(chunk) }
        });
        std::future::ready(Some(chunk))
    })
    .boxed()
}
