//! Suites and helpers shared by the product's tests.
//!
//! [`contract`] holds what any Kubernetes API server must do for HypO, written against the `kube` client
//! only: it runs against the twin, and against a real server named by `HYPO_KUBECONFIG`.

pub mod contract;
