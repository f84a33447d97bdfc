//! Types and operations, written by `build.rs` from `schema.graphql` and `graphql/*.graphql`.
#![allow(clippy::all, unused_qualifications, missing_docs, dead_code, reason = "generated")]

use serde_json::Value;
use uuid::Uuid;

use super::{
    json::{Json, Shape, ToJson, Word, field, object},
    operation::{Kind, Operation},
    time::Time,
};

include!(concat!(env!("OUT_DIR"), "/graphql.rs"));
