//! Components of different namespaces of a package whose objects would become one in the service's namespace.

use hypo_package::{Graph, Render, naming};
use hypo_shared::analysis::ObjectRef;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::object;

/// Two components that cannot run on one cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Apart {
    pub first: String,
    pub second: String,
    /// What both of them bring.
    pub object: ObjectRef,
}

impl Apart {
    /// The sentence for people.
    #[must_use]
    pub fn reason(&self) -> String {
        format!("{} and {} both bring {}; they need different clusters", self.first, self.second, self.object)
    }
}

/// Pairs of components that both bring an object of the same kind and name, in different namespaces of the package.
#[must_use]
pub fn apart(render: &Render, graph: &Graph) -> Vec<Apart> {
    let mut owned: Vec<(&str, Value)> = Vec::new();
    for node in &graph.components {
        for index in std::iter::once(&node.workload).chain(&node.objects) {
            let Some(document) = render.documents.get(*index) else { continue };
            if document.kind() == "Namespace" || object::cluster_scoped(document.kind()) {
                continue;
            }
            // Only what names it in one namespace counts.
            let named = json!({
                "apiVersion": document.api_version(), "kind": document.kind(), "metadata": {"name": document.name()},
            });
            owned.push((&node.name, named));
        }
    }
    let mut out = Vec::new();
    for twice in naming::collisions(owned.iter().map(|(_, object)| object)) {
        let mut names: Vec<&str> =
            owned.iter().filter(|(_, object)| twice.is_same(&ObjectRef::of(object))).map(|(name, _)| *name).collect();
        names.sort_unstable();
        names.dedup();
        for (at, first) in names.iter().enumerate() {
            for second in &names[at + 1..] {
                let (first, second) = ((*first).to_owned(), (*second).to_owned());
                out.push(Apart { first, second, object: twice.clone() });
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use hypo_package::{Limits, Options, analyse, graph, manifest};
    use hypo_shared::{ClusterId, placement::PlacementRequest};

    use super::*;
    use crate::{
        placement::{PlacementInput, Weights, solve, validate},
        testing::cluster,
    };

    fn package() -> Render {
        let one = |namespace: &str, name: &str| {
            format!(
                "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: settings, namespace: {namespace}}}\n\
                 ---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}, namespace: {namespace}}}\nspec:\n\
                 \x20 selector: {{matchLabels: {{app: {name}}}}}\n  template:\n    metadata: {{labels: {{app: {name}}}}}\n\
                 \x20   spec: {{containers: [{{name: main, image: x, envFrom: [{{configMapRef: {{name: settings}}}}]}}]}}\n"
            )
        };
        let text = format!("{}{}", one("a", "red"), one("b", "blue"));
        Render::new(manifest::parse_str(&text, Limits::default()).expect("the package is valid"))
    }

    #[test]
    fn two_namespaces_with_one_name_are_placed_apart() {
        let render = package();
        let graph = graph(&render);
        let apart = apart(&render, &graph);
        assert_eq!(apart.len(), 1, "{apart:?}");
        assert_eq!(apart[0].reason(), "blue and red both bring ConfigMap/settings; they need different clusters");
        let analysis = analyse(&render, &Options::default());
        let (needs, mut request) = (BTreeMap::new(), PlacementRequest::default());
        let solved = |count: u128, request: &PlacementRequest| {
            let clusters: Vec<_> = (1..=count).map(cluster).collect();
            let offered: BTreeSet<ClusterId> = clusters.iter().map(|cluster| cluster.id).collect();
            let input = PlacementInput {
                analysis: &analysis,
                clusters: &clusters,
                offered: &offered,
                current: None,
                before: None,
                request,
                needs: &needs,
                apart: &apart,
                weights: Weights::default(),
            };
            let placed = solve(&input).map_err(|error| error.message)?;
            assert_eq!(validate(&input, &placed), []);
            let together = crate::placement::Placement {
                assignments: placed.assignments.keys().map(|name| (name.clone(), vec![clusters[0].id])).collect(),
                ..placed.clone()
            };
            assert!(validate(&input, &together).iter().any(|violation| violation.text.contains("both bring")));
            Ok::<_, String>(placed)
        };
        let placed = solved(2, &request).expect("each has a cluster");
        assert_ne!(placed.assignments["red"], placed.assignments["blue"]);
        assert!(solved(1, &request).unwrap_err().contains("both bring ConfigMap/settings"));
        for name in ["red", "blue"] {
            request.pins.insert(name.to_owned(), vec![cluster(1).id]);
        }
        assert!(solved(2, &request).unwrap_err().contains("both bring ConfigMap/settings"));
    }
}
