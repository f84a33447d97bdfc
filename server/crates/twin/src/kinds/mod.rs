//! The kinds the cluster serves: a fixed table plus what CustomResourceDefinitions add.

mod table;

use std::{collections::BTreeMap, sync::Arc};

use serde_json::Value;

use crate::json;

pub use table::builtin;

/// One served resource.
#[derive(Debug)]
pub struct Kind {
    /// API group, `""` for core.
    pub group: String,
    /// Served version.
    pub version: String,
    /// Plural name as in paths.
    pub plural: String,
    /// Singular lower-case name.
    pub singular: String,
    /// Kind as in documents.
    pub kind: String,
    /// Short names, as kubectl uses them.
    pub short: Vec<String>,
    /// Lives in a namespace.
    pub namespaced: bool,
    /// Has `/status`.
    pub status: bool,
    /// Has `/scale`.
    pub scale: bool,
    /// Made by a CustomResourceDefinition.
    pub custom: bool,
    /// Computed, never stored (reviews, metrics).
    pub computed: bool,
    /// `plural.group`, or `plural` in core: storage key and name in messages.
    pub id: Arc<str>,
}

impl Kind {
    /// `group/version`, or `version` in core.
    pub fn api_version(&self) -> String {
        if self.group.is_empty() { self.version.clone() } else { format!("{}/{}", self.group, self.version) }
    }

    /// `Kind.group`, or `Kind` in core, as 422 messages name it.
    pub fn qualified(&self) -> String {
        if self.group.is_empty() { self.kind.clone() } else { format!("{}.{}", self.kind, self.group) }
    }
}

/// All kinds, looked up by group and plural.
#[derive(Debug, Default)]
pub struct Registry {
    by_path: BTreeMap<(String, String, String), Arc<Kind>>,
    by_id: BTreeMap<Arc<str>, Arc<Kind>>,
}

impl Registry {
    /// The fixed kinds.
    pub fn new() -> Self {
        let mut registry = Self::default();
        for kind in builtin() {
            registry.insert(kind);
        }
        registry
    }

    fn insert(&mut self, kind: Kind) {
        let kind = Arc::new(kind);
        self.by_id.entry(kind.id.clone()).or_insert_with(|| kind.clone());
        self.by_path.insert((kind.group.clone(), kind.version.clone(), kind.plural.clone()), kind);
    }

    /// The kind at `/apis/group/version/plural`.
    pub fn find(&self, group: &str, version: &str, plural: &str) -> Option<Arc<Kind>> {
        self.by_path.get(&(group.to_owned(), version.to_owned(), plural.to_owned())).cloned()
    }

    /// The kind by its storage id (`deployments.apps`).
    pub fn by_id(&self, id: &str) -> Option<Arc<Kind>> {
        self.by_id.get(id).cloned()
    }

    /// Every kind, ordered by group, version and plural.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Kind>> {
        self.by_path.values()
    }

    /// Kinds whose objects are stored, one entry per storage id.
    pub fn stored(&self) -> impl Iterator<Item = &Arc<Kind>> {
        self.by_id.values().filter(|kind| !kind.computed)
    }

    /// Serves the versions of a CustomResourceDefinition (apiextensions.k8s.io/v1).
    pub fn add_crd(&mut self, crd: &Value) {
        self.remove_crd(crd);
        let group = json::text(crd, "/spec/group");
        let plural = json::text(crd, "/spec/names/plural");
        for version in json::list(crd, "/spec/versions").iter().filter(|version| json::flag(version, "/served")) {
            self.insert(Kind {
                group: group.into(),
                version: json::text(version, "/name").into(),
                plural: plural.into(),
                singular: json::text(crd, "/spec/names/singular").into(),
                kind: json::text(crd, "/spec/names/kind").into(),
                short: json::list(crd, "/spec/names/shortNames")
                    .iter()
                    .filter_map(|name| name.as_str().map(str::to_owned))
                    .collect(),
                namespaced: json::text(crd, "/spec/scope") != "Cluster",
                status: version.pointer("/subresources/status").is_some(),
                scale: version.pointer("/subresources/scale").is_some(),
                custom: true,
                computed: false,
                id: format!("{plural}.{group}").into(),
            });
        }
    }

    /// Stops serving a CustomResourceDefinition.
    pub fn remove_crd(&mut self, crd: &Value) {
        let id = format!("{}.{}", json::text(crd, "/spec/names/plural"), json::text(crd, "/spec/group"));
        self.by_path.retain(|_, kind| *kind.id != *id);
        self.by_id.remove(id.as_str());
    }
}
