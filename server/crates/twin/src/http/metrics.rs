//! metrics.k8s.io.

use serde_json::Value;

use super::target::{Query, Resource};
use crate::{cluster::State, error::{ApiError, ApiResult}};

pub fn read(_state: &State, target: &Resource, _query: &Query) -> ApiResult<Value> {
    Err(ApiError::not_found(&target.kind, &target.name))
}
