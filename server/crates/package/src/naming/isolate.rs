//! Namespaces, cluster-scoped names and node ports of an installation.

use std::collections::{BTreeSet, HashMap};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use hypo_shared::plan::RecordedOverride;
use serde_json::Value;

use super::{Isolation, references};
use crate::{
    components::package::cluster_scoped,
    manifest::Document,
    object::{escape, text},
};

/// Moves documents into the installation's namespace and keeps their cluster-scoped names apart.
///
/// - `metadata.namespace` and every reference to a moved namespace becomes `isolation.namespace`; documents that name none get it.
/// - Objects `Namespace` of moved namespaces are left out: the order makes the namespace. Index `i` of the second
///   list belongs to document `i` of the first.
/// - Cluster-scoped objects get `-SUFFIX`, with all references to them. A CustomResourceDefinition keeps its name
///   (it must be `plural.group`) and an APIService too: they are for the whole cluster.
/// - Node ports and fixed cluster addresses are taken out; the cluster gives free ones. Headless (`None`) stays.
/// - Host names that hold a moved namespace (`svc.old.svc…`) follow it, in strings and in base64 Secret data.
///
/// Values of Secrets do not stand in the recorded overrides.
#[must_use]
pub fn isolate(documents: &[Document], isolation: &Isolation) -> (Vec<Document>, Vec<Vec<RecordedOverride>>) {
    let context = Context::new(documents, isolation);
    let mut out = Vec::with_capacity(documents.len());
    let mut overrides = Vec::with_capacity(documents.len());
    for document in documents {
        if document.kind() == "Namespace" && context.moves(document.name()) {
            continue;
        }
        let mut moved = Move { document: document.clone(), recorded: Vec::new() };
        context.rename(&mut moved);
        context.place(&mut moved);
        context.strip(&mut moved);
        context.follow(&mut moved);
        out.push(moved.document);
        overrides.push(moved.recorded);
    }
    (out, overrides)
}

struct Context<'a> {
    isolation: &'a Isolation,
    /// Kind and old name to new name.
    renamed: HashMap<(&'a str, &'a str), String>,
    /// Name and namespace as rendered.
    services: BTreeSet<(&'a str, &'a str)>,
    from: BTreeSet<&'a str>,
}

struct Move {
    document: Document,
    recorded: Vec<RecordedOverride>,
}

impl Move {
    fn set(&mut self, path: &str, to: Value, reason: &str) {
        if let Some(slot) = self.document.object.pointer_mut(path)
            && *slot != to
        {
            let from = std::mem::replace(slot, to.clone());
            self.recorded.push(RecordedOverride { path: path.to_owned(), from, to, reason: reason.to_owned() });
        }
    }

    fn remove(&mut self, parent: &str, key: &str, reason: &str) {
        let removed = self
            .document
            .object
            .pointer_mut(parent)
            .and_then(Value::as_object_mut)
            .and_then(|members| members.shift_remove(key));
        if let Some(from) = removed {
            let path = format!("{parent}/{}", escape(key));
            self.recorded.push(RecordedOverride { path, from, to: Value::Null, reason: reason.to_owned() });
        }
    }
}

impl<'a> Context<'a> {
    fn new(documents: &'a [Document], isolation: &'a Isolation) -> Self {
        let from: BTreeSet<&str> = if isolation.source_namespaces.is_empty() {
            documents
                .iter()
                .filter(|document| !cluster_scoped(document.kind()))
                .map(Document::namespace)
                .chain(documents.iter().filter(|document| document.kind() == "Namespace").map(Document::name))
                .filter(|namespace| !namespace.starts_with("kube-"))
                .collect()
        } else {
            isolation.source_namespaces.iter().map(String::as_str).collect()
        };
        let renamed = documents
            .iter()
            .filter(|document| renames(document.kind()))
            .map(|document| ((document.kind(), document.name()), suffixed(document.name(), &isolation.suffix)))
            .collect();
        let services = documents
            .iter()
            .filter(|document| document.kind() == "Service")
            .map(|document| (document.name(), document.namespace()))
            .collect();
        Self { isolation, renamed, services, from }
    }

    /// Whether a namespace is one of those that become the target. Documents without one always move.
    fn moves(&self, namespace: &str) -> bool {
        namespace.is_empty() || self.from.contains(namespace)
    }

    fn rename(&self, moved: &mut Move) {
        let own = (moved.document.kind().to_owned(), moved.document.name().to_owned());
        if let Some(name) = self.renamed.get(&(own.0.as_str(), own.1.as_str())) {
            moved.set(
                "/metadata/name",
                name.clone().into(),
                "Cluster-scoped names of two installations must not collide.",
            );
        }
        for reference in references::cluster_scoped(&moved.document.object) {
            let old = text(&moved.document.object, &reference.path).to_owned();
            if let Some(name) = self.renamed.get(&(reference.kind.as_str(), old.as_str())) {
                moved.set(&reference.path, name.clone().into(), "It follows the renamed cluster-scoped object.");
            }
        }
    }

    fn place(&self, moved: &mut Move) {
        let target = Value::String(self.isolation.namespace.clone());
        for path in references::namespaces(&moved.document.object) {
            if self.moves(text(&moved.document.object, &path)) {
                moved.set(&path, target.clone(), "The order chose the namespace.");
            }
        }
        let homeless = moved.document.namespace().is_empty() && !cluster_scoped(moved.document.kind());
        if homeless && let Some(Value::Object(metadata)) = moved.document.object.get_mut("metadata") {
            metadata.insert("namespace".into(), target.clone());
            moved.recorded.push(RecordedOverride {
                path: "/metadata/namespace".into(),
                from: Value::Null,
                to: target,
                reason: "The order chose the namespace.".into(),
            });
        }
    }

    fn strip(&self, moved: &mut Move) {
        if moved.document.kind() != "Service" || moved.document.api_version() != "v1" {
            return;
        }
        const WHY: &str = "A fixed node port or address would collide; the cluster gives a free one.";
        for index in 0..crate::object::array(&moved.document.object, "/spec/ports").len() {
            moved.remove(&format!("/spec/ports/{index}"), "nodePort", WHY);
        }
        moved.remove("/spec", "healthCheckNodePort", WHY);
        moved.remove("/spec", "loadBalancerIP", WHY);
        if !matches!(text(&moved.document.object, "/spec/clusterIP"), "" | "None") {
            moved.remove("/spec", "clusterIP", WHY);
            moved.remove("/spec", "clusterIPs", WHY);
        }
    }

    /// Host names in strings that hold a moved namespace.
    fn follow(&self, moved: &mut Move) {
        let secret = moved.document.kind() == "Secret";
        let mut changes = Vec::new();
        self.strings(&moved.document.object, &mut String::new(), &mut changes, secret);
        for (path, to) in changes {
            if secret {
                if let Some(slot) = moved.document.object.pointer_mut(&path) {
                    *slot = to;
                    let (from, to) = (Value::String("(secret)".into()), Value::String("(secret)".into()));
                    let reason = "A host name in it follows the namespace.".to_owned();
                    moved.recorded.push(RecordedOverride { path, from, to, reason });
                }
            } else {
                moved.set(&path, to, "A host name in it follows the namespace.");
            }
        }
    }

    fn strings(&self, value: &Value, path: &mut String, out: &mut Vec<(String, Value)>, secret: bool) {
        let length = path.len();
        match value {
            Value::Object(members) => {
                for (key, member) in
                    members.iter().filter(|(key, _)| length > 0 || !matches!(key.as_str(), "kind" | "apiVersion"))
                {
                    path.push('/');
                    path.push_str(&escape(key));
                    self.strings(member, path, out, secret);
                    path.truncate(length);
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    path.push('/');
                    path.push_str(&index.to_string());
                    self.strings(item, path, out, secret);
                    path.truncate(length);
                }
            }
            Value::String(text) => {
                let encoded = secret && path.starts_with("/data/");
                let decoded = encoded
                    .then(|| BASE64_STANDARD.decode(text.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok()))
                    .flatten();
                let Some(plain) = (if encoded { decoded.as_deref() } else { Some(text.as_str()) }) else { return };
                if let Some(changed) = self.hosts(plain) {
                    let changed = if encoded { BASE64_STANDARD.encode(changed) } else { changed };
                    out.push((path.clone(), changed.into()));
                }
            }
            _ => {}
        }
    }

    fn hosts(&self, text: &str) -> Option<String> {
        let is_service = |name: &str, namespace: &str| {
            self.services.contains(&(name, namespace)) || self.services.contains(&(name, ""))
        };
        let moves = |namespace: &str| self.from.contains(namespace) || namespace == "default" && self.from.contains("");
        references::hosts(text, &moves, &self.isolation.namespace, &is_service)
    }
}

/// Cluster-scoped kinds whose name is free.
fn renames(kind: &str) -> bool {
    cluster_scoped(kind)
        && !matches!(kind, "Namespace" | "Node" | "CustomResourceDefinition" | "APIService" | "CSIDriver" | "CSINode")
}

/// `name-suffix` within the 253 characters of a DNS subdomain, or 63 where `name` is cut.
fn suffixed(name: &str, suffix: &str) -> String {
    let room = 253_usize.saturating_sub(suffix.len() + 1);
    let kept: String = name.chars().take(room).collect();
    format!("{}-{suffix}", kept.trim_end_matches(['-', '.']))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{Limits, manifest};

    const PACKAGE: &str = r"
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {type: NodePort, clusterIP: 10.0.0.7, ports: [{port: 80, nodePort: 30080}]}
---
apiVersion: v1
kind: Service
metadata: {name: db, namespace: shop}
spec: {clusterIP: None, ports: [{port: 5432}]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: reader}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: reader}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader}
subjects: [{kind: ServiceAccount, name: web, namespace: shop}, {kind: ServiceAccount, name: x, namespace: kube-system}]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: view}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}
---
apiVersion: v1
kind: Secret
metadata: {name: dsn}
data: {url: cG9zdGdyZXM6Ly91OnB3QGRiLnNob3Auc3ZjOjU0MzIveA==}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: c, namespace: shop}
data:
  a: http://web.shop.svc.cluster.local/ and other.shop.svc and web.shop:80 and web.shop today
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.com}
spec: {group: example.com}
";

    fn find<'d>(documents: &'d [Document], kind: &str, name: &str) -> &'d Value {
        let found = documents.iter().find(|document| document.kind() == kind && document.name() == name);
        &found.unwrap_or_else(|| panic!("{kind}/{name} is there")).object
    }

    #[test]
    fn two_installations_share_no_name() {
        let documents = manifest::parse_str(PACKAGE, Limits::default()).expect("the package is valid");
        let install = |namespace: &str, suffix: &str| {
            isolate(
                &documents,
                &Isolation { namespace: namespace.into(), suffix: suffix.into(), source_namespaces: Vec::new() },
            )
        };
        let (first, overrides) = install("order-1", "o1");
        let (second, _) = install("order-2", "o2");
        assert_eq!(
            (first.len(), overrides.len()),
            (documents.len() - 1, documents.len() - 1),
            "the Namespace is the order's"
        );
        let names = |documents: &[Document]| -> BTreeSet<_> { documents.iter().map(Document::reference).collect() };
        let both: Vec<_> = names(&first).intersection(&names(&second)).cloned().collect();
        assert_eq!(both.len(), 1, "only the definition of a kind is for the whole cluster: {both:?}");

        let binding = find(&first, "ClusterRoleBinding", "reader-o1");
        assert_eq!(binding["roleRef"]["name"], "reader-o1");
        assert_eq!(binding["subjects"][0]["namespace"], "order-1");
        assert_eq!(binding["subjects"][1]["namespace"], "kube-system", "not of the package");
        assert_eq!(find(&first, "RoleBinding", "view")["roleRef"]["name"], "view", "the cluster's own role");
        assert_eq!(find(&first, "Service", "web")["spec"], json!({"type": "NodePort", "ports": [{"port": 80}]}));
        assert_eq!(find(&first, "Service", "db")["spec"]["clusterIP"], "None");
        assert_eq!(
            find(&first, "ConfigMap", "c")["data"]["a"],
            "http://web.order-1.svc.cluster.local/ and other.shop.svc and web.order-1:80 and web.shop today"
        );
        let data = find(&first, "Secret", "dsn")["data"]["url"].as_str().expect("a text").to_owned();
        assert_eq!(BASE64_STANDARD.decode(data).expect("base64"), b"postgres://u:pw@db.order-1.svc:5432/x");
        let recorded = serde_json::to_string(&overrides).expect("JSON");
        assert!(!recorded.contains("cG9zdGdyZXM") && recorded.contains("(secret)"));
    }

    #[test]
    fn every_difference_is_recorded() {
        let documents = manifest::parse_str(PACKAGE, Limits::default()).expect("the package is valid");
        let isolation = Isolation { namespace: "n".into(), suffix: "s".into(), source_namespaces: vec!["shop".into()] };
        let (moved, overrides) = isolate(&documents, &isolation);
        let originals: Vec<&Document> = documents.iter().filter(|document| document.kind() != "Namespace").collect();
        for ((before, after), recorded) in originals.iter().zip(&moved).zip(&overrides) {
            let mut back = after.object.clone();
            for change in recorded.iter().rev() {
                let (parent, key) = change.path.rsplit_once('/').expect("a pointer");
                let members = back.pointer_mut(parent).expect("the parent is there");
                if change.from == "(secret)" {
                    members[key] = before.object.pointer(&change.path).expect("the value").clone();
                } else if change.from.is_null() {
                    members.as_object_mut().expect("an object").remove(key);
                } else if let Ok(index) = key.parse::<usize>() {
                    members[index] = change.from.clone();
                } else {
                    members[key] = change.from.clone();
                }
            }
            assert_eq!(back, before.object, "{:?}", before.reference());
        }
    }
}
