//! Workloads: documents that make pods.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{manifest::Document, object};

/// A document that makes pods.
pub(crate) struct Workload<'a> {
    /// Unique in the package.
    pub name: String,
    /// Index of the document.
    pub document: usize,
    pub object: &'a Value,
    pub kind: &'a str,
    /// Name in the document; `generateName` without its last dash where there is no name.
    pub bare: &'a str,
    /// Namespace after names were made up for documents without one.
    pub namespace: &'a str,
    /// JSON pointer of the pod's specification in the document.
    pub spec_path: &'static str,
    pub spec: &'a Value,
    pub labels: BTreeMap<&'a str, &'a str>,
    pub service_account: &'a str,
}

/// Where the pod template of a kind stands, and where its specification does.
fn template(kind: &str, group: &str) -> Option<(&'static str, &'static str)> {
    Some(match (kind, group) {
        ("Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet", "apps" | "extensions")
        | ("Job", "batch")
        | ("ReplicationController", "")
        | ("Rollout", "argoproj.io")
        | ("DeploymentConfig", "apps.openshift.io")
        | ("Service", "serving.knative.dev") => ("/spec/template", "/spec/template/spec"),
        ("CronJob", "batch") => ("/spec/jobTemplate/spec/template", "/spec/jobTemplate/spec/template/spec"),
        ("Pod", "") => ("", "/spec"),
        _ => return None,
    })
}

/// Part of `apiVersion` before the slash; empty for the core group.
pub(crate) fn group(api_version: &str) -> &str {
    api_version.split_once('/').map_or("", |(group, _)| group)
}

/// Whether a document makes pods.
pub(crate) fn makes_pods(document: &Document) -> bool {
    template(document.kind(), group(document.api_version())).is_some()
}

/// The workload of a document, not yet named, or `None` when it makes no pods.
pub(super) fn workload<'a>(index: usize, document: &'a Document, namespace: &'a str) -> Option<Workload<'a>> {
    let object = &document.object;
    let kind = document.kind();
    let (template, spec_path) = template(kind, group(document.api_version()))?;
    let spec = object.pointer(spec_path).unwrap_or(&Value::Null);
    let bare = match document.name() {
        "" => object::text(object, "/metadata/generateName").trim_end_matches('-'),
        name => name,
    };
    let labels = object::texts(object.pointer(template).unwrap_or(&Value::Null), "/metadata/labels").collect();
    let service_account = match object::text(spec, "/serviceAccountName") {
        "" => match object::text(spec, "/serviceAccount") {
            "" => "default",
            name => name,
        },
        name => name,
    };
    Some(Workload {
        name: bare.to_owned(),
        document: index,
        object,
        kind,
        bare,
        namespace,
        spec_path,
        spec,
        labels,
        service_account,
    })
}

impl<'a> Workload<'a> {
    /// All containers with their JSON pointers: init containers first, they run first.
    pub fn containers(&self) -> impl Iterator<Item = Container<'a>> {
        ["initContainers", "containers"].into_iter().flat_map(move |list| {
            let items = self.spec.get(list).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
            items.iter().enumerate().map(move |(index, value)| Container {
                path: format!("{}/{list}/{index}", self.spec_path),
                value,
                init: list == "initContainers",
            })
        })
    }

    /// Names of pods the workload makes that have a DNS name: `name-0`… of a StatefulSet, the `hostname` of others.
    pub fn makes_pod(&self, pod: &str) -> bool {
        if self.kind == "StatefulSet" {
            return pod
                .strip_prefix(self.bare)
                .and_then(|rest| rest.strip_prefix('-'))
                .is_some_and(|ordinal| !ordinal.is_empty() && ordinal.bytes().all(|byte| byte.is_ascii_digit()));
        }
        !pod.is_empty() && object::text(self.spec, "/hostname") == pod
    }
}

/// One container.
pub(crate) struct Container<'a> {
    pub path: String,
    pub value: &'a Value,
    pub init: bool,
}

/// Gives every workload a unique name: its own, or with namespace or kind where that is ambiguous.
pub(super) fn name_all(workloads: &mut [Workload<'_>]) {
    let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, workload) in workloads.iter().enumerate() {
        groups.entry(workload.bare).or_default().push(index);
    }
    let groups: Vec<Vec<usize>> = groups.into_values().filter(|group| group.len() > 1).collect();
    for group in groups {
        let distinct = |of: &dyn Fn(&Workload<'_>) -> String| {
            let set: std::collections::BTreeSet<String> = group.iter().map(|index| of(&workloads[*index])).collect();
            set.len() == group.len()
        };
        let by_namespace = |workload: &Workload<'_>| format!("{}/{}", workload.namespace, workload.bare);
        let by_kind = |workload: &Workload<'_>| format!("{}/{}", workload.kind, workload.bare);
        let by_both = |workload: &Workload<'_>| format!("{}/{}/{}", workload.namespace, workload.kind, workload.bare);
        let rule: &dyn Fn(&Workload<'_>) -> String = if distinct(&by_namespace) {
            &by_namespace
        } else if distinct(&by_kind) {
            &by_kind
        } else {
            &by_both
        };
        let names: Vec<String> = group.iter().map(|index| rule(&workloads[*index])).collect();
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for (index, name) in group.iter().zip(names) {
            let count = seen.entry(name.clone()).or_default();
            *count += 1;
            // The same object twice in one package: told apart by a number, and remarked upon.
            workloads[*index].name = if *count == 1 { name } else { format!("{name}#{count}") };
        }
    }
}
