//! `/openapi/v3`: which kinds are served and that their writes take `fieldValidation`.
//!
//! Clients ask it before they leave the check of fields to the server (`kubectl apply` does). It tells what is true of the
//! twin and no more: there are no schemas, because the twin has none.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::kinds::{Kind, Registry};

fn path_of(kind: &Kind) -> String {
    if kind.group.is_empty() {
        format!("api/{}", kind.version)
    } else {
        format!("apis/{}/{}", kind.group, kind.version)
    }
}

/// `/openapi/v3`: a document per group and version. The address carries a digest, so that a client may keep what it read.
pub fn root(registry: &Registry, version: &str) -> Value {
    let paths: BTreeMap<String, Value> = registry
        .all()
        .map(|kind| path_of(kind))
        .map(|path| {
            let text = document(registry, version, &path).unwrap_or_default().to_string();
            let digest = hex::encode(Sha256::digest(text)).to_uppercase();
            let address = format!("/openapi/v3/{path}?hash={digest}");
            (path, json!({"serverRelativeURL": address}))
        })
        .collect();
    json!({"paths": paths})
}

/// `/openapi/v3/PATH`, where the path is `api/v1` or `apis/GROUP/VERSION`.
pub fn document(registry: &Registry, version: &str, path: &str) -> Option<Value> {
    let kinds: Vec<_> = registry.all().filter(|kind| path_of(kind) == path).collect();
    let paths: Map<String, Value> =
        kinds.iter().filter(|kind| !kind.computed).flat_map(|kind| operations(kind, path)).collect();
    (!kinds.is_empty()).then(|| {
        json!({
            "openapi": "3.0.0", "info": {"title": "Kubernetes", "version": version}, "paths": paths,
            "components": {"schemas": {}},
        })
    })
}

fn operations(kind: &Kind, path: &str) -> [(String, Value); 2] {
    let scope = if kind.namespaced { "namespaces/{namespace}/" } else { "" };
    let collection = format!("/{path}/{scope}{}", kind.plural);
    let query = |name: &str| json!({"name": name, "in": "query", "schema": {"type": "string", "uniqueItems": true}});
    let parameters = ["dryRun", "fieldManager", "fieldValidation"].map(query);
    let write = |action: &str| {
        json!({
            "parameters": parameters,
            "responses": {"200": {"description": "OK"}},
            "x-kubernetes-action": action,
            "x-kubernetes-group-version-kind": {"group": kind.group, "version": kind.version, "kind": kind.kind},
        })
    };
    let in_path = |name: &str| json!({"name": name, "in": "path", "required": true, "schema": {"type": "string"}});
    let namespace = kind.namespaced.then(|| in_path("namespace"));
    let outer: Vec<Value> = namespace.clone().into_iter().collect();
    let inner: Vec<Value> = namespace.into_iter().chain([in_path("name")]).collect();
    [
        (format!("{collection}/{{name}}"), json!({"put": write("put"), "patch": write("patch"), "parameters": inner})),
        (collection, json!({"post": write("post"), "parameters": outer})),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_group_has_a_document_that_names_its_kinds() {
        let registry = Registry::new();
        let root = root(&registry, "v1.34.2");
        let address = root["paths"]["apis/apps/v1"]["serverRelativeURL"].as_str().expect("an address");
        assert!(address.starts_with("/openapi/v3/apis/apps/v1?hash="));
        let apps = document(&registry, "v1.34.2", "apis/apps/v1").expect("a document");
        let patch = &apps["paths"]["/apis/apps/v1/namespaces/{namespace}/deployments/{name}"]["patch"];
        assert_eq!(patch["x-kubernetes-group-version-kind"]["kind"], "Deployment");
        assert_eq!(patch["parameters"][2]["name"], "fieldValidation");
        let core = document(&registry, "v1.34.2", "api/v1").expect("a document");
        assert!(core["paths"]["/api/v1/nodes/{name}"]["put"].is_object(), "not in a namespace");
        assert!(document(&registry, "v1.34.2", "apis/none/v1").is_none());
    }
}
