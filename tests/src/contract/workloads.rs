//! What needs controllers, scheduler and kubelets: skipped aloud on a server without them.

use k8s_openapi::api::{
    apps::v1::{Deployment, ReplicaSet, StatefulSet},
    batch::v1::Job,
    core::v1::{Endpoints, Event, Namespace, PersistentVolumeClaim, Pod, Service},
};
use kube::{
    Api, ResourceExt,
    api::{
        ApiResource, DeleteParams, DynamicObject, GroupVersionKind, ListParams, LogParams, Patch, PatchParams,
        PostParams, PropagationPolicy,
    },
};
use serde_json::json;

use super::{Target, deployment, eventually, map, object};

/// An image every cluster can run without a registry, if its owner says so.
fn image() -> String {
    std::env::var("HYPO_KUBE_IMAGE").unwrap_or_else(|_| "registry.k8s.io/pause:3.10".into())
}

/// An image whose containers end by themselves when they run `true`.
fn ending_image() -> String {
    std::env::var("HYPO_KUBE_ENDING_IMAGE").unwrap_or_else(|_| "busybox".into())
}

/// A Deployment becomes available, its Service finds the pods, logs and events are there, and all of it goes.
///
/// # Panics
/// The server breaks the contract.
pub async fn rollout(target: &Target) {
    let namespace = target.namespace().await;
    let api: Api<Deployment> = Api::namespaced(target.client.clone(), &namespace);
    let services: Api<Service> = Api::namespaced(target.client.clone(), &namespace);
    let service = json!({"metadata": {"name": "web"}, "spec": {"selector": {"app": "web"}, "ports": [{"port": 80}]}});
    services.create(&PostParams::default(), &object(service)).await.expect("created");
    api.patch("web", &PatchParams::apply("hypo"), &Patch::Apply(deployment("web", &image(), 2)))
        .await
        .expect("applied");
    let done = eventually("two replicas are available", || async {
        let live = api.get("web").await.ok()?;
        let status = live.status.clone()?;
        (status.available_replicas == Some(2) && status.observed_generation == live.metadata.generation)
            .then_some(status)
    })
    .await;
    let available = done
        .conditions
        .into_iter()
        .flatten()
        .find(|one| one.type_.as_deref() == Some("Available"))
        .expect("a condition");
    assert_eq!(
        (available.status.as_deref(), available.reason.as_deref()),
        (Some("True"), Some("MinimumReplicasAvailable"))
    );
    let pods: Api<Pod> = Api::namespaced(target.client.clone(), &namespace);
    let running =
        pods.list(&ListParams::default().labels("app=web").fields("status.phase=Running")).await.expect("listed");
    assert_eq!(running.items.len(), 2);
    let owner = running.items[0].owner_references()[0].clone();
    assert_eq!(owner.kind, "ReplicaSet");
    let endpoints: Api<Endpoints> = Api::namespaced(target.client.clone(), &namespace);
    eventually("both pods are endpoints", || async {
        let subsets = endpoints.get("web").await.ok()?.subsets?;
        (subsets.iter().filter_map(|subset| subset.addresses.as_ref()).flatten().count() == 2).then_some(())
    })
    .await;
    let events: Api<Event> = Api::namespaced(target.client.clone(), &namespace);
    let pod = running.items[0].name_any();
    let about = ListParams::default().fields(&format!("involvedObject.name={pod}"));
    let reasons: Vec<_> =
        events.list(&about).await.expect("listed").into_iter().filter_map(|event| event.reason).collect();
    assert!(reasons.iter().any(|one| one == "Scheduled"), "{reasons:?}");
    api.delete(
        "web",
        &DeleteParams { propagation_policy: Some(PropagationPolicy::Foreground), ..DeleteParams::default() },
    )
    .await
    .expect("deleted");
    let sets: Api<ReplicaSet> = Api::namespaced(target.client.clone(), &namespace);
    eventually("everything is gone", || async {
        let left = api.list(&ListParams::default()).await.ok()?.items.len()
            + sets.list(&ListParams::default()).await.ok()?.items.len()
            + pods.list(&ListParams::default()).await.ok()?.items.len();
        (left == 0).then_some(())
    })
    .await;
    target.done(&namespace).await;
}

/// A changed template rolls over without losing availability; the old ReplicaSet stays at zero.
///
/// # Panics
/// The server breaks the contract.
pub async fn rolling(target: &Target) {
    let namespace = target.namespace().await;
    let api: Api<Deployment> = Api::namespaced(target.client.clone(), &namespace);
    let ready = || async {
        let live = api.get("web").await.ok()?;
        let status = live.status.clone()?;
        let all =
            status.available_replicas == Some(2) && status.updated_replicas == Some(2) && status.replicas == Some(2);
        (all && status.observed_generation == live.metadata.generation).then_some(())
    };
    api.patch("web", &PatchParams::apply("hypo"), &Patch::Apply(deployment("web", &image(), 2)))
        .await
        .expect("applied");
    eventually("the first rollout", ready).await;
    let mut second = deployment("web", &image(), 2);
    second["spec"]["template"]["metadata"]["annotations"] = json!({"hypo.dev/restarted": "now"});
    api.patch("web", &PatchParams::apply("hypo"), &Patch::Apply(second)).await.expect("applied");
    eventually("the second rollout", ready).await;
    let sets: Api<ReplicaSet> = Api::namespaced(target.client.clone(), &namespace);
    let mut counts: Vec<_> = sets
        .list(&ListParams::default())
        .await
        .expect("listed")
        .into_iter()
        .map(|set| set.spec.replicas.unwrap_or(-1))
        .collect();
    counts.sort_unstable();
    assert_eq!(counts, [0, 2]);
    target.done(&namespace).await;
}

/// A StatefulSet's pods come in order with claims that stay when it goes.
///
/// # Panics
/// The server breaks the contract.
pub async fn stateful(target: &Target) {
    let namespace = target.namespace().await;
    let sets: Api<StatefulSet> = Api::namespaced(target.client.clone(), &namespace);
    let set = json!({
        "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": "db"},
        "spec": {
            "serviceName": "db", "replicas": 2, "selector": {"matchLabels": {"app": "db"}},
            "template": {
                "metadata": {"labels": {"app": "db"}},
                "spec": {"containers": [{"name": "main", "image": image(), "volumeMounts": [{"name": "data", "mountPath": "/data"}]}]},
            },
            "volumeClaimTemplates": [{
                "metadata": {"name": "data"},
                "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}},
            }],
        },
    });
    sets.patch("db", &PatchParams::apply("hypo"), &Patch::Apply(set)).await.expect("applied");
    eventually("two replicas are ready", || async {
        (sets.get("db").await.ok()?.status?.ready_replicas == Some(2)).then_some(())
    })
    .await;
    let pods: Api<Pod> = Api::namespaced(target.client.clone(), &namespace);
    let zero = pods.get("db-0").await.expect("there").creation_timestamp().expect("a time");
    let one = pods.get("db-1").await.expect("there").creation_timestamp().expect("a time");
    assert!(zero <= one);
    let claims: Api<PersistentVolumeClaim> = Api::namespaced(target.client.clone(), &namespace);
    let bound = claims.list(&ListParams::default()).await.expect("listed");
    let names: Vec<_> = bound.iter().map(|claim| claim.name_any()).collect();
    assert_eq!(names, ["data-db-0", "data-db-1"]);
    assert!(
        bound.iter().all(|claim| claim.status.as_ref().is_some_and(|status| status.phase.as_deref() == Some("Bound")))
    );
    sets.delete("db", &DeleteParams::default()).await.expect("deleted");
    eventually("the pods are gone", || async {
        pods.list(&ListParams::default()).await.ok()?.items.is_empty().then_some(())
    })
    .await;
    assert_eq!(claims.list(&ListParams::default()).await.expect("listed").items.len(), 2, "claims outlive the set");
    target.done(&namespace).await;
}

/// What cannot be scheduled says what is short.
///
/// # Panics
/// The server breaks the contract.
pub async fn unschedulable(target: &Target) {
    let namespace = target.namespace().await;
    let pods: Api<Pod> = Api::namespaced(target.client.clone(), &namespace);
    let pod = json!({
        "metadata": {"name": "huge"},
        "spec": {"containers": [{"name": "main", "image": image(), "resources": {"requests": {"cpu": "9000"}}}]},
    });
    pods.create(&PostParams::default(), &object(pod)).await.expect("created");
    let condition = eventually("the scheduler has refused", || async {
        let conditions = pods.get("huge").await.ok()?.status?.conditions?;
        conditions.into_iter().find(|one| one.type_ == "PodScheduled" && one.status == "False")
    })
    .await;
    assert_eq!(condition.reason.as_deref(), Some("Unschedulable"));
    let message = condition.message.expect("a message");
    assert!(message.starts_with("0/") && message.contains("Insufficient cpu"), "{message}");
    let events: Api<Event> = Api::namespaced(target.client.clone(), &namespace);
    eventually("an event says so", || async {
        let about = ListParams::default().fields("involvedObject.name=huge");
        events.list(&about).await.ok()?.into_iter().find(|event| event.reason.as_deref() == Some("FailedScheduling"))
    })
    .await;
    target.done(&namespace).await;
}

/// A quota's refusal reaches the Deployment.
///
/// # Panics
/// The server breaks the contract.
pub async fn quota(target: &Target) {
    let namespace = target.namespace().await;
    let quotas: Api<k8s_openapi::api::core::v1::ResourceQuota> = Api::namespaced(target.client.clone(), &namespace);
    let quota = json!({"metadata": {"name": "small"}, "spec": {"hard": {"pods": "1"}}});
    quotas.create(&PostParams::default(), &object(quota)).await.expect("created");
    eventually("the quota is counted", || async { quotas.get("small").await.ok()?.status?.hard.map(drop) }).await;
    let api: Api<Deployment> = Api::namespaced(target.client.clone(), &namespace);
    api.create(&PostParams::default(), &object(deployment("web", &image(), 2))).await.expect("created");
    let failure = eventually("the refusal is reported", || async {
        let conditions = api.get("web").await.ok()?.status?.conditions?;
        conditions
            .into_iter()
            .find(|one| one.type_.as_deref() == Some("ReplicaFailure") && one.status.as_deref() == Some("True"))
    })
    .await;
    assert_eq!(failure.reason.as_deref(), Some("FailedCreate"));
    let message = failure.message.expect("a message");
    assert!(
        message.ends_with("is forbidden: exceeded quota: small, requested: pods=1, used: pods=1, limited: pods=1"),
        "{message}"
    );
    target.done(&namespace).await;
}

/// A Job runs to its end, and owner references clean up after it.
///
/// # Panics
/// The server breaks the contract.
pub async fn jobs(target: &Target) {
    let namespace = target.namespace().await;
    let api: Api<Job> = Api::namespaced(target.client.clone(), &namespace);
    let job = json!({
        "metadata": {"name": "once"},
        "spec": {"template": {"spec": {"restartPolicy": "Never", "containers": [
            {"name": "main", "image": ending_image(), "command": ["true"]},
        ]}}},
    });
    api.create(&PostParams::default(), &object(job)).await.expect("created");
    eventually("the job is complete", || async {
        let status = api.get("once").await.ok()?.status?;
        (status.succeeded == Some(1) && status.completion_time.is_some()).then_some(())
    })
    .await;
    let pods: Api<Pod> = Api::namespaced(target.client.clone(), &namespace);
    let ran = pods.list(&ListParams::default().labels("job-name=once")).await.expect("listed");
    assert_eq!(ran.items.len(), 1);
    api.delete("once", &DeleteParams::background()).await.expect("deleted");
    eventually("its pods are gone", || async {
        pods.list(&ListParams::default()).await.ok()?.items.is_empty().then_some(())
    })
    .await;
    target.done(&namespace).await;
}

/// A started container is told by an event, and its log can be read.
///
/// # Panics
/// The server breaks the contract.
pub async fn containers(target: &Target) {
    let namespace = target.namespace().await;
    let pods: Api<Pod> = Api::namespaced(target.client.clone(), &namespace);
    let pod = json!({"metadata": {"name": "one"}, "spec": {"containers": [{"name": "main", "image": image()}]}});
    pods.create(&PostParams::default(), &object(pod)).await.expect("created");
    let events: Api<Event> = Api::namespaced(target.client.clone(), &namespace);
    let about = ListParams::default().fields("involvedObject.name=one");
    eventually("an event tells the start", || async {
        events.list(&about).await.ok()?.into_iter().find(|event| event.reason.as_deref() == Some("Started"))
    })
    .await;
    pods.logs("one", &LogParams::default()).await.expect("a log");
    target.done(&namespace).await;
}

/// Pods and nodes are measured.
///
/// # Panics
/// The server breaks the contract.
pub async fn metrics(target: &Target) {
    let resource =
        ApiResource::from_gvk_with_plural(&GroupVersionKind::gvk("metrics.k8s.io", "v1beta1", "NodeMetrics"), "nodes");
    let nodes: Api<DynamicObject> = Api::all_with(target.client.clone(), &resource);
    let used = eventually("nodes are measured", || async {
        nodes.list(&ListParams::default()).await.ok()?.items.into_iter().next()
    })
    .await;
    assert!(used.data["usage"]["cpu"].is_string() && used.data["usage"]["memory"].is_string(), "{:?}", used.data);
}

/// A deleted namespace takes its contents along and refuses new ones meanwhile.
///
/// # Panics
/// The server breaks the contract.
pub async fn namespaces(target: &Target) {
    let namespace = target.namespace().await;
    let maps = target.maps(&namespace);
    let mut held = map("held", &[], &[]);
    held.metadata.finalizers = Some(vec!["hypo.dev/hold".into()]);
    maps.create(&PostParams::default(), &held).await.expect("created");
    maps.create(&PostParams::default(), &map("free", &[], &[])).await.expect("created");
    target.done(&namespace).await;
    let api: Api<Namespace> = Api::all(target.client.clone());
    eventually("the free one is gone", || async { maps.get("free").await.err().map(drop) }).await;
    let phase = api.get(&namespace).await.expect("still there").status.and_then(|status| status.phase);
    assert_eq!(phase.as_deref(), Some("Terminating"));
    let late = super::refused(maps.create(&PostParams::default(), &map("late", &[], &[])).await);
    assert_eq!((late.code, late.reason.as_str()), (403, "Forbidden"));
    assert!(late.message.contains("because it is being terminated"), "{}", late.message);
    let free = Patch::Merge(json!({"metadata": {"finalizers": null}}));
    maps.patch("held", &PatchParams::default(), &free).await.expect("freed");
    eventually("the namespace is gone", || async { api.get(&namespace).await.err().map(drop) }).await;
}
