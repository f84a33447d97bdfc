//! Drift: fields whose live value is no longer the planned one.

use hypo_shared::plan::FieldDiff;
use serde_json::Value;

/// Fields of `desired` that differ in `live`, after defaults, status and managed fields are set aside; secret data
/// is compared and shown by digest only. An object that is gone gives one difference with an empty path.
#[must_use]
pub fn of(desired: &Value, live: Option<&Value>) -> Vec<FieldDiff> {
    crate::plan::diff(desired, live)
}
