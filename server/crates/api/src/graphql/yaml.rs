//! Objects as YAML for people.

use serde_json::Value;

/// YAML, or JSON where the writer cannot (it is valid YAML too).
pub fn to_string(value: &Value) -> String {
    serde_saphyr::to_string(value).unwrap_or_else(|_| format!("{value:#}"))
}
