//! Where workloads go, by the annotations of the P2CODE scheduler (`scheduling.p2code.eu/v1alpha1`
//! `P2CodeSchedulingManifest`), which HypO's clients send as `Cluster Metadata`. Pure.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{Error, Result};

const KIND: &str = "P2CodeSchedulingManifest";
const CLUSTER: &str = "p2code.target.cluster";
const SET: &str = "p2code.target.managedClusterSet";
const FILTER: &str = "p2code.filter.";
/// The label of a cluster that says which set it is of.
const SET_LABEL: &str = "managedClusterSet";
/// The sets that hold every cluster.
const ANY_SET: [&str; 2] = ["default", "global"];

/// Where one workload goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Target {
    /// Ids or names of clusters.
    pub clusters: Vec<String>,
    /// Labels a cluster must have.
    pub labels: BTreeMap<String, String>,
}

/// Where the workloads of a chart go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    all: Target,
    /// By workload, over what holds for all.
    own: BTreeMap<String, Target>,
}

impl Place {
    /// Everything on one cluster.
    pub fn on(cluster: String) -> Self {
        Self { all: Target { clusters: vec![cluster], ..Target::default() }, own: BTreeMap::new() }
    }

    /// Reads a scheduling manifest.
    ///
    /// # Errors
    /// `HYP-6001` for another kind of object, and for an annotation that is not known: it would be a wish that is lost.
    pub fn read(manifest: &Value) -> Result<Self> {
        if manifest["kind"] != KIND {
            return Err(wrong(format!("A {KIND} is understood, not {}.", manifest["kind"])));
        }
        let spec = &manifest["spec"];
        let mut place = Self { all: target(&spec["globalAnnotations"])?, own: BTreeMap::new() };
        match &spec["workloadAnnotations"] {
            Value::Array(all) => {
                for one in all {
                    let name = one["name"].as_str().ok_or_else(|| wrong("A workload has no name.".to_owned()))?;
                    place.own.insert(name.to_owned(), target(&one["annotations"])?);
                }
            }
            // The scheduler's documentation writes a map where its types have a list.
            Value::Object(all) => {
                for (name, annotations) in all {
                    place.own.insert(name.clone(), target(annotations)?);
                }
            }
            _ => {}
        }
        Ok(place)
    }

    /// Where a workload goes: what is said of it, over what is said of all.
    pub fn of(&self, workload: &str) -> Target {
        let mut target = self.all.clone();
        if let Some(own) = self.own.get(workload) {
            if !own.clusters.is_empty() {
                target.clusters.clone_from(&own.clusters);
            }
            target.labels.extend(own.labels.clone());
        }
        target
    }

    /// The workloads that are named.
    pub fn workloads(&self) -> impl Iterator<Item = &str> {
        self.own.keys().map(String::as_str)
    }
}

fn target(annotations: &Value) -> Result<Target> {
    let mut target = Target::default();
    for annotation in annotations.as_array().into_iter().flatten() {
        let text = annotation.as_str().unwrap_or_default();
        let (key, value) =
            text.split_once('=').ok_or_else(|| wrong(format!("The annotation {annotation} is not KEY=VALUE.")))?;
        let (key, value) = (key.trim(), value.trim().to_owned());
        match key {
            CLUSTER => target.clusters.push(value),
            SET if ANY_SET.contains(&value.as_str()) => {}
            SET => drop(target.labels.insert(SET_LABEL.to_owned(), value)),
            _ => match key.strip_prefix(FILTER) {
                Some(label) => drop(target.labels.insert(label.to_owned(), value)),
                None => return Err(wrong(format!("The annotation {key} is not known."))),
            },
        }
    }
    Ok(target)
}

fn wrong(text: String) -> Error {
    Error::field("Cluster Metadata", "format", text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn annotations_become_targets() {
        let place = Place::read(&json!({"kind": KIND, "spec": {
            "globalAnnotations": ["p2code.target.managedClusterSet=default", "p2code.filter.location=athens"],
            "workloadAnnotations": [
                {"name": "web", "annotations": ["p2code.target.cluster=edge-1", "p2code.filter.location=patras"]},
                {"name": "db", "annotations": ["p2code.target.managedClusterSet=ac3"]},
            ],
        }}))
        .unwrap();
        let labels = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
            pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
        };
        assert_eq!(place.of("other"), Target { clusters: vec![], labels: labels(&[("location", "athens")]) });
        let web = Target { clusters: vec!["edge-1".to_owned()], labels: labels(&[("location", "patras")]) };
        assert_eq!(place.of("web"), web);
        assert_eq!(place.of("db").labels, labels(&[("location", "athens"), ("managedClusterSet", "ac3")]));
        assert_eq!(place.workloads().collect::<Vec<_>>(), ["db", "web"]);
    }

    #[test]
    fn a_wish_that_is_not_understood_is_refused() {
        let with = |annotation: &str| {
            Place::read(&json!({"kind": KIND, "spec": {"globalAnnotations": [annotation]}})).unwrap_err()
        };
        for annotation in ["p2code.target.cluster", "p2code.weight.price=1"] {
            assert_eq!(with(annotation).violations[0].path, "Cluster Metadata");
        }
        assert!(Place::read(&json!({"kind": "ConfigMap"})).is_err());
        let map = json!({"kind": KIND, "spec": {"workloadAnnotations": {"web": ["p2code.target.cluster=a"]}}});
        assert_eq!(Place::read(&map).unwrap().of("web").clusters, ["a"]);
    }
}
