//! Types and operations, written by `build.rs` from `schema.graphql` and `graphql/*.graphql`.
#![allow(clippy::all, unused_qualifications, missing_docs, dead_code, reason = "generated")]

use serde_json::Value;
use uuid::Uuid;

use crate::time::Time;

use super::{
    json::{Json, Shape, ToJson, Word, field, object},
    operation::{Kind, Operation},
};

include!(concat!(env!("OUT_DIR"), "/graphql.rs"));
