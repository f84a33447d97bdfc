//! What the render says about a component beyond its analysis.

use std::collections::BTreeMap;

use hypo_package::{Graph, Render};
use serde::{Deserialize, Serialize};

/// Hard needs that are read from pod templates.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Needs {
    /// What Pod Security `baseline` forbids, for example `hostPath volume dev`.
    pub baseline: Vec<String>,
    /// What Pod Security `restricted` forbids even after the flavour transforms.
    pub restricted: Vec<String>,
    /// `nodeSelector` of the pods.
    pub node_selector: BTreeMap<String, String>,
}

/// Needs of every component.
#[must_use]
pub fn needs(render: &Render, graph: &Graph) -> BTreeMap<String, Needs> {
    let _ = (render, graph);
    BTreeMap::new()
}
