//! Objects by kind, namespace and name, with one monotone resourceVersion, a bounded change log for
//! watchers and an append-only file.

mod disk;

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::Arc,
};

use serde_json::Value;
use tokio::sync::watch;

use crate::{TwinError, json};

pub use disk::Disk;

/// What happened to an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    Added,
    Modified,
    Deleted,
}

/// One entry of the change log.
#[derive(Clone, Debug)]
pub struct Change {
    pub version: u64,
    pub kind: Arc<str>,
    pub op: Op,
    pub object: Arc<Value>,
    /// What was there before, to see objects leave a selector.
    pub previous: Option<Arc<Value>>,
}

/// Namespace (`""` for cluster-scoped) and name.
pub type Key = (String, String);

/// All objects of one cluster.
pub struct Store {
    version: u64,
    objects: HashMap<Arc<str>, BTreeMap<Key, Arc<Value>>>,
    uids: HashMap<String, (Arc<str>, Key)>,
    log: VecDeque<Change>,
    window: usize,
    forgotten: u64,
    disk: Option<Disk>,
    changed: watch::Sender<u64>,
    deletions: u64,
}

impl Store {
    /// An empty store, or the one the disk remembers.
    ///
    /// # Errors
    /// The file cannot be read or written.
    pub fn open(window: usize, disk: Option<Disk>) -> Result<Self, TwinError> {
        let mut store = Self {
            version: 1,
            objects: HashMap::new(),
            uids: HashMap::new(),
            log: VecDeque::new(),
            window: window.max(1),
            forgotten: 1,
            disk: None,
            changed: watch::Sender::new(1),
            deletions: 0,
        };
        if let Some(mut disk) = disk {
            let (version, objects) = disk.load()?;
            store.version = version.max(1);
            store.forgotten = store.version;
            for (kind, object) in objects {
                store.index(&kind, &object);
                let key = key_of(&object);
                store.objects.entry(kind).or_default().insert(key, Arc::new(object));
            }
            disk.compact(
                store.version,
                store.objects.iter().flat_map(|(kind, all)| all.values().map(move |o| (kind, o))),
            )?;
            store.disk = Some(disk);
        }
        Ok(store)
    }

    /// The newest resourceVersion.
    pub fn version(&self) -> u64 {
        self.version
    }

    /// How many objects have ever been removed; changes mean garbage may exist.
    pub fn deletions(&self) -> u64 {
        self.deletions
    }

    /// A receiver that sees every new resourceVersion.
    pub fn subscribe(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// One object.
    pub fn get(&self, kind: &str, namespace: &str, name: &str) -> Option<Arc<Value>> {
        self.objects.get(kind)?.get(&(namespace.to_owned(), name.to_owned())).cloned()
    }

    /// One object by uid, with its kind.
    pub fn by_uid(&self, uid: &str) -> Option<(Arc<str>, Arc<Value>)> {
        let (kind, key) = self.uids.get(uid)?;
        Some((kind.clone(), self.objects.get(kind)?.get(key)?.clone()))
    }

    /// Objects of a kind, of one namespace or of all, ordered by namespace and name.
    pub fn list<'s>(
        &'s self,
        kind: &str,
        namespace: Option<&'s str>,
    ) -> impl Iterator<Item = &'s Arc<Value>> + use<'s> {
        let all = self.objects.get(kind);
        let from = (namespace.unwrap_or_default().to_owned(), String::new());
        all.into_iter()
            .flat_map(move |all| all.range(from.clone()..))
            .take_while(move |((at, _), _)| namespace.is_none_or(|only| only == at))
            .map(|(_, object)| object)
    }

    /// Objects of a kind as a detached vector: controllers write while they walk.
    pub fn all(&self, kind: &str) -> Vec<Arc<Value>> {
        self.list(kind, None).cloned().collect()
    }

    /// Objects of a kind in one namespace as a detached vector.
    pub fn within(&self, kind: &str, namespace: &str) -> Vec<Arc<Value>> {
        self.list(kind, Some(namespace)).cloned().collect()
    }

    /// Every object of a namespace with its kind.
    pub fn contents(&self, namespace: &str) -> Vec<(Arc<str>, Arc<Value>)> {
        let mut contents = vec![];
        for kind in self.objects.keys() {
            contents.extend(self.list(kind, Some(namespace)).map(|object| (kind.clone(), object.clone())));
        }
        contents.sort_by(|(left, _), (right, _)| left.cmp(right));
        contents
    }

    /// Every object with its kind.
    pub fn everything(&self) -> impl Iterator<Item = (&Arc<str>, &Arc<Value>)> {
        self.objects.iter().flat_map(|(kind, all)| all.values().map(move |object| (kind, object)))
    }

    /// Number of objects.
    pub fn len(&self) -> usize {
        self.objects.values().map(BTreeMap::len).sum()
    }

    /// Stores an object under its own namespace and name and returns it with its new resourceVersion.
    pub fn put(&mut self, kind: &Arc<str>, mut object: Value) -> Arc<Value> {
        self.version += 1;
        json::set(&mut object, "/metadata/resourceVersion", self.version.to_string());
        self.index(kind, &object);
        let object = Arc::new(object);
        let previous = self.objects.entry(kind.clone()).or_default().insert(key_of(&object), object.clone());
        if let Some(disk) = &mut self.disk {
            disk.put(self.version, kind, &object);
        }
        let op = if previous.is_some() { Op::Modified } else { Op::Added };
        self.record(Change { version: self.version, kind: kind.clone(), op, object: object.clone(), previous });
        object
    }

    /// Removes an object and returns its last state.
    pub fn remove(&mut self, kind: &Arc<str>, namespace: &str, name: &str) -> Option<Arc<Value>> {
        let key = (namespace.to_owned(), name.to_owned());
        let last = self.objects.get_mut(kind)?.remove(&key)?;
        self.uids.remove(json::uid(&last));
        self.version += 1;
        self.deletions += 1;
        let mut gone = (*last).clone();
        json::set(&mut gone, "/metadata/resourceVersion", self.version.to_string());
        let gone = Arc::new(gone);
        if let Some(disk) = &mut self.disk {
            disk.remove(self.version, kind, namespace, name);
        }
        self.record(Change {
            version: self.version,
            kind: kind.clone(),
            op: Op::Deleted,
            object: gone.clone(),
            previous: Some(last),
        });
        Some(gone)
    }

    /// Changes after a version, oldest first; `None` when they are no longer remembered.
    pub fn since(&self, version: u64, kind: &str) -> Option<Vec<Change>> {
        if version < self.forgotten {
            return None;
        }
        let start = self.log.partition_point(|change| change.version <= version);
        Some(self.log.range(start..).filter(|change| *change.kind == *kind).cloned().collect())
    }

    /// The oldest version a watch may start from.
    pub fn oldest(&self) -> u64 {
        self.forgotten
    }

    /// Forgets all remembered changes, as etcd compaction does.
    pub fn expire(&mut self) {
        self.log.clear();
        self.forgotten = self.version;
    }

    fn record(&mut self, change: Change) {
        self.log.push_back(change);
        while self.log.len() > self.window {
            if let Some(old) = self.log.pop_front() {
                self.forgotten = old.version;
            }
        }
        if self.disk.as_ref().is_some_and(|disk| disk.wants_compaction(self.len())) {
            let version = self.version;
            let objects = &self.objects;
            if let Some(disk) = &mut self.disk
                && let Err(error) =
                    disk.compact(version, objects.iter().flat_map(|(kind, all)| all.values().map(move |o| (kind, o))))
            {
                tracing::error!(error = %error, "compacting the state file failed");
            }
        }
        self.changed.send_replace(self.version);
    }

    fn index(&mut self, kind: &Arc<str>, object: &Value) {
        self.uids.insert(json::uid(object).to_owned(), (kind.clone(), key_of(object)));
    }
}

fn key_of(object: &Value) -> Key {
    (json::namespace(object).to_owned(), json::name(object).to_owned())
}
