//! A task per container reads its log into one bounded queue.

use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
};

use futures::StreamExt;
use hypo_model::ports::cluster::LogQuery;
use hypo_shared::{ClusterId, ServiceId};
use tokio::{
    sync::mpsc::{self, Receiver, Sender, error::TrySendError},
    task::JoinSet,
};

use super::{Line, Place, Wish};
use crate::{App, Result, clusters::cluster_names};

/// Lines between the clusters and a reader that is slower than they are.
const QUEUE: usize = 4096;
/// Containers followed at once.
const CONTAINERS: usize = 60;
/// Bytes of a line that are shown.
const LINE: usize = 16 << 10;

/// Running followers of one stream. They end with it.
pub struct Followers {
    app: App,
    service: ServiceId,
    lines: Receiver<Line>,
    sender: Sender<Line>,
    dropped: Arc<AtomicU64>,
    tasks: JoinSet<()>,
}

/// Lines, and how many are missing before them.
#[derive(Debug, Default)]
pub struct Taken {
    pub lines: Vec<Line>,
    pub dropped: u64,
}

/// One container in one cluster.
pub type Source = (ClusterId, String, String);

impl Followers {
    pub fn new(app: App, service: ServiceId) -> Self {
        let (sender, lines) = mpsc::channel(QUEUE);
        Self { app, service, lines, sender, dropped: Arc::default(), tasks: JoinSet::new() }
    }

    /// Follows containers that are not followed yet. A negative tail means all lines.
    pub async fn join(&mut self, wish: &Wish, tail: i32, place: &Place, known: &mut HashSet<Source>) -> Result<()> {
        while self.tasks.try_join_next().is_some() {}
        let Some(view) = self.app.orchestrator().live().service(self.service) else { return Ok(()) };
        let names = cluster_names(&self.app).await?;
        let wanted = view.components.iter().filter(|component| {
            wish.component.as_ref().is_none_or(|name| *name == component.component)
                && wish.cluster.is_none_or(|cluster| cluster == component.cluster)
        });
        for component in wanted {
            for pod in &component.pods {
                for container in &pod.containers {
                    let source = (component.cluster, pod.name.clone(), container.clone());
                    if self.tasks.len() >= CONTAINERS || !known.insert(source) {
                        continue;
                    }
                    let since = place.since(&pod.name, container);
                    let query = LogQuery {
                        namespace: component.namespace.clone(),
                        pod: pod.name.clone(),
                        container: Some(container.clone()),
                        follow: true,
                        tail: if since.is_some() || tail < 0 { None } else { Some(tail.into()) },
                        since,
                        previous: false,
                    };
                    let follower = Follower {
                        app: self.app.clone(),
                        cluster: component.cluster,
                        cluster_name: names.name(component.cluster),
                        component: component.component.clone(),
                        query,
                        sender: self.sender.clone(),
                        dropped: Arc::clone(&self.dropped),
                    };
                    self.tasks.spawn(follower.run());
                }
            }
        }
        Ok(())
    }

    /// Waits for lines and takes up to `most`.
    pub async fn take(&mut self, most: usize) -> Taken {
        let mut lines = Vec::new();
        self.lines.recv_many(&mut lines, most).await;
        Taken { lines, dropped: self.dropped.swap(0, Relaxed) }
    }
}

struct Follower {
    app: App,
    cluster: ClusterId,
    cluster_name: String,
    component: String,
    query: LogQuery,
    sender: Sender<Line>,
    dropped: Arc<AtomicU64>,
}

impl Follower {
    /// Reads until the container ends or the reader has gone.
    async fn run(self) {
        let opened = async { self.app.orchestrator().world().cluster(self.cluster).await?.logs(&self.query).await };
        let mut lines = match opened.await {
            Ok(lines) => lines,
            Err(error) => {
                tracing::debug!(cluster.id = %self.cluster, pod = self.query.pod, error = %error, "A log could not be opened.");
                return;
            }
        };
        while let Some(Ok(line)) = lines.next().await {
            let mut text = line.text;
            if text.len() > LINE {
                let end = (0..=LINE).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
                text.truncate(end);
            }
            let line = Line {
                at: line.at,
                pod: line.pod,
                container: line.container,
                component: self.component.clone(),
                cluster: self.cluster_name.clone(),
                text,
            };
            match self.sender.try_send(line) {
                Ok(()) => {}
                Err(TrySendError::Full(_)) => {
                    self.dropped.fetch_add(1, Relaxed);
                }
                Err(TrySendError::Closed(_)) => return,
            }
        }
    }
}
