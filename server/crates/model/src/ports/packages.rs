//! Fetching and rendering packages with the real tools.

use async_trait::async_trait;
use hypo_shared::ErrorCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Why a package could not be fetched or rendered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{message}")]
pub struct Error {
    pub code: ErrorCode,
    /// The tool's own words, shortened.
    pub message: String,
}

/// What to render.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RenderInput {
    /// Files of the package, path to bytes; for a chart `Chart.yaml` lies at the root.
    pub files: Vec<(String, Vec<u8>)>,
    pub release: String,
    pub namespace: String,
    /// Helm values over the chart's defaults.
    pub values: Value,
    /// `--kube-version`, for example `1.34.0`.
    pub kube_version: Option<String>,
    pub api_versions: Vec<String>,
}

/// Packages by the real tools.
#[async_trait]
pub trait Packages: Send + Sync {
    /// Runs `helm template` and gives its output, one YAML stream, untouched.
    async fn helm_template(&self, input: &RenderInput) -> Result<String, Error>;

    /// The tool and version that renders, for the render key, for example `helm v4.0.1`.
    async fn helm_version(&self) -> Result<String, Error>;

    /// Gets a chart archive or manifest file by `https://` or `oci://` address; bounded, no redirects to inside.
    async fn fetch(&self, address: &str) -> Result<Vec<u8>, Error>;
}
