//! The outside world in our own vocabulary. No vendor type passes through here.

pub mod callbacks;
pub mod cluster;
pub mod files;
pub mod identities;
pub mod packages;
pub mod peers;
pub mod secrets;

pub use callbacks::Callbacks;
pub use cluster::{ClusterPort, Clusters};
pub use files::Files;
pub use identities::Identities;
pub use packages::Packages;
pub use peers::Peers;
pub use secrets::Secrets;
