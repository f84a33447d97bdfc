//! Another operator's TMF API on the wire: documents in memory, credentials it insists on, a ledger of what it was
//! asked. Plain HTTP on 127.0.0.1; knows nothing of the product.

use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
    routing::any,
};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use tokio::{net::TcpListener, task::JoinHandle};
use uuid::Uuid;

use crate::TwinError;

/// The token that the token endpoint gives.
const ISSUED: &str = "issued-by-the-twin";

/// What the peer insists on.
#[derive(Clone, Debug, Default)]
pub enum PeerAuth {
    #[default]
    None,
    Basic {
        user: String,
        password: String,
    },
    Bearer(String),
    /// By `POST /token` with this id and secret.
    ClientCredentials {
        id: String,
        secret: String,
    },
}

/// A request as it came in.
#[derive(Clone, Debug)]
pub struct PeerRequest {
    pub method: String,
    /// With the query.
    pub path: String,
    /// Names in lower case.
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

/// A running peer; ends when it is dropped.
#[derive(Debug)]
pub struct TmfPeer {
    /// For example `http://127.0.0.1:41234`.
    pub url: String,
    inner: Arc<Inner>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct Inner {
    auth: PeerAuth,
    /// By path of the document.
    documents: Mutex<BTreeMap<String, Value>>,
    ledger: Mutex<Vec<PeerRequest>>,
    /// Answers this instead of serving.
    fault: Mutex<Option<u16>>,
}

fn held<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl TmfPeer {
    /// Starts one on a port of the system's choice.
    ///
    /// # Errors
    /// When no port can be listened on.
    pub async fn start(auth: PeerAuth) -> Result<Self, TwinError> {
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], 0)))
            .await
            .map_err(TwinError::io("listening for a peer"))?;
        let address = listener.local_addr().map_err(TwinError::io("listening for a peer"))?;
        let inner =
            Arc::new(Inner { auth, documents: Mutex::default(), ledger: Mutex::default(), fault: Mutex::default() });
        let router = Router::new()
            .route("/token", any(token))
            .route("/tmf-api/{*rest}", any(serve))
            .with_state(Arc::clone(&inner));
        let task = tokio::spawn(async move {
            // It ends with the task; an error of the listener ends it sooner, and its users see no answer.
            let _ = axum::serve(listener, router).await;
        });
        Ok(Self { url: format!("http://{address}"), inner, task })
    }

    /// What it was asked, in order; token requests are not in it.
    #[must_use]
    pub fn ledger(&self) -> Vec<PeerRequest> {
        held(&self.inner.ledger).clone()
    }

    /// Answers every request with this status, or serves again.
    pub fn fail(&self, status: Option<u16>) {
        *held(&self.inner.fault) = status;
    }
}

impl Drop for TmfPeer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn token(State(peer): State<Arc<Inner>>, headers: HeaderMap, body: Bytes) -> Response {
    let PeerAuth::ClientCredentials { id, secret } = &peer.auth else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let expected = format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
    let known = headers.get(header::AUTHORIZATION).is_some_and(|value| value.as_bytes() == expected.as_bytes());
    if !known || !String::from_utf8_lossy(&body).contains("grant_type=client_credentials") {
        return (StatusCode::UNAUTHORIZED, Json(json!({"error": "invalid_client"}))).into_response();
    }
    Json(json!({"access_token": ISSUED, "token_type": "Bearer", "expires_in": 300})).into_response()
}

fn admits(auth: &PeerAuth, headers: &HeaderMap) -> bool {
    let expected = match auth {
        PeerAuth::None => return true,
        PeerAuth::Basic { user, password } => format!("Basic {}", STANDARD.encode(format!("{user}:{password}"))),
        PeerAuth::Bearer(token) => format!("Bearer {token}"),
        PeerAuth::ClientCredentials { .. } => format!("Bearer {ISSUED}"),
    };
    headers.get(header::AUTHORIZATION).is_some_and(|value| value.as_bytes() == expected.as_bytes())
}

async fn serve(State(peer): State<Arc<Inner>>, method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Response {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let request = PeerRequest {
        method: method.to_string(),
        path: uri.to_string(),
        headers: headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect(),
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    held(&peer.ledger).push(request);
    let fault = *held(&peer.fault);
    if let Some(status) = fault.and_then(|status| StatusCode::from_u16(status).ok()) {
        return status.into_response();
    }
    if !admits(&peer.auth, &headers) {
        return problem(StatusCode::UNAUTHORIZED, "who are you?");
    }
    let mut response = answer(&peer, &method, uri.path(), &body);
    // What a server of another make may send along; none of it may reach the caller.
    response.headers_mut().insert(header::SET_COOKIE, HeaderValue::from_static("theirs=1"));
    response.headers_mut().insert("content-security-policy", HeaderValue::from_static("default-src *"));
    response
}

/// `/tmf-api/{family}/{version}/{collection}` and a document below it.
fn answer(peer: &Inner, method: &Method, path: &str, body: &Bytes) -> Response {
    let depth = path.trim_matches('/').split('/').count();
    let mut documents = held(&peer.documents);
    match (method.as_str(), depth) {
        ("GET" | "HEAD", 4) => {
            let all: Vec<&Value> = documents
                .iter()
                .filter(|(known, _)| known.rsplit_once('/').is_some_and(|(collection, _)| collection == path))
                .map(|(_, document)| document)
                .collect();
            let count = HeaderValue::from(all.len());
            let mut response = Json(&all).into_response();
            response.headers_mut().insert("x-total-count", count);
            response
        }
        ("POST", 4) => {
            let Ok(mut document @ Value::Object(_)) = serde_json::from_slice::<Value>(body) else {
                return problem(StatusCode::BAD_REQUEST, "no JSON object");
            };
            let id = Uuid::new_v4().to_string();
            let href = format!("{path}/{id}");
            document["id"] = json!(id);
            document["href"] = json!(href);
            documents.insert(href.clone(), document.clone());
            let mut response = (StatusCode::CREATED, Json(document)).into_response();
            if let Ok(location) = HeaderValue::from_str(&href) {
                response.headers_mut().insert(header::LOCATION, location);
            }
            response
        }
        ("GET" | "HEAD", 5) => match documents.get(path) {
            Some(document) => Json(document).into_response(),
            None => problem(StatusCode::NOT_FOUND, "not here"),
        },
        ("PATCH", 5) => {
            let Ok(patch) = serde_json::from_slice::<Value>(body) else {
                return problem(StatusCode::BAD_REQUEST, "no JSON");
            };
            match documents.get_mut(path) {
                Some(document) => {
                    json_patch::merge(document, &patch);
                    Json(&*document).into_response()
                }
                None => problem(StatusCode::NOT_FOUND, "not here"),
            }
        }
        ("DELETE", 5) => match documents.remove(path) {
            Some(_) => StatusCode::NO_CONTENT.into_response(),
            None => problem(StatusCode::NOT_FOUND, "not here"),
        },
        _ => problem(StatusCode::METHOD_NOT_ALLOWED, "not like this"),
    }
}

fn problem(status: StatusCode, reason: &str) -> Response {
    (status, Json(json!({"code": status.as_str(), "reason": reason, "status": status.as_str()}))).into_response()
}
