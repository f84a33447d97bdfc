//! A package rendered once: its objects, their digest, what the renderer generated, its hooks.

mod generated;
pub(crate) mod hooks;

use hypo_shared::analysis::ObjectRef;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Error, canonical, components::workload, manifest::Document};

pub use generated::{compare_renders, keep_generated};

/// A rendered package.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Render {
    /// Objects that are applied. Helm tests and hooks of deletion are not among them.
    pub documents: Vec<Document>,
    /// SHA-256 of the canonical JSON of all objects, hex; the order of documents does not matter.
    pub digest: String,
    /// Values that differ from render to render: passwords, certificates.
    pub generated: Vec<GeneratedField>,
    /// Helm hooks among `documents`.
    pub hooks: Vec<Hook>,
    /// Hooks that are not applied: tests, and hooks of deletion and rollback.
    pub dropped: Vec<Document>,
}

/// A value that the renderer makes anew each time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct GeneratedField {
    pub object: ObjectRef,
    /// JSON pointer into the object.
    pub path: String,
}

/// A Helm hook that is applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hook {
    /// Index into [`Render::documents`].
    pub document: usize,
    /// `pre-install`, `post-install`, `pre-upgrade`, `post-upgrade`.
    pub events: Vec<String>,
    /// `helm.sh/hook-weight`, smaller first.
    pub weight: i64,
}

impl Render {
    /// Takes hooks apart and makes the digest. `generated` is empty until two renders are compared.
    #[must_use]
    pub fn new(documents: Vec<Document>) -> Self {
        let (documents, hooks, dropped) = hooks::separate(documents);
        let mut render = Self { documents, hooks, dropped, ..Self::default() };
        render.seal();
        render
    }

    /// Makes the digest anew after documents were changed.
    pub fn seal(&mut self) {
        let mut texts: Vec<String> =
            self.documents.iter().map(|document| canonical::to_string(&document.object)).collect();
        texts.sort_unstable();
        self.digest = canonical::digest(&Value::Array(texts.into_iter().map(Value::String).collect()));
    }

    /// Whether anything in the package makes pods.
    ///
    /// # Errors
    /// [`Error::Empty`] when nothing does.
    pub fn require_workload(&self) -> Result<(), Error> {
        let any = self.documents.iter().any(workload::makes_pods);
        any.then_some(()).ok_or(Error::Empty)
    }
}
