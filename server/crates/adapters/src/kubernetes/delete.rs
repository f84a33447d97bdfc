//! Deleting what is ours, and only that.

use hypo_model::ports::cluster::{Error, LABEL_MANAGED, LABEL_SERVICE, MANAGED, Propagation};
use hypo_shared::analysis::ObjectRef;
use kube::{
    ResourceExt,
    api::{DeleteParams, Preconditions, PropagationPolicy},
};

use super::{
    apply::not_ours,
    error::{is_not_found, translate},
    resource::Resources,
};

/// Deletes in order. The uid precondition makes sure that what was looked at is what goes.
pub async fn delete(resources: &Resources, objects: &[ObjectRef], propagation: Propagation) -> Result<(), Error> {
    for object in objects {
        let api = resources.api_of(object).await?;
        let Some(live) = api.get_opt(&object.name).await.map_err(translate)? else {
            continue;
        };
        let managed = live.labels().get(LABEL_MANAGED).map(String::as_str) == Some(MANAGED);
        if !live.labels().contains_key(LABEL_SERVICE) && !managed {
            return Err(not_ours(object));
        }
        let params = DeleteParams {
            propagation_policy: Some(match propagation {
                Propagation::Foreground => PropagationPolicy::Foreground,
                Propagation::Background => PropagationPolicy::Background,
                Propagation::Orphan => PropagationPolicy::Orphan,
            }),
            preconditions: Some(Preconditions { uid: live.uid(), ..Preconditions::default() }),
            ..DeleteParams::default()
        };
        match api.delete(&object.name, &params).await {
            Ok(_) => {}
            Err(error) if is_not_found(&error) => {}
            Err(error) => return Err(translate(error)),
        }
    }
    Ok(())
}
