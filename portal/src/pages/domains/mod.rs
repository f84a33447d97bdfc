//! Domains and clusters: the list, one cluster, the wizard.

mod add;
mod cluster;
mod list;

pub use add::page as add;
pub use cluster::page as cluster;
pub use list::page as list;
