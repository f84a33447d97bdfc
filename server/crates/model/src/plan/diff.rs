//! x
use hypo_shared::plan::FieldDiff;
use serde_json::Value;
/// Fields we set whose live value differs; empty `live` gives one difference with an empty path.
#[must_use]
pub fn diff(desired: &Value, live: Option<&Value>) -> Vec<FieldDiff> {
    let _ = (desired, live);
    Vec::new()
}
