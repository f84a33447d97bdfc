//! GET pods/NAME/log.

use std::sync::Arc;

use axum::body::Body;
use hyper::Response;

use super::target::{Query, Resource};
use crate::{cluster::Cluster, error::{ApiError, ApiResult}};

pub fn read(_cluster: &Arc<Cluster>, target: &Resource, _query: &Query) -> ApiResult<Response<Body>> {
    Err(ApiError::not_found(&target.kind, &target.name))
}
