//! Watch: JSON lines of changes, bookmarks, expiry.

use std::{sync::Arc, time::Duration};

use axum::body::{Body, Bytes};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{
    read::{Filter, Form, shown},
    target::{Query, Resource},
};
use crate::{
    cluster::{Cluster, stopped},
    error::{ApiError, ApiResult},
    kinds::Kind,
    store::{Change, Op},
};

/// How often a quiet watch that allows bookmarks gets one.
const BOOKMARK_EVERY: Duration = Duration::from_secs(10);

fn line(kind: &str, object: &Value) -> Bytes {
    let mut bytes = serde_json::to_vec(&json!({"type": kind, "object": object})).unwrap_or_default();
    bytes.push(b'\n');
    bytes.into()
}

fn bookmark(kind: &Kind, version: u64, initial_end: bool) -> Bytes {
    let mut metadata = json!({"resourceVersion": version.to_string(), "creationTimestamp": null});
    if initial_end {
        metadata["annotations"] = json!({"k8s.io/initial-events-end": "true"});
    }
    line("BOOKMARK", &json!({"kind": kind.kind, "apiVersion": kind.api_version(), "metadata": metadata}))
}

/// The event a change is to a filtered watcher: objects that enter or leave the selector are added or deleted.
fn event(change: &Change, filter: &Filter, kind: &Kind, form: Form) -> Option<Bytes> {
    let was = change.previous.as_ref().is_some_and(|previous| filter.matches(previous));
    let is = change.op != Op::Deleted && filter.matches(&change.object);
    let name = match (was, is) {
        (false, false) => return None,
        (false, true) => "ADDED",
        (true, true) => "MODIFIED",
        (true, false) => "DELETED",
    };
    Some(line(name, &shown(&change.object, kind, form)))
}

/// The body of a watch.
///
/// # Errors
/// 400 for bad selectors.
pub fn watch(cluster: &Arc<Cluster>, target: &Resource, query: &Query, form: Form) -> ApiResult<Body> {
    let filter = Filter::new(target, query)?;
    let kind = target.kind.clone();
    let bookmarks = query.flag("allowWatchBookmarks");
    let streaming = query.flag("sendInitialEvents");
    let seconds = query.number::<u64>("timeoutSeconds").unwrap_or(30 * 60);
    let wanted = query.get("resourceVersion");
    let start: Option<u64> = match wanted {
        "" | "0" => None,
        text => Some(text.parse().map_err(|_| {
            ApiError::bad_request(format!(
                "resourceVersion: Invalid value: {text:?}: strconv.ParseUint: parsing {text:?}: invalid syntax"
            ))
        })?),
    };
    let cluster = cluster.clone();
    let stream = async_stream::stream! {
        let deadline = Instant::now() + Duration::from_secs(seconds.max(1));
        let (mut changed, mut stop) = (cluster.state().store.subscribe(), cluster.stop.subscribe());
        let (initial, mut at) = {
            let state = cluster.state();
            match start.filter(|_| !streaming) {
                Some(version) => (vec![], version),
                // Without a version (or as a streamed list) the watch begins with what there is.
                None => (
                    filter.select(&state, &kind).map(|object| line("ADDED", &shown(object, &kind, form))).collect(),
                    state.store.version(),
                ),
            }
        };
        for bytes in initial {
            yield Ok::<_, std::convert::Infallible>(bytes);
        }
        if streaming {
            yield Ok(bookmark(&kind, at, true));
        }
        loop {
            let (changes, version, oldest) = {
                let state = cluster.state();
                (state.store.since(at, &kind.id), state.store.version(), state.store.oldest())
            };
            let Some(changes) = changes else {
                let gone = ApiError::expired(format!("too old resource version: {at} ({oldest})"));
                yield Ok(line("ERROR", &gone.status()));
                return;
            };
            for change in &changes {
                if let Some(bytes) = event(change, &filter, &kind, form) {
                    yield Ok(bytes);
                }
            }
            at = at.max(version);
            tokio::select! {
                more = newer(&mut changed, at) => if !more { return },
                () = tokio::time::sleep_until(deadline) => {
                    if bookmarks {
                        yield Ok(bookmark(&kind, at, false));
                    }
                    return;
                }
                () = tokio::time::sleep(BOOKMARK_EVERY), if bookmarks => yield Ok(bookmark(&kind, at, false)),
                () = stopped(&mut stop) => return,
            }
        }
    };
    Ok(Body::from_stream(stream))
}

/// A watch that ends at once with 410, for the fault of that name.
pub fn expired(version: u64) -> Body {
    let gone = ApiError::expired(format!("too old resource version: 1 ({version})"));
    Body::from(line("ERROR", &gone.status()))
}

/// Waits for a version after `at`; false when the store is gone.
async fn newer(changed: &mut tokio::sync::watch::Receiver<u64>, at: u64) -> bool {
    changed.wait_for(|version| *version > at).await.is_ok()
}
