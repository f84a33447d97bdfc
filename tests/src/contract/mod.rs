//! The contract: what HypO relies on in a Kubernetes API server.

pub mod apply;
pub mod cluster;
pub mod collections;
pub mod fields;
pub mod objects;
pub mod watch;
pub mod workloads;

use std::{sync::OnceLock, time::Duration};

use hypo_twin::{RunningTwin, Twin, TwinConfig};
use k8s_openapi::api::core::v1::{ConfigMap, Namespace};
use kube::{
    Api, Client, Config, Error,
    api::{DeleteParams, PostParams},
    config::{KubeConfigOptions, Kubeconfig},
    core::Status,
};
use serde_json::{Value, json};

/// What a cluster has besides its API server, and clauses may need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Controllers, scheduler and nodes on which pods become ready.
    Workloads,
    /// Claims get volumes.
    Volumes,
    /// Nodes run containers: logs, events of starts.
    Containers,
    /// `metrics.k8s.io` is served.
    Metrics,
}

impl Part {
    /// As `HYPO_KUBE_LACKS` spells it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Workloads => "workloads",
            Self::Volumes => "volumes",
            Self::Containers => "containers",
            Self::Metrics => "metrics",
        }
    }
}

/// Parts the server under test is declared not to have, as `HYPO_KUBE_LACKS=containers,metrics` says beside
/// `HYPO_KUBECONFIG`. A part that is neither declared nor there makes its clauses fail. A twin lacks nothing.
///
/// # Panics
/// The variable names something that is no part.
#[must_use]
pub fn lacking() -> Vec<Part> {
    let all = [Part::Workloads, Part::Volumes, Part::Containers, Part::Metrics];
    let text = match std::env::var_os("HYPO_KUBECONFIG") {
        Some(_) => std::env::var("HYPO_KUBE_LACKS").unwrap_or_default(),
        None => String::new(),
    };
    text.split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .map(|name| {
            let found = all.into_iter().find(|part| part.name() == name);
            found.unwrap_or_else(|| panic!("HYPO_KUBE_LACKS: {name} is no part of a cluster; there are {all:?}"))
        })
        .collect()
}

/// The server under test.
pub struct Target {
    /// An administrator's client.
    pub client: Client,
    /// The configuration behind the client.
    pub config: Config,
    /// The twin behind it, unless the server is real.
    pub twin: Option<RunningTwin>,
}

/// A client of a kubeconfig text.
///
/// # Panics
/// The text is no usable kubeconfig.
pub async fn connect(kubeconfig: &str) -> (Client, Config) {
    static PROVIDER: OnceLock<()> = OnceLock::new();
    PROVIDER.get_or_init(|| drop(rustls::crypto::aws_lc_rs::default_provider().install_default()));
    let parsed = Kubeconfig::from_yaml(kubeconfig).expect("a kubeconfig");
    let config =
        Config::from_custom_kubeconfig(parsed, &KubeConfigOptions::default()).await.expect("a usable kubeconfig");
    (Client::try_from(config.clone()).expect("a client"), config)
}

impl Target {
    /// The real server of `HYPO_KUBECONFIG`, or a fresh twin.
    ///
    /// # Panics
    /// The server cannot be reached.
    pub async fn get() -> Self {
        if let Ok(path) = std::env::var("HYPO_KUBECONFIG") {
            let text = std::fs::read_to_string(path).expect("HYPO_KUBECONFIG names a readable file");
            let (client, config) = connect(&text).await;
            return Self { client, config, twin: None };
        }
        Self::twin(TwinConfig { tick_ms: 20, backoff_ms: 50, ..TwinConfig::default() }).await
    }

    /// A twin of a configuration.
    ///
    /// # Panics
    /// The twin cannot start.
    pub async fn twin(config: TwinConfig) -> Self {
        let twin = Twin::start(config).await.expect("the twin starts");
        let (client, config) = connect(&twin.kubeconfig(twin.admin_token())).await;
        Self { client, config, twin: Some(twin) }
    }

    /// A new namespace.
    ///
    /// # Panics
    /// The server refuses it.
    pub async fn namespace(&self) -> String {
        let name = format!("contract-{}", &uuid::Uuid::new_v4().simple().to_string()[..8]);
        let namespace: Namespace = object(json!({"metadata": {"name": name, "labels": {"hypo.dev/contract": "true"}}}));
        let api: Api<Namespace> = Api::all(self.client.clone());
        api.create(&PostParams::default(), &namespace).await.expect("a namespace");
        name
    }

    /// Gives a namespace back.
    ///
    /// # Panics
    /// The server refuses.
    pub async fn done(&self, namespace: &str) {
        let api: Api<Namespace> = Api::all(self.client.clone());
        api.delete(namespace, &DeleteParams::default()).await.expect("the namespace goes");
    }

    /// ConfigMaps of a namespace.
    #[must_use]
    pub fn maps(&self, namespace: &str) -> Api<ConfigMap> {
        Api::namespaced(self.client.clone(), namespace)
    }
}

/// A typed object from JSON.
///
/// # Panics
/// The JSON does not fit the type.
#[must_use]
pub fn object<K: serde::de::DeserializeOwned>(value: Value) -> K {
    serde_json::from_value(value).expect("the document fits its type")
}

/// A ConfigMap.
#[must_use]
pub fn map(name: &str, labels: &[(&str, &str)], data: &[(&str, &str)]) -> ConfigMap {
    let pairs = |pairs: &[(&str, &str)]| -> serde_json::Map<String, Value> {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), Value::from(*value))).collect()
    };
    object(json!({
        "apiVersion": "v1", "kind": "ConfigMap",
        "metadata": {"name": name, "labels": pairs(labels)}, "data": pairs(data),
    }))
}

/// A Deployment document.
#[must_use]
pub fn deployment(name: &str, image: &str, replicas: u32) -> Value {
    json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name, "labels": {"app": name}},
        "spec": {
            "replicas": replicas, "selector": {"matchLabels": {"app": name}},
            "template": {
                "metadata": {"labels": {"app": name}},
                "spec": {"containers": [{"name": "main", "image": image}]},
            },
        },
    })
}

/// The Status of a refused call.
///
/// # Panics
/// The call was not refused by the server.
pub fn refused<T: std::fmt::Debug>(result: Result<T, Error>) -> Status {
    match result {
        Err(Error::Api(status)) => *status,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

/// Waits until a question is answered with something.
///
/// # Panics
/// Nothing within thirty seconds: real controllers back off for some.
pub async fn eventually<T, F: Future<Output = Option<T>>>(what: &str, ask: impl Fn() -> F) -> T {
    let started = std::time::Instant::now();
    while started.elapsed() < Duration::from_secs(30) {
        if let Some(answer) = ask().await {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("never happened: {what}");
}
