//! Watches, bare and as `kube-runtime` uses them.

use std::{pin::pin, time::Duration};

use futures::{StreamExt, TryStreamExt};
use kube::{
    ResourceExt,
    api::{DeleteParams, ListParams, Patch, PatchParams, PostParams, WatchEvent, WatchParams},
    runtime::{WatchStreamExt, watcher},
};
use serde_json::json;
use tokio::time::timeout;

use super::{Target, map};

const SOON: Duration = Duration::from_secs(10);

/// Added, modified and deleted in order from a version on, filtered by labels; then the end by timeout.
///
/// # Panics
/// The server breaks the contract.
pub async fn events(target: &Target) {
    let namespace = target.namespace().await;
    let maps = target.maps(&namespace);
    let start = maps.list(&ListParams::default()).await.expect("listed").metadata.resource_version.expect("a version");
    let params = WatchParams::default().labels("app=x").timeout(4);
    let stream = maps.watch(&params, &start).await.expect("watching");
    let mut stream = pin!(stream);
    maps.create(&PostParams::default(), &map("other", &[("app", "y")], &[])).await.expect("created");
    maps.create(&PostParams::default(), &map("one", &[("app", "x")], &[])).await.expect("created");
    maps.patch("one", &PatchParams::default(), &Patch::Merge(json!({"data": {"k": "v"}}))).await.expect("patched");
    let relabel = json!({"metadata": {"labels": {"app": "y"}}});
    maps.patch("one", &PatchParams::default(), &Patch::Merge(relabel)).await.expect("patched");
    let mut seen = vec![];
    while let Some(event) = timeout(SOON, stream.try_next()).await.expect("the watch ends by itself").expect("no error")
    {
        seen.push(match event {
            WatchEvent::Added(object) => format!("added {}", object.name_any()),
            WatchEvent::Modified(object) => format!("modified {}", object.name_any()),
            WatchEvent::Deleted(object) => format!("deleted {}", object.name_any()),
            WatchEvent::Bookmark(_) => continue,
            WatchEvent::Error(status) => panic!("{status:?}"),
        });
    }
    assert_eq!(seen, ["added one", "modified one", "deleted one"], "leaving the selector is a deletion");
    target.done(&namespace).await;
}

/// A watch that allows bookmarks gets one. A real API server sends them at its own discretion, about two seconds before
/// it ends a watch, from a timer that ticks once a second and skips what it is late for: the watch lasts well beyond
/// that, and one that went without is asked for again.
///
/// # Panics
/// The server breaks the contract.
pub async fn bookmarks(target: &Target) {
    let namespace = target.namespace().await;
    let maps = target.maps(&namespace);
    let start = maps.list(&ListParams::default()).await.expect("listed").metadata.resource_version.expect("a version");
    let mut marked = false;
    for _ in 0..3 {
        marked |= bookmarked(target, &namespace, &start).await;
        if marked {
            break;
        }
    }
    assert!(marked);
    target.done(&namespace).await;
}

async fn bookmarked(target: &Target, namespace: &str, start: &str) -> bool {
    let params = WatchParams { bookmarks: true, ..WatchParams::default().timeout(6) };
    let stream = target.maps(namespace).watch(&params, start).await.expect("watching");
    let mut stream = pin!(stream);
    let mut marked = false;
    while let Some(event) = timeout(SOON, stream.try_next()).await.expect("the watch ends by itself").expect("no error")
    {
        if let WatchEvent::Bookmark(mark) = event {
            let version: u64 = mark.metadata.resource_version.parse().expect("a number");
            assert!(version >= start.parse().expect("a number"));
            marked = true;
        }
    }
    marked
}

/// `kube-runtime`'s watcher by list-and-watch and by streaming list.
///
/// # Panics
/// The server breaks the contract.
pub async fn runtime(target: &Target) {
    let namespace = target.namespace().await;
    let maps = target.maps(&namespace);
    maps.create(&PostParams::default(), &map("before", &[("app", "x")], &[])).await.expect("created");
    for config in [watcher::Config::default(), watcher::Config::default().streaming_lists()] {
        let stream = watcher(maps.clone(), config.labels("app=x")).default_backoff().applied_objects();
        let mut stream = pin!(stream);
        let first = timeout(SOON, stream.next()).await.expect("soon").expect("an item").expect("no error");
        assert_eq!(first.name_any(), "before");
        maps.create(&PostParams::default(), &map("after", &[("app", "x")], &[])).await.expect("created");
        let second = timeout(SOON, stream.next()).await.expect("soon").expect("an item").expect("no error");
        assert_eq!(second.name_any(), "after");
        maps.delete("after", &DeleteParams::default()).await.expect("deleted");
    }
    target.done(&namespace).await;
}
