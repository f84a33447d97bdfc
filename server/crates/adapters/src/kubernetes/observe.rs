//! Reading live objects.

use futures::{StreamExt, TryStreamExt, stream};
use hypo_model::ports::cluster::{Error, Observed, Scope};
use hypo_shared::analysis::ObjectRef;
use kube::api::ListParams;
use serde_json::Value;

use super::{
    error::translate,
    resource::{Resources, to_value},
};

/// Requests under way at once against one API server.
const PARALLEL: usize = 8;
/// Objects per page of a list.
const PAGE: u32 = 500;

/// The live state of named objects, in the order asked for.
pub async fn observe(resources: &Resources, objects: &[ObjectRef]) -> Result<Vec<Observed>, Error> {
    stream::iter(objects.iter().cloned())
        .map(|object| async move {
            let api = resources.api_of(&object).await?;
            let live = api.get_opt(&object.name).await.map_err(translate)?;
            Ok(Observed { live: live.as_ref().map(to_value).transpose()?, object })
        })
        .buffered(PARALLEL)
        .try_collect()
        .await
}

/// Everything of one kind in a scope.
pub async fn list(resources: &Resources, api_version: &str, kind: &str, scope: &Scope) -> Result<Vec<Value>, Error> {
    let api = resources.api(api_version, kind, &scope.namespace).await?;
    let mut params = ListParams::default().labels(&selector(scope)).limit(PAGE);
    let mut found = Vec::new();
    loop {
        let page = api.list(&params).await.map_err(translate)?;
        for object in &page.items {
            found.push(to_value(object)?);
        }
        match page.metadata.continue_.filter(|token| !token.is_empty()) {
            Some(token) => params = params.continue_token(&token),
            None => return Ok(found),
        }
    }
}

/// A label selector with every label of the scope.
pub fn selector(scope: &Scope) -> String {
    scope.labels.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(",")
}
