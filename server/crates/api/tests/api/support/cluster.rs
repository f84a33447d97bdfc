//! A cluster that is a map: what is applied is there, and workloads are ready at once.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

use async_trait::async_trait;
use chrono::DateTime;
use futures::{StreamExt, stream::BoxStream};
use hypo_model::{
    cluster::{ClusterFacts, NodeFacts, StorageClass},
    ports::cluster::{
        Applied, Change, ClusterPort, ContainerUsage, Error, LogLine, LogQuery, ObjectSet, Observed, Propagation, Scope,
    },
};
use hypo_shared::{analysis::ObjectRef, resource::Flavour};
use serde_json::{Value, json};

#[derive(Default)]
pub struct MapCluster {
    objects: Mutex<BTreeMap<ObjectRef, Value>>,
    /// Lines each container has written.
    pub lines: AtomicU32,
    /// How often the metrics API was asked.
    pub polls: AtomicU32,
}

/// The one pod of a Deployment.
fn pod(deployment: &Value) -> Value {
    let name = format!("{}-0", deployment["metadata"]["name"].as_str().unwrap());
    let mut labels = deployment["spec"]["template"]["metadata"]["labels"].clone();
    if let (Some(labels), Some(own)) = (labels.as_object_mut(), deployment["metadata"]["labels"].as_object()) {
        labels.extend(own.clone());
    }
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": name, "namespace": deployment["metadata"]["namespace"], "labels": labels},
        "spec": {"nodeName": "node-1", "containers": [{"name": "main", "image": "example.org/x:1"}]},
        "status": {
            "phase": "Running", "conditions": [{"type": "Ready", "status": "True"}],
            "containerStatuses": [{"name": "main", "ready": true, "restartCount": 0, "state": {"running": {}}}],
        },
    })
}

impl MapCluster {
    pub fn names(&self) -> Vec<String> {
        self.objects.lock().unwrap().keys().map(ToString::to_string).collect()
    }

    pub fn object(&self, kind: &str, name: &str) -> Option<Value> {
        let objects = self.objects.lock().unwrap();
        objects.iter().find(|(key, _)| key.kind == kind && key.name == name).map(|(_, value)| value.clone())
    }
}

fn reference(object: &Value) -> ObjectRef {
    let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    ObjectRef {
        api_version: text("/apiVersion"),
        kind: text("/kind"),
        namespace: text("/metadata/namespace"),
        name: text("/metadata/name"),
    }
}

/// What the controllers would write.
fn settled(mut object: Value) -> Value {
    let replicas = object.pointer("/spec/replicas").and_then(Value::as_u64).unwrap_or(1);
    object["metadata"]["uid"] = json!("00000000-0000-0000-0000-000000000001");
    object["metadata"]["generation"] = json!(1);
    object["status"] = match object["kind"].as_str() {
        Some("Deployment" | "StatefulSet") => json!({
            "observedGeneration": 1, "replicas": replicas, "readyReplicas": replicas, "updatedReplicas": replicas,
            "availableReplicas": replicas, "currentReplicas": replicas,
        }),
        Some("PersistentVolumeClaim") => json!({"phase": "Bound"}),
        _ => json!({}),
    };
    object
}

#[async_trait]
impl ClusterPort for MapCluster {
    async fn facts(&self) -> Result<ClusterFacts, Error> {
        Ok(ClusterFacts {
            probed_at: None,
            version: "v1.34.2".to_owned(),
            flavour: Flavour::Vanilla,
            api_versions: ["v1", "apps/v1", "batch/v1", "networking.k8s.io/v1"].map(str::to_owned).to_vec(),
            kinds: [
                "v1/Namespace",
                "v1/Service",
                "v1/ConfigMap",
                "v1/Secret",
                "v1/PersistentVolumeClaim",
                "v1/Pod",
                "apps/v1/Deployment",
                "apps/v1/StatefulSet",
                "networking.k8s.io/v1/NetworkPolicy",
            ]
            .map(str::to_owned)
            .to_vec(),
            storage_classes: vec![StorageClass {
                name: "standard".to_owned(),
                provisioner: "test".to_owned(),
                default: true,
            }],
            ingress_classes: vec!["nginx".to_owned()],
            load_balancer: true,
            architectures: vec!["amd64".to_owned()],
            nodes: vec![NodeFacts {
                name: "node-1".to_owned(),
                arch: "amd64".to_owned(),
                ready: true,
                cpu_millis: 8_000,
                memory_bytes: 32 << 30,
                ..NodeFacts::default()
            }],
            pod_security: String::new(),
            cluster_admin: true,
            metrics: true,
        })
    }

    async fn apply(&self, set: &ObjectSet) -> Result<Vec<Applied>, Error> {
        let mut objects = self.objects.lock().unwrap();
        Ok(set
            .objects
            .iter()
            .map(|object| {
                let key = reference(object);
                objects.insert(key.clone(), settled(object.clone()));
                Applied { object: key, uid: "1".to_owned(), resource_version: "1".to_owned() }
            })
            .collect())
    }

    async fn dry_run(&self, set: &ObjectSet) -> Result<Vec<Value>, Error> {
        Ok(set.objects.clone())
    }

    async fn observe(&self, objects: &[ObjectRef]) -> Result<Vec<Observed>, Error> {
        let all = self.objects.lock().unwrap();
        let look = |object: &ObjectRef| Observed { object: object.clone(), live: all.get(object).cloned() };
        Ok(objects.iter().map(look).collect())
    }

    async fn list(&self, api_version: &str, kind: &str, scope: &Scope) -> Result<Vec<Value>, Error> {
        let all = self.objects.lock().unwrap();
        let fits = |key: &ObjectRef, object: &Value| {
            let labels = |wanted: (&String, &String)| object["metadata"]["labels"][wanted.0] == wanted.1.as_str();
            key.api_version == api_version
                && key.kind == kind
                && (scope.namespace.is_empty() || key.namespace == scope.namespace)
                && scope.labels.iter().all(labels)
        };
        Ok(all.iter().filter(|(key, object)| fits(key, object)).map(|(_, object)| object.clone()).collect())
    }

    async fn delete(&self, objects: &[ObjectRef], _: Propagation) -> Result<(), Error> {
        let mut all = self.objects.lock().unwrap();
        for object in objects {
            all.remove(object);
            if object.kind == "Namespace" {
                all.retain(|key, _| key.namespace != object.name);
            }
        }
        Ok(())
    }

    async fn patch(&self, object: &ObjectRef, patch: &Value) -> Result<Value, Error> {
        let mut all = self.objects.lock().unwrap();
        let found = all.get_mut(object).expect("the object is there");
        if let Some(replicas) = patch.pointer("/spec/replicas") {
            found["spec"]["replicas"] = replicas.clone();
            *found = settled(found.clone());
        }
        Ok(found.clone())
    }

    fn watch(&self, scope: Scope) -> BoxStream<'static, Change> {
        let all = self.objects.lock().unwrap();
        let here = all.values().filter(|object| object["metadata"]["namespace"] == scope.namespace.as_str());
        let kinds = ["Deployment", "Pod"].map(|kind| Change::Restarted(kind.to_owned()));
        let objects: Vec<Value> = here.filter(|object| object["kind"] == "Deployment").cloned().collect();
        let pods: Vec<Value> = objects.iter().map(pod).collect();
        let changes = kinds.into_iter().chain(objects.into_iter().chain(pods).map(Change::Applied));
        futures::stream::iter(changes.collect::<Vec<_>>()).chain(futures::stream::pending()).boxed()
    }

    async fn logs(&self, query: &LogQuery) -> Result<BoxStream<'static, Result<LogLine, Error>>, Error> {
        let (pod, container) = (query.pod.clone(), query.container.clone().unwrap_or_default());
        let count = self.lines.load(Ordering::Relaxed);
        let since = query.since;
        let lines = (0..count).map(move |n| LogLine {
            at: DateTime::from_timestamp(1_800_000_000 + i64::from(n), 0).unwrap(),
            pod: pod.clone(),
            container: container.clone(),
            text: format!("line {n}"),
        });
        let lines = lines.filter(move |line| since.is_none_or(|since| line.at >= since)).map(Ok);
        // The container goes on.
        Ok(futures::stream::iter(lines.collect::<Vec<_>>()).chain(futures::stream::pending()).boxed())
    }

    async fn metrics(&self, scope: &Scope) -> Result<Vec<ContainerUsage>, Error> {
        self.polls.fetch_add(1, Ordering::Relaxed);
        let all = self.objects.lock().unwrap();
        let here = all.values().filter(|object| object["metadata"]["namespace"] == scope.namespace.as_str());
        let usage = here.filter(|object| object["kind"] == "Deployment").map(|object| ContainerUsage {
            pod: format!("{}-0", object["metadata"]["name"].as_str().unwrap()),
            container: "main".to_owned(),
            at: chrono::Utc::now(),
            cpu_millis: 25,
            memory_bytes: 1 << 20,
        });
        Ok(usage.collect())
    }
}
