//! Single objects: create, read, replace, patch, delete, and the exact refusals.

use k8s_openapi::api::{
    apps::v1::Deployment,
    core::v1::{ConfigMap, Secret, Service},
};
use kube::{
    Api, ResourceExt,
    api::{DeleteParams, Patch, PatchParams, PostParams, Preconditions},
};
use serde_json::json;

use super::{Target, deployment, map, object, refused};

/// Create, get, replace, patch and delete, with versions that grow and an identity that stays.
///
/// # Panics
/// The server breaks the contract.
pub async fn life(target: &Target) {
    let namespace = target.namespace().await;
    let maps = target.maps(&namespace);
    let made = maps.create(&PostParams::default(), &map("one", &[("a", "b")], &[("k", "1")])).await.expect("created");
    assert!(made.uid().is_some_and(|uid| uid.len() == 36));
    assert!(made.creation_timestamp().is_some());
    let first: u64 = made.resource_version().expect("a version").parse().expect("a number");
    let mut changed = maps.get("one").await.expect("there");
    changed.data.get_or_insert_default().insert("k".into(), "2".into());
    let replaced = maps.replace("one", &PostParams::default(), &changed).await.expect("replaced");
    let second: u64 = replaced.resource_version().expect("a version").parse().expect("a number");
    assert!(second > first);
    assert_eq!(replaced.uid(), made.uid());
    let stale = refused(maps.replace("one", &PostParams::default(), &made).await);
    assert_eq!((stale.code, stale.reason.as_str()), (409, "Conflict"));
    assert_eq!(
        stale.message,
        "Operation cannot be fulfilled on configmaps \"one\": the object has been modified; please apply your changes \
         to the latest version and try again"
    );
    let merged = maps
        .patch("one", &PatchParams::default(), &Patch::Merge(json!({"data": {"k": null, "n": "3"}})))
        .await
        .expect("patched");
    let data = merged.data.expect("data");
    assert_eq!(data.get("k"), None);
    assert_eq!(data.get("n").map(String::as_str), Some("3"));
    let same =
        maps.patch("one", &PatchParams::default(), &Patch::Merge(json!({"data": {"n": "3"}}))).await.expect("ok");
    assert_eq!(same.metadata.resource_version, merged.metadata.resource_version, "nothing changed, nothing written");
    let gone = maps.delete("one", &DeleteParams::default()).await.expect("deleted");
    assert!(gone.is_right(), "a deletion without finalizers answers with a Status");
    target.done(&namespace).await;
}

/// 404, 409, 422 and 400 in Kubernetes' words.
///
/// # Panics
/// The server breaks the contract.
pub async fn refusals(target: &Target) {
    let namespace = target.namespace().await;
    let maps = target.maps(&namespace);
    let missing = refused(maps.get("nope").await);
    assert_eq!((missing.code, missing.reason.as_str()), (404, "NotFound"));
    assert_eq!(missing.message, "configmaps \"nope\" not found");
    let deployments: Api<Deployment> = Api::namespaced(target.client.clone(), &namespace);
    let missing = refused(deployments.get("nope").await);
    assert_eq!(missing.message, "deployments.apps \"nope\" not found");
    let details = missing.details.expect("details");
    assert_eq!((details.group.as_str(), details.kind.as_str(), details.name.as_str()), ("apps", "deployments", "nope"));
    maps.create(&PostParams::default(), &map("one", &[], &[])).await.expect("created");
    let twice = refused(maps.create(&PostParams::default(), &map("one", &[], &[])).await);
    assert_eq!((twice.code, twice.reason.as_str()), (409, "AlreadyExists"));
    assert_eq!(twice.message, "configmaps \"one\" already exists");
    let bad = refused(maps.create(&PostParams::default(), &map("Not_A_Name", &[], &[])).await);
    assert_eq!((bad.code, bad.reason.as_str()), (422, "Invalid"));
    let cause = &bad.details.expect("details").causes[0];
    assert_eq!((cause.reason.as_str(), cause.field.as_str()), ("FieldValueInvalid", "metadata.name"));
    let mut odd = deployment("web", "nginx", 1);
    odd["spec"]["selector"] = json!({"matchLabels": {"app": "other"}});
    let odd = refused(deployments.create(&PostParams::default(), &object(odd)).await);
    assert_eq!(odd.code, 422);
    assert!(
        odd.message.starts_with("Deployment.apps \"web\" is invalid: spec.template.metadata.labels: Invalid value: ")
    );
    assert!(odd.message.ends_with("`selector` does not match template `labels`"));
    let elsewhere: Api<ConfigMap> = Api::namespaced(target.client.clone(), "no-such-namespace");
    let nowhere = refused(elsewhere.create(&PostParams::default(), &map("one", &[], &[])).await);
    assert_eq!((nowhere.code, nowhere.message.as_str()), (404, "namespaces \"no-such-namespace\" not found"));
    let params = DeleteParams {
        preconditions: Some(Preconditions { uid: Some("someone-else".into()), resource_version: None }),
        ..DeleteParams::default()
    };
    let guarded = refused(maps.delete("one", &params).await);
    assert_eq!((guarded.code, guarded.reason.as_str()), (409, "Conflict"));
    target.done(&namespace).await;
}

/// Dry run answers as if, and stores nothing.
///
/// # Panics
/// The server breaks the contract.
pub async fn dry_run(target: &Target) {
    let namespace = target.namespace().await;
    let maps = target.maps(&namespace);
    let dry = PostParams { dry_run: true, ..PostParams::default() };
    let shown = maps.create(&dry, &map("one", &[], &[("k", "1")])).await.expect("answered");
    assert_eq!(shown.name_any(), "one");
    assert!(shown.uid().is_some());
    assert_eq!(refused(maps.get("one").await).code, 404);
    maps.create(&PostParams::default(), &map("one", &[], &[("k", "1")])).await.expect("created");
    let params = PatchParams { dry_run: true, ..PatchParams::apply("hypo").force() };
    let shown = maps.patch("one", &params, &Patch::Apply(map("one", &[], &[("k", "2")]))).await.expect("answered");
    assert_eq!(shown.data.expect("data")["k"], "2");
    assert_eq!(maps.get("one").await.expect("there").data.expect("data")["k"], "1");
    let params = DeleteParams { dry_run: true, ..DeleteParams::default() };
    maps.delete("one", &params).await.expect("answered");
    maps.get("one").await.expect("still there");
    target.done(&namespace).await;
}

/// Defaults are filled in, and write-only fields folded.
///
/// # Panics
/// The server breaks the contract.
pub async fn defaults(target: &Target) {
    let namespace = target.namespace().await;
    let deployments: Api<Deployment> = Api::namespaced(target.client.clone(), &namespace);
    let mut bare = deployment("web", "nginx", 1);
    bare["spec"].as_object_mut().expect("a spec").remove("replicas");
    let made = deployments.create(&PostParams::default(), &object(bare)).await.expect("created");
    let made = serde_json::to_value(made).expect("a document");
    for (pointer, wanted) in [
        ("/spec/replicas", json!(1)),
        ("/spec/strategy/rollingUpdate/maxSurge", json!("25%")),
        ("/spec/progressDeadlineSeconds", json!(600)),
        ("/spec/template/spec/restartPolicy", json!("Always")),
        ("/spec/template/spec/containers/0/imagePullPolicy", json!("Always")),
        ("/spec/template/spec/terminationGracePeriodSeconds", json!(30)),
        ("/metadata/generation", json!(1)),
    ] {
        assert_eq!(made.pointer(pointer), Some(&wanted), "{pointer}");
    }
    let secrets: Api<Secret> = Api::namespaced(target.client.clone(), &namespace);
    let secret = object(json!({"metadata": {"name": "s"}, "stringData": {"password": "hunter2"}}));
    let secret = secrets.create(&PostParams::default(), &secret).await.expect("created");
    assert_eq!(secret.type_.as_deref(), Some("Opaque"));
    assert_eq!(secret.data.expect("data")["password"].0, b"hunter2");
    target.done(&namespace).await;
}

/// Generation counts changes of the desired state; immutable fields are refused; scale is a view.
///
/// # Panics
/// The server breaks the contract.
pub async fn generations(target: &Target) {
    let namespace = target.namespace().await;
    let api: Api<Deployment> = Api::namespaced(target.client.clone(), &namespace);
    api.create(&PostParams::default(), &object(deployment("web", "nginx:1", 1))).await.expect("created");
    let labelled = json!({"metadata": {"labels": {"x": "y"}}});
    let same = api.patch("web", &PatchParams::default(), &Patch::Merge(labelled)).await.expect("patched");
    assert_eq!(same.metadata.generation, Some(1));
    let image = json!({"spec": {"template": {"spec": {"containers": [{"name": "main", "image": "nginx:2"}]}}}});
    let rolled = api.patch("web", &PatchParams::default(), &Patch::Strategic(image)).await.expect("patched");
    assert_eq!(rolled.metadata.generation, Some(2));
    let template = rolled.spec.template.spec.expect("pod");
    assert_eq!(template.containers.len(), 1);
    assert_eq!(template.containers[0].image.as_deref(), Some("nginx:2"));
    let moved = json!({"spec": {
        "selector": {"matchLabels": {"app": "other"}}, "template": {"metadata": {"labels": {"app": "other"}}},
    }});
    let fixed = refused(api.patch("web", &PatchParams::default(), &Patch::Merge(moved)).await);
    assert_eq!(fixed.code, 422);
    assert!(fixed.message.contains("spec.selector: Invalid value: "), "{}", fixed.message);
    assert!(fixed.message.ends_with("field is immutable"), "{}", fixed.message);
    let scaled = api
        .patch_scale("web", &PatchParams::default(), &Patch::Merge(json!({"spec": {"replicas": 3}})))
        .await
        .expect("scaled");
    assert_eq!(scaled.spec.and_then(|spec| spec.replicas), Some(3));
    assert_eq!(api.get("web").await.expect("there").spec.replicas, Some(3));
    target.done(&namespace).await;
}

/// Service addresses and node ports are given out once.
///
/// # Panics
/// The server breaks the contract.
pub async fn services(target: &Target) {
    let namespace = target.namespace().await;
    let api: Api<Service> = Api::namespaced(target.client.clone(), &namespace);
    let service = |name: &str, kind: &str, node_port: Option<i32>| -> Service {
        let mut port = json!({"port": 80, "targetPort": "http"});
        if let Some(number) = node_port {
            port["nodePort"] = number.into();
        }
        object(json!({"metadata": {"name": name}, "spec": {"type": kind, "selector": {"app": "web"}, "ports": [port]}}))
    };
    let first = api.create(&PostParams::default(), &service("first", "ClusterIP", None)).await.expect("created");
    let ip = first.spec.as_ref().and_then(|spec| spec.cluster_ip.clone()).expect("an address");
    assert!(ip.parse::<std::net::IpAddr>().is_ok());
    let node = api.create(&PostParams::default(), &service("second", "NodePort", None)).await.expect("created");
    let port = node.spec.and_then(|spec| spec.ports).and_then(|ports| ports[0].node_port).expect("a node port");
    assert!((30000..=32767).contains(&port));
    let taken = refused(api.create(&PostParams::default(), &service("third", "NodePort", Some(port))).await);
    assert_eq!(taken.code, 422);
    assert_eq!(
        taken.message,
        format!(
            "Service \"third\" is invalid: spec.ports[0].nodePort: Invalid value: {port}: provided port is already allocated"
        )
    );
    let mut again = first.clone();
    again.metadata.labels.get_or_insert_default().insert("x".into(), "y".into());
    if let Some(spec) = &mut again.spec {
        spec.cluster_ip = None;
        spec.cluster_ips = None;
    }
    let kept = api.replace("first", &PostParams::default(), &again).await.expect("replaced");
    assert_eq!(kept.spec.and_then(|spec| spec.cluster_ip), Some(ip));
    target.done(&namespace).await;
}

/// Finalizers hold an object until they are gone.
///
/// # Panics
/// The server breaks the contract.
pub async fn finalizers(target: &Target) {
    let namespace = target.namespace().await;
    let maps = target.maps(&namespace);
    let mut held = map("held", &[], &[]);
    held.metadata.finalizers = Some(vec!["hypo.dev/hold".into()]);
    maps.create(&PostParams::default(), &held).await.expect("created");
    let going = maps.delete("held", &DeleteParams::default()).await.expect("accepted");
    assert!(going.left().is_some_and(|object| object.metadata.deletion_timestamp.is_some()));
    maps.get("held").await.expect("still there");
    let free = Patch::Merge(json!({"metadata": {"finalizers": null}}));
    maps.patch("held", &PatchParams::default(), &free).await.expect("freed");
    assert_eq!(refused(maps.get("held").await).code, 404);
    target.done(&namespace).await;
}
