//! Starting and stopping one cluster.

use std::{collections::HashMap, net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{
    TwinError,
    cluster::{Cluster, State},
    config::{TokenSpec, TwinConfig},
    controllers,
    faults::FaultSpec,
    http,
    kinds::Registry,
    ledger::{Ledger, LedgerEntry},
    net::Net,
    rng::{self, Rng},
    runtime::proxy::Proxies,
    seed,
    store::{Disk, Store},
    tls,
};

/// A simulated Kubernetes API server with its controllers.
#[derive(Debug)]
pub struct Twin;

/// A running cluster; dropping it stops it without the graceful part.
pub struct RunningTwin {
    /// `https://127.0.0.1:PORT`.
    pub url: String,
    /// The certificate authority clients must trust.
    pub ca_pem: String,
    /// Base address of the control API, `URL/twin`.
    pub control_url: String,
    /// Its bearer token.
    pub control_token: String,
    cluster: Arc<Cluster>,
    tasks: Vec<JoinHandle<()>>,
}

/// What a restart keeps besides objects and ledger.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Meta {
    port: u16,
    slot: Option<u32>,
    control_token: String,
    token: String,
}

impl Twin {
    /// Starts a cluster on 127.0.0.1 and serves until [`RunningTwin::stop`].
    ///
    /// # Errors
    /// [`TwinError`] when folder, certificate or socket cannot be had.
    pub async fn start(mut config: TwinConfig) -> Result<RunningTwin, TwinError> {
        let folder = config.state_dir.clone();
        if let Some(folder) = &folder {
            std::fs::create_dir_all(folder).map_err(TwinError::io("making the state folder"))?;
        }
        let mut meta = read_meta(&folder)?;
        let random = || uuid::Uuid::new_v4().simple().to_string();
        if config.tokens.is_empty() {
            if meta.token.is_empty() {
                meta.token = random();
            }
            config.tokens.push(TokenSpec::admin(&meta.token, "kubernetes-admin"));
        }
        if config.control_token.is_empty() {
            if meta.control_token.is_empty() {
                meta.control_token = random();
            }
            config.control_token.clone_from(&meta.control_token);
        }
        let tls = tls::make(&config.name, folder.as_deref())?;
        let listener = listen(config.port, meta.port).await?;
        let address = listener.local_addr().map_err(TwinError::io("listening"))?;
        let net = Net::take(meta.slot.unwrap_or_else(|| first_slot(&config)));
        meta.port = address.port();
        meta.slot = Some(net.slot());
        if let Some(folder) = &folder {
            let text = serde_json::to_vec_pretty(&meta).map_err(|error| TwinError::Invalid(error.to_string()))?;
            std::fs::write(folder.join("meta.json"), text).map_err(TwinError::io("writing meta.json"))?;
        }
        let store = Store::open(config.watch_window, folder.as_deref().map(Disk::new))?;
        let ledger = Ledger::open(folder.as_deref(), config.ledger_window)?;
        let pods_dir = pods_folder(&config, &folder)?;
        let mut registry = Registry::new();
        for crd in store.all("customresourcedefinitions.apiextensions.k8s.io") {
            registry.add_crd(&crd);
        }
        let seed = config.seed ^ rng::hash(&config.name) ^ store.version();
        let control_token = config.control_token.clone();
        let config = Arc::new(config);
        let mut state = State {
            store,
            registry,
            config: config.clone(),
            now: chrono::Utc::now(),
            rng: Rng::new(seed),
            net,
            pods: HashMap::new(),
            retries: HashMap::new(),
            proxies: Proxies::default(),
            collected: 0,
            pods_dir,
        };
        seed::plant(&mut state, address.port());
        let cluster = Arc::new(Cluster::new(config, state, ledger, control_token.clone()));
        let tasks = vec![
            tokio::spawn(http::serve(cluster.clone(), listener, tls.acceptor)),
            tokio::spawn(controllers::run(cluster.clone())),
        ];
        let url = format!("https://{address}");
        tracing::info!(cluster.name = %cluster.config.name, cluster.url = %url, "twin cluster is up");
        let control_url = format!("{url}/twin");
        Ok(RunningTwin { url, ca_pem: tls.ca_pem, control_url, control_token, cluster, tasks })
    }
}

impl RunningTwin {
    /// The cluster's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.cluster.config.name
    }

    /// Where it listens.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.url.rsplit(':').next().and_then(|port| port.parse().ok()).unwrap_or(0)
    }

    /// The first token bound to `cluster-admin`, or the first at all.
    #[must_use]
    pub fn admin_token(&self) -> &str {
        let tokens = &self.cluster.config.tokens;
        let admin = tokens.iter().find(|token| token.role.as_deref() == Some("cluster-admin"));
        admin.or(tokens.first()).map_or("", |token| &token.token)
    }

    /// A kubeconfig (YAML) with embedded CA for a token.
    #[must_use]
    pub fn kubeconfig(&self, token: &str) -> String {
        let name = self.name();
        let user = self.cluster.config.tokens.iter().find(|known| known.token == token);
        let user = user.map_or("user", |known| known.user.as_str());
        let document = json!({
            "apiVersion": "v1", "kind": "Config", "current-context": name,
            "clusters": [{"name": name, "cluster": {
                "server": self.url, "certificate-authority-data": STANDARD.encode(&self.ca_pem),
            }}],
            "users": [{"name": user, "user": {"token": token}}],
            "contexts": [{"name": name, "context": {"cluster": name, "user": user}}],
        });
        // JSON is YAML; the indented form stays readable.
        serde_json::to_string_pretty(&document).expect("plain values serialise")
    }

    /// Ledger entries after a position, without the wire.
    #[must_use]
    pub fn ledger(&self, since: u64) -> Vec<LedgerEntry> {
        self.cluster.ledger.since(since, usize::MAX).entries
    }

    /// Injects a fault, without the wire.
    ///
    /// # Errors
    /// [`TwinError::Invalid`] for a bad regular expression.
    pub fn inject(&self, fault: FaultSpec) -> Result<u64, TwinError> {
        let id = self.cluster.faults.add(fault).map_err(|error| TwinError::Invalid(error.to_string()))?;
        self.cluster.wake.notify_one();
        Ok(id)
    }

    /// Removes all faults.
    pub fn heal(&self) {
        self.cluster.faults.clear(None);
        self.cluster.wake.notify_one();
    }

    /// Moves an Explicit clock by `steps` passes of `milliseconds`.
    pub fn step(&self, steps: u32, milliseconds: i64) {
        for _ in 0..steps {
            self.cluster.clock.advance(milliseconds);
            controllers::pass(&self.cluster);
        }
    }

    /// Number of stored objects, for tests.
    #[must_use]
    pub fn objects(&self) -> usize {
        self.cluster.state().store.len()
    }

    /// Stops serving, ends real pods and waits for the tasks.
    pub async fn stop(mut self) {
        self.cluster.stop.send_replace(true);
        for task in self.tasks.drain(..) {
            if tokio::time::timeout(Duration::from_secs(5), task).await.is_err() {
                tracing::warn!("a twin task did not end in time");
            }
        }
    }
}

impl Drop for RunningTwin {
    fn drop(&mut self) {
        self.cluster.stop.send_replace(true);
    }
}

fn read_meta(folder: &Option<PathBuf>) -> Result<Meta, TwinError> {
    let Some(folder) = folder else { return Ok(Meta::default()) };
    match std::fs::read(folder.join("meta.json")) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| TwinError::Invalid(format!("meta.json: {error}"))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Meta::default()),
        Err(error) => Err(TwinError::io("reading meta.json")(error)),
    }
}

/// The configured port, else the one of last time, else any.
async fn listen(configured: u16, last: u16) -> Result<TcpListener, TwinError> {
    let bind = |port| TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], port)));
    if configured != 0 {
        return bind(configured).await.map_err(TwinError::io(format!("listening on port {configured}")));
    }
    if last != 0
        && let Ok(listener) = bind(last).await
    {
        return Ok(listener);
    }
    bind(0).await.map_err(TwinError::io("listening"))
}

fn first_slot(config: &TwinConfig) -> u32 {
    let mixed = rng::hash(&format!("{}/{}/{}", config.name, config.seed, std::process::id()));
    u32::try_from(mixed % 1024).unwrap_or(0)
}

/// Real pods need a folder even when the cluster keeps nothing.
fn pods_folder(config: &TwinConfig, folder: &Option<PathBuf>) -> Result<Option<PathBuf>, TwinError> {
    if config.programs.is_empty() {
        return Ok(None);
    }
    let path = match folder {
        Some(folder) => folder.join("node"),
        None => std::env::temp_dir().join(format!("hypo-twin-{}-{}", config.name, uuid::Uuid::new_v4().simple())),
    };
    std::fs::create_dir_all(&path).map_err(TwinError::io("making the node folder"))?;
    Ok(Some(path))
}
