//! Namespaces: what every one holds, and how one goes.

use serde_json::json;

use crate::{cluster::State, json as at, ops};

/// Fills new namespaces and empties terminating ones.
pub fn run(state: &mut State) {
    for namespace in state.store.all("namespaces") {
        let name = at::name(&namespace).to_owned();
        if at::deleting(&namespace) {
            empty(state, &name);
            continue;
        }
        if state.store.get("serviceaccounts", &name, "default").is_none() {
            make(state, "serviceaccounts", json!({"metadata": {"name": "default", "namespace": name}}));
        }
        if state.store.get("configmaps", &name, "kube-root-ca.crt").is_none() {
            let data = json!({"ca.crt": "-----BEGIN CERTIFICATE-----\nsimulated\n-----END CERTIFICATE-----\n"});
            make(
                state,
                "configmaps",
                json!({"metadata": {"name": "kube-root-ca.crt", "namespace": name}, "data": data}),
            );
        }
    }
}

fn make(state: &mut State, kind: &str, object: serde_json::Value) {
    // A quota of the namespace may refuse these too; the next pass tries again.
    if let Err(error) = state.make(kind, object) {
        tracing::debug!(error = %error.message, "a namespace default was refused");
    }
}

fn empty(state: &mut State, name: &str) {
    let contents = state.store.contents(name);
    if contents.is_empty() {
        if let Some(namespace) = state.store.get("namespaces", "", name)
            && at::list(&namespace, "/metadata/finalizers").is_empty()
        {
            let kind = state.kind("namespaces");
            ops::remove(state, &kind, "", name);
        }
        return;
    }
    let options = ops::DeleteOptions { propagation: "Background".into(), ..ops::DeleteOptions::default() };
    for (id, object) in contents {
        if at::deleting(&object) {
            continue;
        }
        let Some(kind) = state.registry.by_id(&id) else { continue };
        let write = ops::Write::internal(&kind, name, at::name(&object));
        if let Err(error) = ops::delete(state, &write, &options)
            && error.code != 404
        {
            tracing::debug!(error = %error.message, "an object of a terminating namespace was not deleted");
        }
    }
}
