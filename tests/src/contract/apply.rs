//! Server-side apply: ownership, conflicts, removal, lists by key.

use k8s_openapi::api::apps::v1::Deployment;
use kube::{
    Api, ResourceExt,
    api::{Patch, PatchParams, PostParams},
};
use serde_json::json;

use super::{Target, deployment, map, refused};

/// Apply creates, repeats without effect, drops what is no longer named, and keeps what others own.
///
/// # Panics
/// The server breaks the contract.
pub async fn ownership(target: &Target) {
    let namespace = target.namespace().await;
    let maps = target.maps(&namespace);
    let hypo = PatchParams::apply("hypo");
    let first = maps
        .patch("one", &hypo, &Patch::Apply(map("one", &[("app", "x")], &[("a", "1"), ("b", "2")])))
        .await
        .expect("applied");
    let managers = first.managed_fields();
    assert_eq!(managers.len(), 1);
    assert_eq!((managers[0].manager.as_deref(), managers[0].operation.as_deref()), (Some("hypo"), Some("Apply")));
    let fields = serde_json::to_value(&managers[0].fields_v1).expect("fields");
    assert_eq!(fields, json!({"f:data": {"f:a": {}, "f:b": {}}, "f:metadata": {"f:labels": {"f:app": {}}}}));
    let again = maps
        .patch("one", &hypo, &Patch::Apply(map("one", &[("app", "x")], &[("a", "1"), ("b", "2")])))
        .await
        .expect("applied");
    assert_eq!(again.resource_version(), first.resource_version(), "the same configuration changes nothing");
    let other = Patch::Merge(json!({"data": {"c": "3"}}));
    maps.patch("one", &PatchParams { field_manager: Some("someone".into()), ..PatchParams::default() }, &other)
        .await
        .expect("patched");
    let less = maps.patch("one", &hypo, &Patch::Apply(map("one", &[], &[("a", "1")]))).await.expect("applied");
    let data = less.data.clone().expect("data");
    assert_eq!(data.keys().collect::<Vec<_>>(), ["a", "c"], "b was ours alone, c is someone's");
    assert!(less.labels().is_empty());
    target.done(&namespace).await;
}

/// A conflict is a 409 that names field and manager; force takes over.
///
/// # Panics
/// The server breaks the contract.
pub async fn conflicts(target: &Target) {
    let namespace = target.namespace().await;
    let api: Api<Deployment> = Api::namespaced(target.client.clone(), &namespace);
    let typed = |replicas: u32| Patch::Apply(deployment("web", "nginx:1", replicas));
    api.patch("web", &PatchParams::apply("one"), &typed(1)).await.expect("applied");
    let conflict = refused(api.patch("web", &PatchParams::apply("two"), &typed(2)).await);
    assert_eq!((conflict.code, conflict.reason.as_str()), (409, "Conflict"));
    assert_eq!(conflict.message, "Apply failed with 1 conflict: conflict with \"one\": .spec.replicas");
    let cause = &conflict.details.expect("details").causes[0];
    assert_eq!(
        (cause.reason.as_str(), cause.field.as_str(), cause.message.as_str()),
        ("FieldManagerConflict", ".spec.replicas", "conflict with \"one\"")
    );
    let mut both = deployment("web", "nginx:2", 2);
    both["spec"]["template"]["spec"]["containers"][0]["env"] = json!([{"name": "A", "value": "1"}]);
    let two = refused(api.patch("web", &PatchParams::apply("two"), &Patch::Apply(&both)).await);
    assert_eq!(
        two.message,
        "Apply failed with 2 conflicts: conflicts with \"one\":\n- .spec.replicas\n\
         - .spec.template.spec.containers[name=\"main\"].image"
    );
    api.patch("web", &PatchParams::apply("two").force(), &typed(2)).await.expect("forced");
    let taken = refused(api.patch("web", &PatchParams::apply("one"), &typed(1)).await);
    assert_eq!(taken.message, "Apply failed with 1 conflict: conflict with \"two\": .spec.replicas");
    api.patch_scale(
        "web",
        &PatchParams { field_manager: Some("scaler".into()), ..PatchParams::default() },
        &Patch::Merge(json!({"spec": {"replicas": 5}})),
    )
    .await
    .expect("scaled");
    let scaled = refused(api.patch("web", &PatchParams::apply("two"), &typed(2)).await);
    assert!(
        scaled.message.starts_with(
            "Apply failed with 1 conflict: conflict with \"scaler\" with subresource \"scale\" using apps/v1"
        ),
        "{}",
        scaled.message
    );
    target.done(&namespace).await;
}

/// Lists of known types merge by their keys, per manager.
///
/// # Panics
/// The server breaks the contract.
pub async fn lists(target: &Target) {
    let namespace = target.namespace().await;
    let api: Api<Deployment> = Api::namespaced(target.client.clone(), &namespace);
    let with_env = |names: &[&str]| {
        let mut document = deployment("web", "nginx:1", 1);
        let container = &mut document["spec"]["template"]["spec"]["containers"][0];
        container["env"] = names.iter().map(|name| json!({"name": name, "value": "1"})).collect();
        container["ports"] = json!([{"containerPort": 80}]);
        document
    };
    api.patch("web", &PatchParams::apply("one"), &Patch::Apply(with_env(&["A", "B"]))).await.expect("applied");
    let sidecar = json!({
        "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"},
        "spec": {"template": {"spec": {"containers": [{"name": "side", "image": "side:1"}]}}},
    });
    api.patch("web", &PatchParams::apply("two"), &Patch::Apply(sidecar))
        .await
        .expect("a second manager adds a container");
    let both = api.patch("web", &PatchParams::apply("one"), &Patch::Apply(with_env(&["B"]))).await.expect("applied");
    let containers = both.spec.template.spec.expect("a pod").containers;
    let names: Vec<_> = containers.iter().map(|container| container.name.as_str()).collect();
    assert_eq!(names, ["main", "side"]);
    let env: Vec<_> = containers[0].env.iter().flatten().map(|variable| variable.name.as_str()).collect();
    assert_eq!(env, ["B"]);
    assert_eq!(containers[0].ports.as_ref().map(Vec::len), Some(1));
    target.done(&namespace).await;
}

/// Apply meets what was created by plain means.
///
/// # Panics
/// The server breaks the contract.
pub async fn adoption(target: &Target) {
    let namespace = target.namespace().await;
    let maps = target.maps(&namespace);
    let params = PostParams { field_manager: Some("creator".into()), ..PostParams::default() };
    maps.create(&params, &map("one", &[], &[("a", "1")])).await.expect("created");
    let hypo = PatchParams::apply("hypo");
    maps.patch("one", &hypo, &Patch::Apply(map("one", &[], &[("a", "1")])))
        .await
        .expect("equal values do not conflict");
    let conflict = refused(maps.patch("one", &hypo, &Patch::Apply(map("one", &[], &[("a", "2")]))).await);
    assert!(
        conflict.message.starts_with("Apply failed with 1 conflict: conflict with \"creator\" using v1"),
        "{}",
        conflict.message
    );
    assert!(conflict.message.ends_with(": .data.a"), "{}", conflict.message);
    let dropped = maps.patch("one", &hypo, &Patch::Apply(map("one", &[], &[]))).await.expect("applied");
    assert_eq!(dropped.data.expect("data")["a"], "1", "the creator still owns it");
    let forced =
        maps.patch("one", &hypo.clone().force(), &Patch::Apply(map("one", &[], &[("a", "2")]))).await.expect("forced");
    assert_eq!(forced.data.expect("data")["a"], "2");
    target.done(&namespace).await;
}
