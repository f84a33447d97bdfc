//! Lists: selectors, pages, metadata only, deletion of a collection.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::{ConfigMap, Event, Pod};
use kube::{
    Api, ResourceExt,
    api::{DeleteParams, ListParams, PostParams},
};

use super::{Target, map, refused};

fn names(list: impl IntoIterator<Item = ConfigMap>) -> BTreeSet<String> {
    // Every namespace of a full cluster holds this one.
    list.into_iter().map(|one| one.name_any()).filter(|name| name != "kube-root-ca.crt").collect()
}

/// Label and field selectors.
///
/// # Panics
/// The server breaks the contract.
pub async fn selectors(target: &Target) {
    let namespace = target.namespace().await;
    let maps = target.maps(&namespace);
    for (name, tier, app) in [("a", "front", "x"), ("b", "back", "x"), ("c", "back", "y")] {
        maps.create(&PostParams::default(), &map(name, &[("tier", tier), ("app", app)], &[])).await.expect("created");
    }
    let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>();
    for (selector, wanted) in [
        ("tier=back", set(&["b", "c"])),
        ("tier!=back,app", set(&["a"])),
        ("tier in (front,back),app notin (y)", set(&["a", "b"])),
        ("tier,!missing", set(&["a", "b", "c"])),
    ] {
        let found = maps.list(&ListParams::default().labels(selector)).await.expect("listed");
        assert_eq!(names(found), wanted, "{selector}");
    }
    let one = maps.list(&ListParams::default().fields("metadata.name=b")).await.expect("listed");
    assert_eq!(names(one), set(&["b"]));
    let pods: Api<Pod> = Api::namespaced(target.client.clone(), &namespace);
    let fields = "spec.nodeName=nowhere,status.phase!=Running";
    assert!(pods.list(&ListParams::default().fields(fields)).await.expect("supported fields").items.is_empty());
    let events: Api<Event> = Api::namespaced(target.client.clone(), &namespace);
    let fields = "involvedObject.kind=Pod,involvedObject.name=x";
    assert!(events.list(&ListParams::default().fields(fields)).await.expect("supported fields").items.is_empty());
    let odd = refused(maps.list(&ListParams::default().fields("spec.colour=red")).await);
    assert_eq!((odd.code, odd.reason.as_str()), (400, "BadRequest"));
    target.done(&namespace).await;
}

/// Limit and continue walk a collection once, whole and in order.
///
/// # Panics
/// The server breaks the contract.
pub async fn pages(target: &Target) {
    let namespace = target.namespace().await;
    let maps = target.maps(&namespace);
    for index in 0..7 {
        maps.create(&PostParams::default(), &map(&format!("m{index}"), &[("page", "me")], &[])).await.expect("created");
    }
    let mut params = ListParams::default().labels("page=me").limit(3);
    let mut seen = vec![];
    let mut pages = 0;
    loop {
        let page = maps.list(&params).await.expect("a page");
        assert!(page.items.len() <= 3);
        pages += 1;
        let token = page.metadata.continue_.clone().filter(|token| !token.is_empty());
        seen.extend(page.items.into_iter().map(|one| one.name_any()));
        match token {
            Some(token) => params.continue_token = Some(token),
            None => break,
        }
    }
    assert_eq!((pages, seen.len()), (3, 7));
    assert!(seen.is_sorted());
    target.done(&namespace).await;
}

/// `PartialObjectMetadata` for one and for many.
///
/// # Panics
/// The server breaks the contract.
pub async fn metadata(target: &Target) {
    let namespace = target.namespace().await;
    let maps = target.maps(&namespace);
    maps.create(&PostParams::default(), &map("one", &[("app", "x")], &[("k", "v")])).await.expect("created");
    let one = maps.get_metadata("one").await.expect("there");
    assert_eq!(one.labels()["app"], "x");
    let list = maps.list_metadata(&ListParams::default().labels("app=x")).await.expect("listed");
    assert_eq!(list.items.len(), 1);
    target.done(&namespace).await;
}

/// Deleting what a selector finds, and nothing else.
///
/// # Panics
/// The server breaks the contract.
pub async fn deletion(target: &Target) {
    let namespace = target.namespace().await;
    let maps = target.maps(&namespace);
    for (name, app) in [("a", "x"), ("b", "x"), ("c", "y")] {
        maps.create(&PostParams::default(), &map(name, &[("app", app)], &[])).await.expect("created");
    }
    maps.delete_collection(&DeleteParams::default(), &ListParams::default().labels("app=x")).await.expect("deleted");
    let left = names(maps.list(&ListParams::default()).await.expect("listed"));
    assert_eq!(left, BTreeSet::from(["c".to_owned()]));
    target.done(&namespace).await;
}
