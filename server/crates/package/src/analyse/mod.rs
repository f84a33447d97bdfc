//! The analysis of a render: `hypo.analysis/1`.

mod describe;
mod edges;
mod glue;
mod notes;

use hypo_shared::analysis::{Analysis, SCHEMA};

use crate::{components::build::Model, render::Render};

/// What the analysis cannot read from the package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// DNS domain of the clusters; names below it are matched.
    pub cluster_domain: String,
    /// Namespace of documents that name none; `None`: the only one the package names, else `default`.
    pub default_namespace: Option<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self { cluster_domain: "cluster.local".to_owned(), default_namespace: None }
    }
}

/// The analysis of a render. Never panics; the same objects in any order give the same analysis.
#[must_use]
pub fn analyse(render: &Render, options: &Options) -> Analysis {
    let model = Model::new(render, options);
    let (edges, candidates) = edges::edges(&model);
    let glue = glue::glue(&model);
    let mut analysis = Analysis {
        schema: SCHEMA.to_owned(),
        components: describe::components(&model),
        edges,
        candidates,
        external: edges::external(&model),
        glue,
        shared: describe::shared(&model),
        notes: Vec::new(),
    };
    analysis.notes = notes::notes(&model, render, &analysis);
    analysis
}
