//! Label selectors (`metav1.LabelSelector` and the plain map of a Service).

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::workload::Workload;
use crate::object;

/// Finds workloads by labels without comparing every selector with every workload.
pub(crate) struct Labels {
    /// Namespace, key and value to workloads.
    by_pair: HashMap<(String, String, String), Vec<usize>>,
    by_namespace: HashMap<String, Vec<usize>>,
}

impl Labels {
    pub fn new(workloads: &[Workload<'_>]) -> Self {
        let mut by_pair: HashMap<_, Vec<usize>> = HashMap::new();
        let mut by_namespace: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, workload) in workloads.iter().enumerate() {
            by_namespace.entry(workload.namespace.to_owned()).or_default().push(index);
            for (key, value) in &workload.labels {
                by_pair
                    .entry((workload.namespace.to_owned(), (*key).to_owned(), (*value).to_owned()))
                    .or_default()
                    .push(index);
            }
        }
        Self { by_pair, by_namespace }
    }

    /// Workloads of a namespace whose pods a Service's selector matches in full; none for an empty selector.
    pub fn by_map(&self, namespace: &str, selector: &Value, workloads: &[Workload<'_>]) -> Vec<usize> {
        let Some(map) = selector.as_object().filter(|map| !map.is_empty()) else { return Vec::new() };
        if map.values().any(|value| !value.is_string()) {
            return Vec::new();
        }
        let pairs: Vec<(&str, &str)> = object::texts(selector, "").collect();
        self.candidates(namespace, &pairs)
            .iter()
            .copied()
            .filter(|index| pairs.iter().all(|(key, value)| workloads[*index].labels.get(key) == Some(value)))
            .collect()
    }

    /// Workloads of a namespace that a `LabelSelector` matches; an empty one matches all.
    pub fn by_selector(&self, namespace: &str, selector: &Value, workloads: &[Workload<'_>]) -> Vec<usize> {
        let pairs: Vec<(&str, &str)> = object::texts(selector, "/matchLabels").collect();
        self.candidates(namespace, &pairs)
            .iter()
            .copied()
            .filter(|index| matches(selector, &workloads[*index].labels))
            .collect()
    }

    fn candidates(&self, namespace: &str, pairs: &[(&str, &str)]) -> &[usize] {
        match pairs.first() {
            Some((key, value)) => self
                .by_pair
                .get(&(namespace.to_owned(), (*key).to_owned(), (*value).to_owned()))
                .map_or(&[], Vec::as_slice),
            None => self.by_namespace.get(namespace).map_or(&[], Vec::as_slice),
        }
    }
}

/// Whether labels satisfy a `LabelSelector`.
pub(crate) fn matches(selector: &Value, labels: &BTreeMap<&str, &str>) -> bool {
    let equal = object::texts(selector, "/matchLabels").all(|(key, value)| labels.get(key) == Some(&value));
    equal
        && object::array(selector, "/matchExpressions").iter().all(|expression| {
            let have = labels.get(object::text(expression, "/key"));
            let listed =
                have.is_some_and(|have| object::array(expression, "/values").iter().any(|value| value == have));
            match object::text(expression, "/operator") {
                "In" => listed,
                "NotIn" => !listed,
                "Exists" => have.is_some(),
                "DoesNotExist" => have.is_none(),
                _ => false,
            }
        })
}
