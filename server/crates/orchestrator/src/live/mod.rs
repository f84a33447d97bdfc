//! What is observed of running services: a watch-fed index in memory. A feed: it may be lost and is built again.

mod feed;
mod index;
mod view;

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, RwLock},
};

use futures::StreamExt;
use hypo_model::ports::cluster::{ClusterPort, LABEL_SERVICE, LogQuery, Scope};
use hypo_shared::ServiceId;
use serde_json::Value;
use tokio::sync::broadcast;

pub use feed::Feeds;
pub use view::{ClaimView, ComponentView, EventView, PodView, ServiceView};

/// Ids of changed services that a slow reader may lag behind before it is told so.
const CHANGES: usize = 1024;

/// The index. Clones share it.
#[derive(Clone)]
pub struct Live {
    views: Arc<RwLock<HashMap<ServiceId, Arc<ServiceView>>>>,
    changed: broadcast::Sender<ServiceId>,
}

impl Default for Live {
    fn default() -> Self {
        Self { views: Arc::default(), changed: broadcast::Sender::new(CHANGES) }
    }
}

impl Live {
    /// What is known of a service now; `None` before the first look and after its end.
    #[must_use]
    pub fn service(&self, id: ServiceId) -> Option<Arc<ServiceView>> {
        self.views.read().expect("no panic while held").get(&id).cloned()
    }

    /// Ids of services whose view has changed. A reader that lagged reads the views it shows again.
    #[must_use]
    pub fn changes(&self) -> broadcast::Receiver<ServiceId> {
        self.changed.subscribe()
    }

    fn put(&self, id: ServiceId, view: ServiceView) {
        let mut views = self.views.write().expect("no panic while held");
        let same = views.get(&id).is_some_and(|known| known.says(&view));
        views.insert(id, Arc::new(view));
        drop(views);
        // Only the time of the observation is newer: nobody need look.
        if same {
            return;
        }
        // Nobody listens: nothing to do.
        let _ = self.changed.send(id);
    }

    fn remove(&self, id: ServiceId) {
        if self.views.write().expect("no panic while held").remove(&id).is_some() {
            let _ = self.changed.send(id);
        }
    }
}

/// Objects of one service in one namespace.
#[must_use]
pub fn scope_of(service: ServiceId, namespace: &str) -> Scope {
    Scope { namespace: namespace.to_owned(), labels: BTreeMap::from([(LABEL_SERVICE.to_owned(), service.to_string())]) }
}

pub(crate) fn label<'a>(object: &'a Value, key: &str) -> Option<&'a str> {
    object.pointer("/metadata/labels")?.get(key)?.as_str()
}

/// Up to `limit` lines, or none where the cluster gives none.
pub(crate) async fn collect(cluster: &dyn ClusterPort, query: &LogQuery, limit: usize) -> Vec<String> {
    let Ok(lines) = cluster.logs(query).await else { return Vec::new() };
    lines.take(limit).filter_map(async |line| line.ok().map(|line| line.text)).collect().await
}
