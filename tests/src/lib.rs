//! Suites and helpers shared by the product's tests.
//!
//! [`contract`] holds what any Kubernetes API server must do for HypO, written against the `kube` client
//! only: it runs against the twin, and against a real server named by `HYPO_KUBECONFIG`.
//! [`world`] runs the real program: twins in one process, the server in another.

pub mod contract;
pub mod world;
