//! The values form of a chart, from `values.yaml` and `values.schema.json`.

mod form;
mod validate;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use form::form;
pub use validate::validate;

/// One field of the form.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FormField {
    /// Values path with dots, for example `frontend.replicas`; a dot inside a key is written `\.` as for `helm --set`.
    pub path: String,
    pub kind: FieldKind,
    /// From `values.yaml`, else from the schema.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub default: Value,
    /// Allowed values; empty means any.
    #[serde(rename = "enum", default, skip_serializing_if = "Vec::is_empty")]
    pub allowed: Vec<Value>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    pub required: bool,
}

/// What a form shows for a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FieldKind {
    Text,
    /// A text that should not be shown: the schema or the name says password, token, secret or key.
    Secret,
    Integer,
    Number,
    Boolean,
    /// Edited as YAML.
    List,
    /// Edited as YAML; only for mappings without known members.
    Map,
    /// No type is known (`null` default and no schema).
    Any,
}
