//! The analysis of a render: `hypo.analysis/1`.

mod describe;
mod edges;
mod glue;
mod notes;

use hypo_shared::analysis::Analysis;

use crate::render::Render;

/// What the analysis cannot read from the package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// DNS domain of the clusters; names below it are matched.
    pub cluster_domain: String,
    /// Namespace of documents that name none.
    pub default_namespace: String,
}

impl Default for Options {
    fn default() -> Self {
        Self { cluster_domain: "cluster.local".to_owned(), default_namespace: "default".to_owned() }
    }
}

/// The analysis of a render. Never panics; the same objects in any order give the same analysis.
#[must_use]
pub fn analyse(_render: &Render, _options: &Options) -> Analysis {
    Analysis::default()
}
