//! `metadata.managedFields` as a list of (who, which fields).

use serde_json::{Value, json};

use super::fields::FieldSet;
use crate::json as at;

/// One manager's entry.
#[derive(Clone, Debug, PartialEq)]
pub struct Manager {
    pub name: String,
    /// `Apply` or `Update`.
    pub operation: String,
    pub api_version: String,
    pub subresource: String,
    pub time: String,
    pub fields: FieldSet,
}

impl Manager {
    /// Whether two entries are the same manager.
    pub fn same(&self, other: &Self) -> bool {
        (&self.name, &self.operation, &self.subresource) == (&other.name, &other.operation, &other.subresource)
    }

    /// As conflict messages print it.
    pub fn print(&self) -> String {
        let mut text = format!("{:?}", self.name);
        if !self.subresource.is_empty() {
            text.push_str(&format!(" with subresource {:?}", self.subresource));
        }
        if self.operation == "Update" {
            text.push_str(&format!(" using {}", self.api_version));
            if !self.time.is_empty() {
                text.push_str(&format!(" at {}", self.time));
            }
        }
        text
    }

    fn to_json(&self) -> Value {
        let mut entry = json!({
            "manager": self.name, "operation": self.operation, "apiVersion": self.api_version,
            "time": self.time, "fieldsType": "FieldsV1", "fieldsV1": self.fields.to_json(),
        });
        if !self.subresource.is_empty() {
            entry["subresource"] = self.subresource.clone().into();
        }
        entry
    }
}

/// Reads the entries of an object.
pub fn read(object: &Value) -> Vec<Manager> {
    at::list(object, "/metadata/managedFields")
        .iter()
        .map(|entry| Manager {
            name: at::text(entry, "/manager").into(),
            operation: at::text(entry, "/operation").into(),
            api_version: at::text(entry, "/apiVersion").into(),
            subresource: at::text(entry, "/subresource").into(),
            time: at::text(entry, "/time").into(),
            fields: entry.get("fieldsV1").map(FieldSet::from_json).unwrap_or_default(),
        })
        .collect()
}

/// Writes the entries, without the empty ones.
pub fn write(object: &mut Value, managers: &[Manager]) {
    let entries: Vec<_> = managers.iter().filter(|one| !one.fields.is_empty()).map(Manager::to_json).collect();
    if entries.is_empty() {
        at::remove(object, "/metadata/managedFields");
    } else {
        at::set(object, "/metadata/managedFields", entries);
    }
}
