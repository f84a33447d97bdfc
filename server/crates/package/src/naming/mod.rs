//! Two installations of the same package on one cluster must not collide.

mod collisions;
mod isolate;
mod references;

pub use collisions::collisions;
pub use isolate::isolate;

/// Where an installation goes and what keeps its cluster-scoped names apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Isolation {
    /// Target namespace, chosen by the order.
    pub namespace: String,
    /// Appended to cluster-scoped names as `-SUFFIX`; a DNS label of at most 20 characters.
    pub suffix: String,
    /// Namespaces of the package that are mapped to `namespace`. Documents that name none always are.
    /// Empty: all namespaces of the package.
    pub source_namespaces: Vec<String>,
}
