//! Objects of different namespaces that become one in the installation's namespace.

use std::collections::BTreeMap;

use hypo_shared::analysis::ObjectRef;

use serde_json::Value;

use crate::components::workload::group;

/// Identities that stand more than once among isolated documents, sorted: a package of several namespaces may hold
/// the same name in two of them. Such a package cannot go into one namespace.
#[must_use]
pub fn collisions<'a>(isolated: impl IntoIterator<Item = &'a Value>) -> Vec<ObjectRef> {
    let mut seen: BTreeMap<(String, String, String, String), (ObjectRef, usize)> = BTreeMap::new();
    for object in isolated {
        let object = ObjectRef::of(object);
        let key =
            (group(&object.api_version).to_owned(), object.kind.clone(), object.namespace.clone(), object.name.clone());
        seen.entry(key).or_insert((object, 0)).1 += 1;
    }
    let mut out: Vec<ObjectRef> = seen
        .into_values()
        .filter(|(object, count)| *count > 1 && !object.name.is_empty())
        .map(|(object, _)| object)
        .collect();
    out.sort();
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Document, Limits, manifest,
        naming::{Isolation, isolate},
    };

    #[test]
    fn the_same_name_in_two_namespaces() {
        let text = "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Service, metadata: {name: db, namespace: a}}\n\
                    - {apiVersion: v1, kind: Service, metadata: {name: db, namespace: b}}\n\
                    - {apiVersion: v1, kind: Secret, metadata: {name: db, namespace: b}}\n";
        let documents = manifest::parse_str(text, Limits::default()).expect("the package is valid");
        fn objects(documents: &[Document]) -> impl Iterator<Item = &Value> {
            documents.iter().map(|document| &document.object)
        }
        assert!(collisions(objects(&documents)).is_empty());
        let isolation = |sources: &[&str]| Isolation {
            namespace: "n".into(),
            suffix: "s".into(),
            source_namespaces: sources.iter().map(|source| (*source).to_owned()).collect(),
        };
        let found = collisions(objects(&isolate(&documents, &isolation(&[])).0));
        assert_eq!(found.iter().map(ToString::to_string).collect::<Vec<_>>(), ["Service/db"]);
        assert!(collisions(objects(&isolate(&documents, &isolation(&["a"])).0)).is_empty());
    }
}
