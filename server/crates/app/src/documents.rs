//! Reading many TMF documents with few statements.

use std::collections::HashMap;

use futures::future::try_join_all;
use hypo_store::{
    Slice,
    documents::{self, Document, ListQuery},
};
use uuid::Uuid;

use crate::{App, Result, ctx::Reach};

/// Up to this many are read one by one, by key.
const FEW: usize = 4;

/// Documents of one kind by id: a statement each for a few, one for many (and one each for what lies beyond its end).
pub(crate) async fn by_ids(app: &App, reach: Reach, kind: &str, ids: &[Uuid]) -> Result<HashMap<Uuid, Document>> {
    let read = app.store().read();
    let mut found = HashMap::new();
    if ids.len() > FEW {
        let query = ListQuery { descending: true, slice: all(), ..ListQuery::of(kind) };
        let page = documents::list(read, reach, &query).await?;
        let complete = page.total <= Slice::MAX;
        found.extend(
            page.items
                .into_iter()
                .filter(|document| ids.contains(&document.id))
                .map(|document| (document.id, document)),
        );
        if complete {
            return Ok(found);
        }
    }
    let missing = ids.iter().filter(|id| !found.contains_key(*id));
    let rest = try_join_all(missing.map(|id| documents::find(read, reach, kind, *id))).await?;
    found.extend(rest.into_iter().flatten().map(|document| (document.id, document)));
    Ok(found)
}

/// As much as one statement gives.
pub(crate) const fn all() -> Slice {
    Slice { offset: 0, limit: Slice::MAX }
}
