//! Names of clusters, for sentences and tables.

use std::collections::HashMap;

use hypo_shared::ClusterId;
use hypo_store::{Scope, Slice, clusters};

use crate::{App, Result};

/// Names by id.
pub(crate) struct ClusterNames(HashMap<ClusterId, String>);

impl ClusterNames {
    /// The name, or the id of a cluster that is gone.
    pub fn name(&self, id: ClusterId) -> String {
        self.0.get(&id).cloned().unwrap_or_else(|| id.to_string())
    }
}

/// Names of all clusters.
pub(crate) async fn cluster_names(app: &App) -> Result<ClusterNames> {
    let slice = Slice { offset: 0, limit: Slice::MAX };
    let page = clusters::list(app.store().read(), Scope::Platform, slice).await?;
    Ok(ClusterNames(page.items.into_iter().map(|row| (row.id, row.name)).collect()))
}
