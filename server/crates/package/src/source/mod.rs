//! A package as it arrives: a set of files or an archive of them.

mod archive;
mod detect;

use serde::{Deserialize, Serialize};

pub use archive::unpack_tgz;
pub use detect::{chart_root, detect, is_manifest};

/// What a set of files is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum PackageKind {
    /// Kubernetes manifests: YAML or JSON, one or many documents a file.
    Manifests,
    /// A Helm chart: a folder with `Chart.yaml`.
    HelmChart,
}

/// One file of a package.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceFile {
    /// Relative, `/` between parts, no `.` or `..`.
    pub path: String,
    pub bytes: Vec<u8>,
}
