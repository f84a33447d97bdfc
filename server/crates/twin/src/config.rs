//! What one simulated cluster looks like: nodes, classes, version, tokens, programs. Serde-readable.

use std::{collections::BTreeMap, path::PathBuf};

use serde::{Deserialize, Serialize};

/// When the simulation moves on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ClockMode {
    /// Real time; a controller pass every [`TwinConfig::tick_ms`] while something moves.
    #[default]
    Auto,
    /// Time stands still until `POST /twin/clock/step`.
    Explicit,
}

/// A simulated machine of the cluster.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NodeSpec {
    /// Node name, a DNS label.
    pub name: String,
    /// Allocatable CPU in millicores.
    pub cpu_millis: u64,
    /// Allocatable memory in bytes.
    pub memory_bytes: u64,
    /// `kubernetes.io/arch`, `amd64` or `arm64`.
    #[serde(default = "amd64")]
    pub arch: String,
    /// Further labels (region, zone, ...).
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
}

impl NodeSpec {
    /// An amd64 node without further labels.
    #[must_use]
    pub fn new(name: &str, cpu_millis: u64, memory_bytes: u64) -> Self {
        Self { name: name.into(), cpu_millis, memory_bytes, arch: amd64(), labels: BTreeMap::new() }
    }
}

/// A `StorageClass`; claims naming no class get the one marked default.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StorageClassSpec {
    /// Class name.
    pub name: String,
    /// Provisioner name shown to clients.
    #[serde(default = "provisioner")]
    pub provisioner: String,
    /// Carries `storageclass.kubernetes.io/is-default-class: "true"`.
    #[serde(default)]
    pub default: bool,
    /// `Delete` or `Retain`.
    #[serde(default = "reclaim")]
    pub reclaim_policy: String,
    /// `volumeBindingMode: WaitForFirstConsumer` instead of `Immediate`.
    #[serde(default)]
    pub wait_for_consumer: bool,
    /// Offers `ReadWriteMany`.
    #[serde(default)]
    pub read_write_many: bool,
}

/// An `IngressClass`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IngressClassSpec {
    /// Class name.
    pub name: String,
    /// `spec.controller`.
    #[serde(default = "ingress_controller")]
    pub controller: String,
    /// Carries `ingressclass.kubernetes.io/is-default-class: "true"`.
    #[serde(default)]
    pub default: bool,
}

/// Pod Security Admission level.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PodSecurity {
    /// Nothing is refused.
    #[default]
    Privileged,
    /// Known escalations are refused.
    Baseline,
    /// Current hardening practice is required.
    Restricted,
}

/// A bearer token and who it stands for.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TokenSpec {
    /// The secret itself.
    pub token: String,
    /// User name, as RBAC subjects and ledger name it.
    pub user: String,
    /// Groups besides `system:authenticated`.
    #[serde(default)]
    pub groups: Vec<String>,
    /// `cluster-admin` short-cuts RBAC; other names bind that ClusterRole cluster-wide; none: bindings only.
    #[serde(default)]
    pub role: Option<String>,
}

impl TokenSpec {
    /// A token bound to `cluster-admin`.
    #[must_use]
    pub fn admin(token: &str, user: &str) -> Self {
        Self { token: token.into(), user: user.into(), groups: vec![], role: Some("cluster-admin".into()) }
    }

    /// A token that may only what Role and ClusterRole bindings say.
    #[must_use]
    pub fn user(token: &str, user: &str) -> Self {
        Self { token: token.into(), user: user.into(), groups: vec![], role: None }
    }
}

/// One simulated Kubernetes cluster.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct TwinConfig {
    /// Cluster name: kubeconfig context, server certificate, state folder.
    pub name: String,
    /// Seed of generated names, addresses and metrics.
    pub seed: u64,
    /// Auto or Explicit.
    pub clock: ClockMode,
    /// Milliseconds between two controller passes in Auto.
    pub tick_ms: u64,
    /// First crash-loop or image-pull back-off in milliseconds (doubles up to sixteen times this).
    pub backoff_ms: u64,
    /// TCP port on 127.0.0.1; 0 lets the system choose (kept in the state folder).
    pub port: u16,
    /// The machines.
    pub nodes: Vec<NodeSpec>,
    /// Storage classes.
    pub storage_classes: Vec<StorageClassSpec>,
    /// Ingress classes.
    pub ingress_classes: Vec<IngressClassSpec>,
    /// `gitVersion` of `/version`, for example `v1.34.2` or `v1.33.1+k3s1`.
    pub version: String,
    /// Level for namespaces without a `pod-security.kubernetes.io/enforce` label.
    pub pod_security: PodSecurity,
    /// Whether Services of type LoadBalancer get an address.
    pub load_balancer: bool,
    /// Bearer tokens; empty means one random `cluster-admin` token is made.
    pub tokens: Vec<TokenSpec>,
    /// Token of the control API `/twin/...`; empty means a random one.
    pub control_token: String,
    /// Image-name prefix to program path: pods with such an image run as local processes (Linux).
    pub programs: BTreeMap<String, PathBuf>,
    /// Image-name parts that can never be pulled, besides the tag `:does-not-exist`.
    pub broken_images: Vec<String>,
    /// Folder for objects, ledger, volumes and certificates; none keeps all in memory.
    pub state_dir: Option<PathBuf>,
    /// Changes kept for watchers before they get 410 Gone.
    pub watch_window: usize,
    /// Entries of the ledger that are kept.
    pub ledger_window: usize,
}

impl Default for TwinConfig {
    fn default() -> Self {
        const GIB: u64 = 1 << 30;
        Self {
            name: "twin".into(),
            seed: 1,
            clock: ClockMode::Auto,
            tick_ms: 60,
            backoff_ms: 400,
            port: 0,
            nodes: vec![NodeSpec::new("node-1", 4000, 8 * GIB), NodeSpec::new("node-2", 4000, 8 * GIB)],
            storage_classes: vec![StorageClassSpec {
                name: "standard".into(),
                provisioner: provisioner(),
                default: true,
                reclaim_policy: reclaim(),
                wait_for_consumer: false,
                read_write_many: false,
            }],
            ingress_classes: vec![],
            version: "v1.34.2".into(),
            pod_security: PodSecurity::Privileged,
            load_balancer: false,
            tokens: vec![],
            control_token: String::new(),
            programs: BTreeMap::new(),
            broken_images: vec![],
            state_dir: None,
            watch_window: 2000,
            ledger_window: 50_000,
        }
    }
}

fn amd64() -> String {
    "amd64".into()
}

fn provisioner() -> String {
    "twin.hypo.dev/folder".into()
}

fn reclaim() -> String {
    "Delete".into()
}

fn ingress_controller() -> String {
    "twin.hypo.dev/ingress".into()
}
