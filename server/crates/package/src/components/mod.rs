//! The graph of a package for the planner: components and what goes where they go, by document index.

mod behind;
pub(crate) mod build;
pub(crate) mod package;
pub(crate) mod selector;
pub(crate) mod uses;
pub(crate) mod workload;

use serde::{Deserialize, Serialize};

pub use build::{graph, graph_with};

/// Every document is the object of exactly one component, or shared.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Graph {
    /// Sorted by name.
    pub components: Vec<ComponentNode>,
    /// Objects that several components, or none, need.
    pub shared: Vec<SharedObject>,
}

/// A workload and its objects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComponentNode {
    /// Unique in the package: the workload's name, or `namespace/name` or `kind/name` where that is ambiguous.
    pub name: String,
    /// Index of the workload in `Render::documents`.
    pub workload: usize,
    /// Indexes of the objects that go with it, ascending, the workload not among them.
    pub objects: Vec<usize>,
    /// Indexes of the Services that select its pods, whether owned or shared.
    pub services: Vec<usize>,
}

/// An object that is copied to each cluster that needs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SharedObject {
    /// Index into `Render::documents`.
    pub index: usize,
    /// Indexes into [`Graph::components`]; empty means every cluster of the order.
    pub used_by: Vec<usize>,
    pub reason: String,
}
