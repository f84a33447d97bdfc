//! `hypo twins` as a process.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{program::hypo, text};

/// Running twins. Dropping them ends the process.
pub struct Twins {
    child: Child,
    _folder: TempDir,
    pub clusters: Vec<Twin>,
}

/// One cluster.
pub struct Twin {
    pub name: String,
    pub kubeconfig: String,
    control_url: String,
    control_token: String,
}

/// What a cluster was asked to change.
pub type Ledger = Vec<Value>;

impl Twins {
    /// Starts clusters of these names.
    pub async fn start(names: &[&str]) -> Self {
        Self::with_programs(names, &[]).await
    }

    /// The same with images that run as real processes: image prefix and program.
    pub async fn with_programs(names: &[&str], programs: &[(&str, PathBuf)]) -> Self {
        let programs: BTreeMap<&str, &PathBuf> = programs.iter().map(|(image, path)| (*image, path)).collect();
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (spec, report) = (folder.path().join("spec.json"), folder.path().join("report.json"));
        let clusters: Vec<Value> = names
            .iter()
            .map(|name| json!({"name": name, "tickMs": 30, "backoffMs": 150, "programs": programs}))
            .collect();
        let text = json!({"stateDir": folder.path(), "report": report, "clusters": clusters}).to_string();
        fs::write(&spec, text).expect("the specification is written");
        let child = Command::new(hypo())
            .args(["twins", "--parent", &std::process::id().to_string(), "--spec"])
            .arg(&spec)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("the twins start");
        let report = wait_for(&report).await;
        let clusters = report["clusters"].as_array().expect("clusters").iter().map(Twin::of).collect();
        Self { child, _folder: folder, clusters }
    }

    /// State-changing requests of all clusters that changed something, each with its `cluster`.
    pub async fn effects(&self) -> Ledger {
        self.effects_since(&vec![0; self.clusters.len()]).await
    }

    /// The same, after a [`Self::position`].
    pub async fn effects_since(&self, position: &[u64]) -> Ledger {
        let mut all = Vec::new();
        for (twin, seq) in self.clusters.iter().zip(position) {
            let changed = twin.ledger_since(*seq).await.into_iter().filter(|entry| entry["changed"] == true);
            all.extend(changed.map(|mut entry| {
                entry["cluster"] = json!(twin.name);
                entry
            }));
        }
        all
    }

    /// How far each cluster's ledger has come.
    pub async fn position(&self) -> Vec<u64> {
        let mut all = Vec::new();
        for twin in &self.clusters {
            let page = twin.control(reqwest::Method::GET, "/ledger?limit=0", None).await;
            all.push(page["newest"].as_u64().expect("a position"));
        }
        all
    }
}

impl Drop for Twins {
    fn drop(&mut self) {
        // Ended already: nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Twin {
    fn of(report: &Value) -> Self {
        Self {
            name: text(&report["name"]),
            kubeconfig: text(&report["kubeconfig"]),
            control_url: text(&report["controlUrl"]),
            control_token: text(&report["controlToken"]),
        }
    }

    /// Every state-changing request after `seq`.
    ///
    /// # Panics
    /// The twin has forgotten some of them.
    pub async fn ledger_since(&self, mut seq: u64) -> Ledger {
        let mut all = Ledger::new();
        loop {
            let page = self.control(reqwest::Method::GET, &format!("/ledger?since={seq}&limit=1000"), None).await;
            assert!(page["oldest"].as_u64().is_some_and(|oldest| oldest <= seq + 1), "the ledger has forgotten");
            let Some(last) = page["entries"].as_array().and_then(|entries| entries.last()) else { return all };
            seq = last["seq"].as_u64().expect("a position");
            all.extend(page["entries"].as_array().into_iter().flatten().cloned());
        }
    }

    /// Every state-changing request so far.
    pub async fn ledger(&self) -> Ledger {
        self.ledger_since(0).await
    }

    /// Makes requests fail.
    pub async fn fault(&self, fault: Value) {
        self.control(reqwest::Method::POST, "/faults", Some(fault)).await;
    }

    /// Takes all faults away.
    pub async fn heal(&self) {
        self.control(reqwest::Method::DELETE, "/faults", None).await;
    }

    /// A Kubernetes client with the administrator's token.
    pub async fn client(&self) -> kube::Client {
        // Another test may have installed it.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let kubeconfig = kube::config::Kubeconfig::from_yaml(&self.kubeconfig).expect("a kubeconfig");
        let config =
            kube::Config::from_custom_kubeconfig(kubeconfig, &Default::default()).await.expect("a configuration");
        kube::Client::try_from(config).expect("a client")
    }

    async fn control(&self, method: reqwest::Method, path: &str, body: Option<Value>) -> Value {
        // The control API stands behind the cluster's own certificate authority.
        let client = reqwest::Client::builder().danger_accept_invalid_certs(true).no_proxy().build().expect("a client");
        let mut request =
            client.request(method, format!("{}{path}", self.control_url)).bearer_auth(&self.control_token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await.expect("the control API answers");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json().await.unwrap_or_default()
    }
}

async fn wait_for(report: &Path) -> Value {
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(30) {
        if let Ok(bytes) = fs::read(report) {
            return serde_json::from_slice(&bytes).expect("the report is JSON");
        }
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    panic!("the twins wrote no report");
}
