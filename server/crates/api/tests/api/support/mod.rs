//! A whole server in memory: the real application, store and orchestrator over a cluster that is a map.

#[path = "../../../../../../portal/build/check.rs"]
#[expect(dead_code, reason = "the build writes types from the rest")]
mod check;
mod cluster;
mod peers;
mod ports;
mod socket;

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::connect_info::MockConnectInfo,
    http::{HeaderMap, Request, Response, StatusCode, header},
};
use chrono::{DateTime, Utc};
use hypo_api::HttpConfig;
use hypo_app::{
    App, Ctx, Outside, Settings,
    access::{sessions, tenants, tokens, users},
};
use hypo_engine::{NoInjection, Reconciler};
use hypo_orchestrator::{Orchestrator, World, project::OrderProjection, reconcilers::Sweep};
use hypo_shared::{Role, TenantId};
use hypo_store::{Store, saga_log::StoredSagas};
use serde_json::{Value, json};
use tower::ServiceExt;

pub use cluster::MapCluster;
pub use peers::Peers;
pub use ports::{CANARY, Callbacks, Files, Secrets};
pub use socket::Socket;

pub const ORIGIN: &str = "http://127.0.0.1:8080";
pub const PASSWORD: &str = "correct horse battery";

pub struct Server {
    pub app: App,
    pub store: Store,
    pub router: Router,
    pub secrets: Secrets,
    pub callbacks: Callbacks,
    pub peers: Peers,
    pub files: Files,
    pub cluster: Arc<MapCluster>,
    /// Tenant of the providers.
    pub provider: TenantId,
    /// Tenant of the cluster owners.
    pub owner: TenantId,
    _running: hypo_orchestrator::Running,
}

/// A signed-in person or program.
#[derive(Clone)]
pub struct Person {
    pub token: String,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {} {}", self.status, self.text))
    }

    /// `extensions.code` of the first error.
    pub fn code(&self) -> Option<String> {
        self.json().pointer("/errors/0/extensions/code").and_then(Value::as_str).map(str::to_owned)
    }

    /// Value of the session cookie that was set.
    pub fn cookie(&self) -> Option<String> {
        let set = self.headers.get(header::SET_COOKIE)?.to_str().unwrap();
        Some(set.split(';').next().unwrap().to_owned())
    }
}

impl Server {
    pub async fn start() -> Self {
        Self::with(HttpConfig { origins: vec![ORIGIN.to_owned()], ..HttpConfig::default() }).await
    }

    pub async fn with_portal(folder: PathBuf) -> Self {
        let config = HttpConfig { origins: vec![ORIGIN.to_owned()], ..HttpConfig::default() };
        Self::with(HttpConfig { portal: hypo_api::Portal::Dir(folder), ..config }).await
    }

    pub async fn with(config: HttpConfig) -> Self {
        let store = Store::connect("sqlite::memory:").await.unwrap();
        store.migrate().await.unwrap();
        let secrets = Secrets::default();
        let cluster = Arc::new(MapCluster::default());
        let world = world(&store, &cluster, &secrets, Utc::now);
        let log = Arc::new(StoredSagas::new(store.clone()).projection(Arc::new(OrderProjection)));
        let (orchestrator, mut running) =
            Orchestrator::start(world, log, hypo_engine::Config::default(), Arc::new(NoInjection));
        let settings = Settings { metrics_step: std::time::Duration::from_millis(100), ..Settings::default() };
        let callbacks = Callbacks::default();
        let files = Files::default();
        let peers = Peers::default();
        let outside = Outside {
            callbacks: Arc::new(callbacks.clone()),
            files: Arc::new(files.clone()),
            peers: Arc::new(peers.clone()),
            ..Outside::from(Arc::new(ports::NoHelm))
        };
        let app = App::new(orchestrator, outside, settings);
        let orders = app.clone();
        running.add(|shutdown| hypo_app::ordering::run(orders, shutdown));
        let jobs = app.clone();
        running.add(|shutdown| hypo_app::jobs::run(jobs, shutdown));
        let address = SocketAddr::from(([127, 0, 0, 1], 50_000));
        let router = hypo_api::router(app.clone(), config).layer(MockConnectInfo(address));
        let provider = tenant(&app, "Provider").await;
        let owner = tenant(&app, "Edge owner").await;
        Self { app, store, router, secrets, callbacks, peers, files, cluster, provider, owner, _running: running }
    }

    /// A user with a password and a token of its role.
    pub async fn person(&self, tenant: TenantId, name: &str, role: Role) -> Person {
        let system = Ctx::system("test", tenant);
        let permit = self.app.permit(&system).await.unwrap();
        let new = users::NewUser {
            name: name.to_owned(),
            display_name: name.to_owned(),
            password: PASSWORD.to_owned(),
            role,
            tenant: Some(tenant),
        };
        users::create(&self.app, &system, permit, new).await.unwrap();
        Person { token: self.token(tenant, name, role).await }
    }

    async fn token(&self, tenant: TenantId, name: &str, role: Role) -> String {
        let signed = sessions::sign_in(&self.app, &sessions::Visitor::default(), name, PASSWORD).await.unwrap();
        let who = sessions::authenticate(&self.app, signed.secret.reveal()).await.unwrap();
        let ctx = Ctx { who, ..Ctx::system("test", tenant) };
        // A viewer may make no token of its own; an administrator's hand does it in its name.
        let ctx = if role == Role::Viewer { Ctx { who: promoted(ctx.who.clone()), ..ctx } } else { ctx };
        let permit = self.app.permit(&ctx).await.unwrap();
        let new = tokens::NewToken { name: "test".to_owned(), role, days: 1 };
        tokens::create(&self.app, &ctx, permit, new).await.unwrap().1.reveal().to_owned()
    }

    /// One look of the reconciler `sweep-plans` at another time.
    pub async fn sweep(&self, clock: fn() -> DateTime<Utc>) -> Value {
        let world = world(&self.store, &self.cluster, &self.secrets, clock);
        Sweep::new(Arc::new(world)).run().await.unwrap()
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response: Response<Body> = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        Answer { status: parts.status, headers: parts.headers, text: String::from_utf8_lossy(&bytes).into_owned() }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub async fn graphql(&self, who: &Person, query: &str, variables: Value) -> Answer {
        let request = Request::post("/graphql")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::AUTHORIZATION, format!("Bearer {}", who.token))
            .body(Body::from(json!({"query": query, "variables": variables}).to_string()))
            .unwrap();
        self.send(request).await
    }

    /// The data of an operation that must work.
    pub async fn data(&self, who: &Person, query: &str, variables: Value) -> Value {
        let answer = self.graphql(who, query, variables).await;
        let mut body = answer.json();
        assert!(body.get("errors").is_none(), "{query}: {body:#}");
        body["data"].take()
    }

    /// Signs in with the password and gives the cookie.
    pub async fn sign_in(&self, name: &str, password: &str) -> Answer {
        let body = json!({"name": name, "password": password}).to_string();
        let request = Request::post("/session")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ORIGIN, ORIGIN)
            .body(Body::from(body))
            .unwrap();
        self.send(request).await
    }

    /// Serves on a port of the system's choice.
    pub async fn listen(&self) -> SocketAddr {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let service = self.router.clone().into_make_service();
        tokio::spawn(async move { axum::serve(listener, service).await.unwrap() });
        address
    }
}

fn world(store: &Store, cluster: &Arc<MapCluster>, secrets: &Secrets, clock: fn() -> DateTime<Utc>) -> World {
    World {
        store: store.clone(),
        clusters: Arc::new(ports::OneCluster(Arc::clone(cluster))),
        secrets: Arc::new(secrets.clone()),
        identities: Arc::new(ports::NoIdentities),
        clock,
        settings: hypo_orchestrator::Settings::default(),
    }
}

/// The text of a portal operation, exactly as the portal sends it.
pub fn portal(name: &str) -> String {
    operations().into_iter().find(|operation| operation.name == name).expect("an operation of the portal").text
}

/// Every operation of the portal, by the portal's own build.
pub fn operations() -> Vec<check::Op> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../..");
    let mut files: Vec<_> =
        std::fs::read_dir(root.join("portal/graphql")).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let text: String = files.iter().map(|path| std::fs::read_to_string(path).unwrap()).collect();
    check::check(&hypo_api::schema_sdl(), &text).map_err(|errors| errors.join("\n")).unwrap().ops
}

fn promoted(who: hypo_app::ctx::Principal) -> hypo_app::ctx::Principal {
    hypo_app::ctx::Principal { role: Role::Admin, ..who }
}

/// A new tenant.
pub async fn tenant(app: &App, name: &str) -> TenantId {
    let ctx = Ctx::system("test", TenantId(uuid::Uuid::nil()));
    let permit = app.permit(&ctx).await.unwrap();
    tenants::create(app, &ctx, permit, name, &[]).await.unwrap().id
}
