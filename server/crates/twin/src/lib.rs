//! A wire-level simulator of a Kubernetes API server with controllers, scheduler and kubelets, made so
//! that the real `kube` client cannot tell it apart for what HypO uses.
//!
//! [`Twin::start`] runs one cluster on 127.0.0.1 behind TLS with a certificate authority of its own;
//! [`run_twins`] runs several from a [`TwinsSpec`]. Nothing here knows the rest of the product.
//!
//! Faults, the Explicit clock and the ledger of state-changing requests are reached through the control
//! API `/twin/...` on the same listener with a token of its own. Pods whose image maps to a program
//! ([`TwinConfig::programs`]) run as local processes: see [`runtime`] for what they find in their environment.
//!
//! [`TmfPeer`] is another operator's TMF API, for what is passed on to peers.

mod admission;
mod apply;
mod auth;
mod clock;
mod cluster;
mod config;
mod control;
mod controllers;
mod error;
mod faults;
mod http;
mod json;
mod kinds;
mod ledger;
mod net;
mod ops;
mod rng;
pub mod runtime;
mod seed;
mod selector;
mod spec;
mod store;
mod strategic;
mod tls;
mod tmf;
mod twin;

pub use config::{ClockMode, IngressClassSpec, NodeSpec, PodSecurity, StorageClassSpec, TokenSpec, TwinConfig};
pub use error::TwinError;
pub use faults::{FaultKind, FaultMatch, FaultSpec};
pub use ledger::LedgerEntry;
pub use spec::{ClusterReport, TwinsReport, TwinsSpec, run_twins};
pub use tmf::{PeerAuth, PeerRequest, TmfPeer};
pub use twin::{RunningTwin, Twin};
