//! The HTTP face: one dispatcher behind the TLS listener.

pub mod discovery;
mod fields;
mod logs;
mod metrics;
mod openapi;
mod read;
mod server;
mod table;
mod target;
mod watch;
mod write;

use std::{sync::Arc, time::Duration};

use axum::body::{Body, Bytes};
use hyper::{HeaderMap, Method, Response, StatusCode, header};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{
    auth::{self, Attributes, User},
    clock,
    cluster::{Cluster, stopped},
    control,
    error::{ApiError, ApiResult},
    faults::FaultKind,
    json,
    ledger::LedgerEntry,
};
use read::Form;
use target::{Query, Resource, Target};

pub use server::serve;

/// The largest body the API server reads (its own limit is 3 MiB).
const BODY_LIMIT: usize = 3 << 20;

/// A request whose body has been read.
pub struct Request {
    pub method: Method,
    pub path: String,
    pub query: Query,
    pub raw_query: String,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Request {
    pub fn header(&self, name: header::HeaderName) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }
}

/// The connection is to break without an answer.
#[derive(Debug, thiserror::Error)]
#[error("connection broken by an injected fault")]
pub struct Broken;

/// An answer, and for the ledger whether and what it changed.
pub struct Answer {
    pub response: Response<Body>,
    pub changed: bool,
    pub object: String,
}

impl Answer {
    fn plain(response: Response<Body>) -> Self {
        Self { response, changed: false, object: String::new() }
    }
}

/// A JSON response.
pub fn document(status: u16, value: &Value) -> Response<Body> {
    let mut response = Response::new(Body::from(serde_json::to_vec(value).unwrap_or_default()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
    response
}

/// A response of another type.
pub fn body_of(content_type: &'static str, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static(content_type));
    response
}

/// Answers one request, or breaks its connection.
pub async fn handle(
    cluster: Arc<Cluster>,
    request: hyper::Request<hyper::body::Incoming>,
) -> Result<Response<Body>, Broken> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(Body::new(body), BODY_LIMIT).await.map_err(|_| Broken)?;
    let raw_query = parts.uri.query().unwrap_or_default().to_owned();
    let request = Request {
        method: parts.method,
        path: parts.uri.path().to_owned(),
        query: Query::parse(&raw_query),
        raw_query,
        headers: parts.headers,
        body,
    };
    if request.path == "/twin" || request.path.starts_with("/twin/") {
        return Ok(control::handle(&cluster, &request).await);
    }
    let whole = if request.raw_query.is_empty() {
        request.path.clone()
    } else {
        format!("{}?{}", request.path, request.raw_query)
    };
    let fault = cluster.faults.meet(request.method.as_str(), &whole);
    match fault {
        Some((FaultKind::Hang, _)) => {
            let mut stop = cluster.stop.subscribe();
            stopped(&mut stop).await;
            return Err(Broken);
        }
        Some((FaultKind::Flap | FaultKind::Down, _)) => return Err(Broken),
        Some((FaultKind::Slow, delay)) => tokio::time::sleep(delay).await,
        Some((FaultKind::WatchExpire, _)) => {
            let version = {
                let mut state = cluster.state();
                state.store.expire();
                state.store.version()
            };
            return Ok(body_of("application/json", watch::expired(version)));
        }
        _ => {}
    }
    let user = auth::authenticate(&cluster.config, Some(request.header(header::AUTHORIZATION)));
    let refused = match fault {
        Some((FaultKind::Error500, _)) => Some(ApiError::internal("injected fault")),
        Some((FaultKind::Conflict409, _)) => Some(ApiError::injected_conflict()),
        _ => None,
    };
    let answer = match (refused, &user) {
        (Some(error), _) => Err(error),
        (None, None) => Err(ApiError::unauthorized()),
        (None, Some(user)) => respond(&cluster, &request, user),
    };
    let answer = answer.unwrap_or_else(|error| Answer::plain(document(error.code, &error.status())));
    record(&cluster, &request, user.as_ref(), &answer);
    if answer.changed {
        cluster.wake.notify_one();
    }
    if let Some((FaultKind::Lost, _)) = fault {
        return Err(Broken);
    }
    let mut response = answer.response;
    response.headers_mut().insert("audit-id", audit_id(&request));
    Ok(response)
}

fn audit_id(request: &Request) -> header::HeaderValue {
    let given = request.headers.get("audit-id").cloned();
    given.unwrap_or_else(|| {
        let id = uuid::Uuid::new_v4().to_string();
        header::HeaderValue::from_str(&id).expect("a uuid is ASCII")
    })
}

fn respond(cluster: &Arc<Cluster>, request: &Request, user: &User) -> ApiResult<Answer> {
    let target = target::parse(&cluster.state().registry, &request.path);
    let target = match target {
        Target::Resource(target) => target,
        other => return outside(cluster, request, user, &other).map(Answer::plain),
    };
    let verb = verb_of(request, &target);
    let asked = Attributes {
        verb,
        group: &target.kind.group,
        resource: &target.kind.plural,
        sub: &target.sub,
        // RBAC sees a Namespace object as lying in itself.
        namespace: if &*target.kind.id == "namespaces" { &target.name } else { &target.namespace },
        name: &target.name,
    };
    let open = target.kind.group.starts_with("auth") && target.kind.plural.starts_with("selfsubject");
    {
        let state = cluster.state();
        if !open && !auth::allowed(&state, user, &asked) {
            return Err(auth::refusal(&target.kind, user, &asked));
        }
    }
    let accept = request.header(header::ACCEPT);
    let form = Form::of(accept, cluster.clock.now());
    if target.kind.computed {
        return computed(cluster, request, user, &target).map(Answer::plain);
    }
    match verb {
        "get" if target.sub == "log" => logs::read(cluster, &target, &request.query).map(Answer::plain),
        "get" => read::get(&cluster.state(), &target, form).map(|found| Answer::plain(document(200, &found))),
        "list" => read::list(&cluster.state(), &target, &request.query, form)
            .map(|found| Answer::plain(document(200, &found))),
        "watch" => {
            let body = watch::watch(cluster, &target, &request.query, form)?;
            Ok(Answer::plain(body_of("application/json", body)))
        }
        _ => write::write(cluster, request, &target, verb),
    }
}

fn computed(cluster: &Arc<Cluster>, request: &Request, user: &User, target: &Resource) -> ApiResult<Response<Body>> {
    let state = cluster.state();
    if target.kind.group == "metrics.k8s.io" {
        if request.method != Method::GET {
            return Err(ApiError::method_not_allowed());
        }
        return metrics::read(&state, target, &request.query).map(|found| document(200, &found));
    }
    if request.method != Method::POST {
        return Err(ApiError::method_not_allowed());
    }
    let body = write::decode(request)?;
    auth::review(&state, &target.kind, user, &body).map(|answer| document(201, &answer))
}

fn outside(cluster: &Cluster, request: &Request, user: &User, target: &Target) -> ApiResult<Response<Body>> {
    let state = cluster.state();
    if !auth::allowed_path(&state, user, &request.method.as_str().to_lowercase(), &request.path) {
        return Err(ApiError::forbidden_path(&user.name, &request.method.as_str().to_lowercase(), &request.path));
    }
    let aggregated = discovery::wants_aggregated(request.header(header::ACCEPT));
    let found = match target {
        Target::Version => discovery::version(&cluster.config.version),
        Target::Health => return Ok(body_of("text/plain; charset=utf-8", Body::from("ok"))),
        Target::Api | Target::Apis if aggregated => {
            let list = discovery::aggregated(&state.registry, matches!(target, Target::Api));
            let mut response = document(200, &list);
            response.headers_mut().insert(
                header::CONTENT_TYPE,
                header::HeaderValue::from_static(
                    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList",
                ),
            );
            return Ok(response);
        }
        Target::Api => discovery::core(request.header(header::HOST)),
        Target::Apis => discovery::list(&state.registry),
        Target::Group(name) => discovery::group(&state.registry, name).ok_or_else(ApiError::no_such_path)?,
        Target::GroupVersion(group, version) => {
            discovery::resources(&state.registry, group, version).ok_or_else(ApiError::no_such_path)?
        }
        Target::OpenApi => openapi::root(&state.registry, &cluster.config.version),
        Target::OpenApiOf(path) => {
            openapi::document(&state.registry, &cluster.config.version, path).ok_or_else(ApiError::no_such_path)?
        }
        Target::Resource(_) | Target::Control | Target::Unknown => {
            let mut response = body_of("text/plain; charset=utf-8", Body::from("404 page not found\n"));
            *response.status_mut() = StatusCode::NOT_FOUND;
            return Ok(response);
        }
    };
    Ok(document(200, &found))
}

fn verb_of(request: &Request, target: &Resource) -> &'static str {
    match (request.method.as_str(), target.name.is_empty()) {
        ("GET" | "HEAD", true) if request.query.flag("watch") => "watch",
        ("GET" | "HEAD", true) => "list",
        ("GET" | "HEAD", false) if request.query.flag("watch") => "watch",
        ("GET" | "HEAD", false) => "get",
        ("POST", _) => "create",
        ("PUT", _) => "update",
        ("PATCH", _) => "patch",
        ("DELETE", true) => "deletecollection",
        ("DELETE", false) => "delete",
        _ => "unknown",
    }
}

/// Ledger: requests that wanted to change something.
fn record(cluster: &Cluster, request: &Request, user: Option<&User>, answer: &Answer) {
    let writes = matches!(request.method.as_str(), "POST" | "PUT" | "PATCH" | "DELETE");
    let review = request.path.starts_with("/apis/authorization.k8s.io/")
        || request.path.starts_with("/apis/authentication.k8s.io/");
    if !writes || review || request.query.get("dryRun") == "All" {
        return;
    }
    cluster.ledger.append(LedgerEntry {
        seq: 0,
        at: clock::micros(cluster.clock.now()),
        method: request.method.to_string(),
        path: request.path.clone(),
        user: user.map(|user| user.name.clone()).unwrap_or_default(),
        field_manager: request.query.get("fieldManager").to_owned(),
        digest: hex::encode(Sha256::digest(&request.body)),
        status: answer.response.status().as_u16(),
        changed: answer.changed,
        object: answer.object.clone(),
    });
}

/// `deployments.apps/namespace/name`.
pub fn describe(kind: &crate::kinds::Kind, object: &Value) -> String {
    format!("{}/{}/{}", kind.id, json::namespace(object), json::name(object))
}

/// Pause between two looks at something that has no notification.
pub const POLL: Duration = Duration::from_millis(100);
