//! Pods, workloads, claims and events as they change: list, then watch, with bookmarks and recovery by kube-runtime.

use std::time::Duration;

use futures::{
    StreamExt,
    stream::{self, BoxStream},
};
use hypo_model::ports::cluster::{Change, Scope};
use k8s_openapi::api::{
    apps::v1::{DaemonSet, Deployment, ReplicaSet, StatefulSet},
    batch::v1::Job,
    core::v1::{Event as KubeEvent, PersistentVolumeClaim, Pod, Service},
    networking::v1::Ingress,
};
use kube::{
    Api, Client, Resource,
    core::NamespaceResourceScope,
    runtime::{
        WatchStreamExt,
        watcher::{self, Event, watcher},
    },
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{error::translate, observe::selector};

/// One stream over all kinds that say how a service does.
pub fn watch(client: Client, scope: &Scope) -> BoxStream<'static, Change> {
    let ours = selector(scope);
    let ns = scope.namespace.as_str();
    stream::select_all([
        one::<Pod>(&client, ns, &ours),
        one::<Deployment>(&client, ns, &ours),
        one::<ReplicaSet>(&client, ns, &ours),
        one::<StatefulSet>(&client, ns, &ours),
        one::<DaemonSet>(&client, ns, &ours),
        one::<Job>(&client, ns, &ours),
        one::<PersistentVolumeClaim>(&client, ns, &ours),
        one::<Service>(&client, ns, &ours),
        one::<Ingress>(&client, ns, &ours),
        // Events carry no labels of ours: the whole namespace, sorted out by the index.
        one::<KubeEvent>(&client, ns, ""),
    ])
    .boxed()
}

fn one<K>(client: &Client, namespace: &str, labels: &str) -> BoxStream<'static, Change>
where
    K: Resource<Scope = NamespaceResourceScope, DynamicType = ()>
        + Clone
        + std::fmt::Debug
        + DeserializeOwned
        + Serialize
        + Send
        + 'static,
{
    let api: Api<K> = Api::namespaced(client.clone(), namespace);
    let config = watcher::Config::default().labels(labels).timeout(280);
    watcher(api, config)
        .default_backoff()
        .filter_map(async |event| match event {
            Ok(Event::Apply(object) | Event::InitApply(object)) => Some(Change::Applied(typed(&object)?)),
            Ok(Event::Delete(object)) => Some(Change::Deleted(typed(&object)?)),
            Ok(Event::Init) => Some(Change::Restarted(K::kind(&()).into_owned())),
            Ok(Event::InitDone) => None,
            Err(error) => {
                // The back-off of the watcher paces this; the sleep keeps a broken stream from spinning.
                tokio::time::sleep(Duration::from_millis(50)).await;
                Some(Change::Lost(explain(error)))
            }
        })
        .boxed()
}

/// The object with its type members, which list items lack on the wire.
fn typed<K: Resource<DynamicType = ()> + Serialize>(object: &K) -> Option<Value> {
    let mut value = serde_json::to_value(object).ok()?;
    let members = value.as_object_mut()?;
    members.insert("apiVersion".into(), K::api_version(&()).into());
    members.insert("kind".into(), K::kind(&()).into());
    if let Some(metadata) = members.get_mut("metadata").and_then(Value::as_object_mut) {
        metadata.remove("managedFields");
    }
    Some(value)
}

fn explain(error: watcher::Error) -> hypo_model::ports::cluster::Error {
    match error {
        watcher::Error::InitialListFailed(error)
        | watcher::Error::WatchStartFailed(error)
        | watcher::Error::WatchFailed(error) => translate(error),
        watcher::Error::WatchError(status) => translate(kube::Error::Api(status)),
        watcher::Error::NoResourceVersion => hypo_model::ports::cluster::Error {
            code: hypo_shared::ErrorCode::ClusterUnreachable,
            message: "the cluster's watch carries no resourceVersion".into(),
            transient: true,
        },
    }
}
