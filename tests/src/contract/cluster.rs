//! What a cluster says about itself: discovery, versions, permissions, custom resources.

use k8s_openapi::{
    api::{
        authorization::v1::SelfSubjectAccessReview,
        core::v1::{Namespace, Node},
    },
    apiextensions_apiserver::pkg::apis::apiextensions::v1::CustomResourceDefinition,
};
use kube::{
    Api, Client, Discovery, ResourceExt,
    api::{ApiResource, DeleteParams, DynamicObject, GroupVersionKind, ListParams, Patch, PatchParams, PostParams},
    discovery::{Scope, verbs},
};
use serde_json::json;

use super::{Target, eventually, object, refused};

/// Version and discovery, legacy and aggregated.
///
/// # Panics
/// The server breaks the contract.
pub async fn discovery(target: &Target) {
    let version = target.client.apiserver_version().await.expect("a version");
    assert!(version.git_version.starts_with("v1."));
    for aggregated in [false, true] {
        let discovery = Discovery::new(target.client.clone());
        let discovery = if aggregated { discovery.run_aggregated().await } else { discovery.run().await };
        let discovery = discovery.expect("discovered");
        for (group, version, kind, scope) in [
            ("", "v1", "Pod", Scope::Namespaced),
            ("", "v1", "Namespace", Scope::Cluster),
            ("apps", "v1", "Deployment", Scope::Namespaced),
            ("apps", "v1", "StatefulSet", Scope::Namespaced),
            ("batch", "v1", "Job", Scope::Namespaced),
            ("networking.k8s.io", "v1", "Ingress", Scope::Namespaced),
            ("networking.k8s.io", "v1", "NetworkPolicy", Scope::Namespaced),
            ("rbac.authorization.k8s.io", "v1", "ClusterRole", Scope::Cluster),
            ("storage.k8s.io", "v1", "StorageClass", Scope::Cluster),
            ("discovery.k8s.io", "v1", "EndpointSlice", Scope::Namespaced),
        ] {
            let found = discovery.resolve_gvk(&GroupVersionKind::gvk(group, version, kind));
            let (_, capabilities) = found.unwrap_or_else(|| panic!("{group}/{version} {kind} is served"));
            assert_eq!(capabilities.scope, scope, "{kind}");
            assert!(capabilities.supports_operation(verbs::PATCH), "{kind}");
            assert!(capabilities.supports_operation(verbs::WATCH), "{kind}");
        }
    }
    let api: Api<Namespace> = Api::all(target.client.clone());
    assert!(api.get("default").await.expect("there").labels().contains_key("kubernetes.io/metadata.name"));
}

/// Nodes say what they can hold.
///
/// # Panics
/// The server breaks the contract.
pub async fn nodes(target: &Target) {
    let nodes: Api<Node> = Api::all(target.client.clone());
    let nodes = nodes.list(&ListParams::default()).await.expect("listed");
    assert!(!nodes.items.is_empty());
    for node in nodes {
        let allocatable = node.status.and_then(|status| status.allocatable).expect("capacity");
        assert!(allocatable.contains_key("cpu") && allocatable.contains_key("memory"));
    }
}

/// A wrong token is nobody; an administrator may everything.
///
/// # Panics
/// The server breaks the contract.
pub async fn identity(target: &Target) {
    let mut config = target.config.clone();
    config.auth_info = kube::config::AuthInfo { token: Some("wrong".to_owned().into()), ..Default::default() };
    let stranger = Client::try_from(config).expect("a client");
    let nodes: Api<Node> = Api::all(stranger);
    let status = refused(nodes.list(&ListParams::default()).await);
    assert_eq!((status.code, status.reason.as_str(), status.message.as_str()), (401, "Unauthorized", "Unauthorized"));
    let reviews: Api<SelfSubjectAccessReview> = Api::all(target.client.clone());
    let question = object(json!({"spec": {"resourceAttributes": {"verb": "create", "resource": "namespaces"}}}));
    let answer = reviews.create(&PostParams::default(), &question).await.expect("answered");
    assert!(answer.status.expect("a status").allowed);
}

/// Custom resources are served once defined, with status and apply.
///
/// # Panics
/// The server breaks the contract.
pub async fn custom(target: &Target) {
    let namespace = target.namespace().await;
    let group = format!("g{}.hypo.dev", &uuid::Uuid::new_v4().simple().to_string()[..8]);
    let definition: CustomResourceDefinition = object(json!({
        "metadata": {"name": format!("widgets.{group}")},
        "spec": {
            "group": group, "scope": "Namespaced", "names": {"plural": "widgets", "singular": "widget", "kind": "Widget"},
            "versions": [{
                "name": "v1", "served": true, "storage": true, "subresources": {"status": {}},
                "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}},
            }],
        },
    }));
    let definitions: Api<CustomResourceDefinition> = Api::all(target.client.clone());
    definitions.create(&PostParams::default(), &definition).await.expect("defined");
    let name = definition.name_any();
    eventually("the definition is established", || async {
        let conditions = definitions.get(&name).await.ok()?.status?.conditions?;
        conditions.iter().any(|one| one.type_ == "Established" && one.status == "True").then_some(())
    })
    .await;
    let resource = ApiResource::from_gvk_with_plural(&GroupVersionKind::gvk(&group, "v1", "Widget"), "widgets");
    let widgets: Api<DynamicObject> = Api::namespaced_with(target.client.clone(), &namespace, &resource);
    let body = json!({
        "apiVersion": format!("{group}/v1"), "kind": "Widget", "metadata": {"name": "one"},
        "spec": {"size": 1}, "status": {"ignored": true},
    });
    let made = eventually("widgets are served", || async {
        widgets.patch("one", &PatchParams::apply("hypo"), &Patch::Apply(&body)).await.ok()
    })
    .await;
    assert_eq!(made.data["spec"]["size"], 1);
    assert_eq!(made.data.get("status"), None, "status is written through its subresource");
    let status = Patch::Merge(json!({"status": {"ready": true}}));
    let after = widgets.patch_status("one", &PatchParams::default(), &status).await.expect("patched");
    assert_eq!(after.data["status"]["ready"], true);
    assert_eq!(after.metadata.generation, Some(1));
    definitions.delete(&name, &DeleteParams::default()).await.expect("deleted");
    eventually("widgets are gone", || async { widgets.get("one").await.err().map(drop) }).await;
    target.done(&namespace).await;
}
