//! Several clusters in one process, from a readable specification: what `hypo twins` runs.

use std::{
    future::Future,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::{RunningTwin, Twin, TwinConfig, TwinError};

/// The clusters of one process.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct TwinsSpec {
    /// Folder below which every cluster keeps its state (`STATE/NAME`); none keeps all in memory.
    pub state_dir: Option<PathBuf>,
    /// Where the report is written (JSON); none writes none.
    pub report: Option<PathBuf>,
    /// The clusters.
    pub clusters: Vec<TwinConfig>,
}

/// How to reach one cluster.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClusterReport {
    /// Cluster name.
    pub name: String,
    /// API server address.
    pub url: String,
    /// Kubeconfig text of the administrator's token.
    pub kubeconfig: String,
    /// Kubeconfig texts by user name.
    pub kubeconfigs: std::collections::BTreeMap<String, String>,
    /// Control API address.
    pub control_url: String,
    /// Control API token.
    pub control_token: String,
}

/// How to reach all clusters, written once all are up.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TwinsReport {
    /// Process id of the twins.
    pub pid: u32,
    /// The clusters, in the order of the specification.
    pub clusters: Vec<ClusterReport>,
}

impl TwinsSpec {
    /// Reads a specification from YAML or JSON text.
    ///
    /// # Errors
    /// [`TwinError::Invalid`] with the place of the mistake.
    pub fn parse(text: &str) -> Result<Self, TwinError> {
        serde_saphyr::from_str(text).map_err(|error| TwinError::Invalid(error.to_string()))
    }
}

impl ClusterReport {
    fn of(twin: &RunningTwin, config: &TwinConfig) -> Self {
        let kubeconfigs =
            config.tokens.iter().map(|token| (token.user.clone(), twin.kubeconfig(&token.token))).collect();
        Self {
            name: twin.name().into(),
            url: twin.url.clone(),
            kubeconfig: twin.kubeconfig(twin.admin_token()),
            kubeconfigs,
            control_url: twin.control_url.clone(),
            control_token: twin.control_token.clone(),
        }
    }
}

/// Starts every cluster, writes the report, waits for `shutdown` and stops them.
///
/// # Errors
/// [`TwinError`] when a cluster cannot start or the report cannot be written.
pub async fn run_twins(spec: TwinsSpec, shutdown: impl Future<Output = ()>) -> Result<(), TwinError> {
    let mut running = vec![];
    let mut report = TwinsReport { pid: std::process::id(), clusters: vec![] };
    for mut config in spec.clusters {
        if config.state_dir.is_none() {
            config.state_dir = spec.state_dir.as_ref().map(|folder| folder.join(&config.name));
        }
        let twin = Twin::start(config.clone()).await?;
        report.clusters.push(ClusterReport::of(&twin, &config));
        running.push(twin);
    }
    if let Some(path) = &spec.report {
        write_report(path, &report)?;
    }
    shutdown.await;
    for twin in running {
        twin.stop().await;
    }
    Ok(())
}

/// Written beside and renamed, so that a reader never sees half of it; readable by its owner only (tokens).
fn write_report(path: &Path, report: &TwinsReport) -> Result<(), TwinError> {
    use std::io::Write;
    let text = serde_json::to_vec_pretty(report).map_err(|error| TwinError::Invalid(error.to_string()))?;
    let fresh = path.with_extension("new");
    let mut options = std::fs::OpenOptions::new();
    options.create(true).truncate(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&fresh).map_err(TwinError::io("writing the report"))?;
    file.write_all(&text).map_err(TwinError::io("writing the report"))?;
    std::fs::rename(&fresh, path).map_err(TwinError::io("writing the report"))
}
