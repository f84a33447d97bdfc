//! Enums that only the API has. The others come from `hypo_shared` with the names of their specifications.

use async_graphql::Enum;

/// What a package is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(rename_items = "camelCase")]
pub enum PackageKind {
    Manifests,
    HelmChart,
}

/// The Kubernetes distribution a cluster runs, found by its probe. The names are those of the JSON form, which the
/// automatic renaming would spell `k3S`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(rename_items = "camelCase", remote = "hypo_shared::resource::Flavour")]
pub enum Flavour {
    Vanilla,
    #[graphql(name = "k3s")]
    K3s,
    #[graphql(name = "microk8s")]
    Microk8s,
    OpenShift,
    Eks,
    Gke,
    Aks,
}

/// What happens to a volume.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(rename_items = "camelCase")]
pub enum VolumeChoice {
    Keep,
    Delete,
}

/// What a frame means to the one who shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(rename_items = "camelCase")]
pub enum FrameKind {
    /// The whole state: forget what was shown before.
    Snapshot,
    /// What changed since the frame before.
    Delta,
    /// Nothing changed; the stream lives.
    Heartbeat,
    /// Something between is missing.
    Gap,
    /// The cursor is from another life of the server; a snapshot follows.
    Reset,
}

impl From<hypo_app::live::FrameKind> for FrameKind {
    fn from(kind: hypo_app::live::FrameKind) -> Self {
        use hypo_app::live::FrameKind as App;
        match kind {
            App::Snapshot => Self::Snapshot,
            App::Delta => Self::Delta,
            App::Heartbeat => Self::Heartbeat,
            App::Gap => Self::Gap,
            App::Reset => Self::Reset,
        }
    }
}
