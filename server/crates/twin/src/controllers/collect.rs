//! Garbage collection by owner references, and the finalizers of deletion propagation.

use std::sync::Arc;

use serde_json::Value;

use crate::{cluster::State, json as at, ops};

/// Deletes what lost its owners and releases what waited for its dependents.
pub fn run(state: &mut State) {
    release(state);
    if state.collected == state.store.deletions() {
        return;
    }
    state.collected = state.store.deletions();
    let orphans: Vec<(Arc<str>, Arc<Value>)> = state
        .store
        .everything()
        .filter(|(_, object)| {
            let owners = at::list(object, "/metadata/ownerReferences");
            !owners.is_empty()
                && !at::deleting(object)
                && owners.iter().all(|owner| state.store.by_uid(at::text(owner, "/uid")).is_none())
        })
        .map(|(kind, object)| (kind.clone(), object.clone()))
        .collect();
    for (id, object) in orphans {
        delete(state, &id, &object, "Background");
    }
}

fn delete(state: &mut State, id: &str, object: &Value, propagation: &str) {
    let Some(kind) = state.registry.by_id(id) else { return };
    let write = ops::Write::internal(&kind, at::namespace(object), at::name(object));
    let options = ops::DeleteOptions { propagation: propagation.into(), ..ops::DeleteOptions::default() };
    if let Err(error) = ops::delete(state, &write, &options)
        && error.code != 404
    {
        tracing::debug!(error = %error.message, "a dependent was not deleted");
    }
}

/// Objects waiting for `foregroundDeletion` or `orphan`.
fn release(state: &mut State) {
    let waiting: Vec<(Arc<str>, Arc<Value>)> = state
        .store
        .everything()
        .filter(|(_, object)| {
            at::deleting(object)
                && at::list(object, "/metadata/finalizers")
                    .iter()
                    .any(|one| one == "foregroundDeletion" || one == "orphan")
        })
        .map(|(kind, object)| (kind.clone(), object.clone()))
        .collect();
    for (id, object) in waiting {
        let uid = at::uid(&object);
        let dependents: Vec<_> = state
            .store
            .everything()
            .filter(|(_, one)| {
                at::list(one, "/metadata/ownerReferences").iter().any(|owner| at::text(owner, "/uid") == uid)
            })
            .map(|(kind, one)| (kind.clone(), one.clone()))
            .collect();
        let foreground = at::list(&object, "/metadata/finalizers").iter().any(|one| one == "foregroundDeletion");
        if foreground {
            let blocking: Vec<_> = dependents
                .iter()
                .filter(|(_, one)| {
                    at::list(one, "/metadata/ownerReferences")
                        .iter()
                        .any(|owner| at::text(owner, "/uid") == uid && at::flag(owner, "/blockOwnerDeletion"))
                })
                .cloned()
                .collect();
            for (kind, one) in dependents.iter().filter(|(_, one)| !at::deleting(one)) {
                delete(state, kind, one, "Foreground");
            }
            if !blocking.is_empty() {
                continue;
            }
            drop_finalizer(state, &id, &object, "foregroundDeletion");
        } else {
            for (kind_id, one) in dependents {
                let mut freed = (*one).clone();
                if let Some(Value::Array(owners)) = freed.pointer_mut("/metadata/ownerReferences") {
                    owners.retain(|owner| at::text(owner, "/uid") != uid);
                }
                if at::list(&freed, "/metadata/ownerReferences").is_empty() {
                    at::remove(&mut freed, "/metadata/ownerReferences");
                }
                state.store.put(&kind_id, freed);
            }
            drop_finalizer(state, &id, &object, "orphan");
        }
    }
}

/// Removes a finalizer, and the object when it was the last.
pub fn drop_finalizer(state: &mut State, id: &str, object: &Value, finalizer: &str) {
    let Some(kind) = state.registry.by_id(id) else { return };
    let mut freed = object.clone();
    if let Some(Value::Array(all)) = freed.pointer_mut("/metadata/finalizers") {
        all.retain(|one| one != finalizer);
        if all.is_empty() {
            at::remove(&mut freed, "/metadata/finalizers");
        }
    }
    let stored = state.store.put(&kind.id, freed);
    ops::finish_if_done(state, &kind, &stored);
}
