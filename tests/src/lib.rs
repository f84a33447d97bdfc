//! Suites and helpers shared by the product's tests.
//!
//! [`contract`] holds what any Kubernetes API server must do for HypO, written against the `kube` client
//! only: it runs against the twin, and against a real server named by `HYPO_KUBECONFIG`.
//! [`world`] runs the real program: twins in one process, the server in another.

pub mod contract;
pub mod world;

/// The folder of the applications that are not in the repository, as `HYPO_SHARED` names it.
///
/// # Panics
/// It is not named, and `HYPO_NO_SKIP` is set, as in `.ci/run`: then nothing may be left out.
#[must_use]
pub fn shared() -> Option<std::path::PathBuf> {
    let shared = std::env::var_os("HYPO_SHARED").map(std::path::PathBuf::from);
    assert!(shared.is_some() || std::env::var_os("HYPO_NO_SKIP").is_none(), "HYPO_SHARED is not set");
    shared
}
