//! The outside world in our own vocabulary. No vendor type passes through here.

pub mod cluster;
pub mod identities;
pub mod packages;
pub mod secrets;

pub use cluster::{ClusterPort, Clusters};
pub use identities::Identities;
pub use packages::Packages;
pub use secrets::Secrets;
