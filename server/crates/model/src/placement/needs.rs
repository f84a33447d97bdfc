//! What the render says about a component beyond its analysis.

use std::collections::BTreeMap;

use hypo_package::{Graph, Render};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{flavour, object};

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

/// Needs of every component, by name.
#[must_use]
pub fn needs(render: &Render, graph: &Graph) -> BTreeMap<String, Needs> {
    graph
        .components
        .iter()
        .filter_map(|component| {
            let workload = &render.documents.get(component.workload)?.object;
            Some((component.name.clone(), of(workload)))
        })
        .collect()
}

fn of(workload: &Value) -> Needs {
    let spec = object::pod_spec_pointer(object::kind(workload)).and_then(|pointer| workload.pointer(pointer));
    let Some(spec) = spec else { return Needs::default() };
    let selector = spec.get("nodeSelector").and_then(Value::as_object);
    Needs {
        baseline: flavour::obstacles(spec, flavour::Level::Baseline),
        restricted: flavour::obstacles(spec, flavour::Level::Restricted),
        node_selector: selector
            .into_iter()
            .flatten()
            .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())))
            .collect(),
    }
}
