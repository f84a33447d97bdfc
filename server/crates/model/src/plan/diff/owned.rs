//! Fields we set once and no longer want: server-side apply takes away what the manager owns and leaves out.

use hypo_shared::plan::FieldDiff;
use serde_json::{Map, Value};

use crate::{object, ports::cluster::FIELD_MANAGER};

/// Adds a removal for every field that our manager's entry in `managedFields` (structured-merge-diff, FieldsV1)
/// names and `desired` lacks.
pub(super) fn removed(desired: &Value, live: &Value, out: &mut Vec<FieldDiff>) {
    for entry in object::array(live, "/metadata/managedFields") {
        let ours = object::text(entry, "/manager") == FIELD_MANAGER && object::text(entry, "/operation") == "Apply";
        if let (true, Some(fields)) = (ours, entry.get("fieldsV1").and_then(Value::as_object)) {
            walk(fields, desired, live, &mut String::new(), out);
        }
    }
}

fn walk(fields: &Map<String, Value>, desired: &Value, live: &Value, path: &mut String, out: &mut Vec<FieldDiff>) {
    let length = path.len();
    for (field, below) in fields {
        let (wanted, found, step) = if let Some(name) = field.strip_prefix("f:") {
            let Some(found) = live.get(name) else { continue };
            // Folded into `data` before the comparison.
            if path.is_empty() && name == "stringData" {
                continue;
            }
            (desired.get(name), found, object::escape(name))
        } else if let Some(key) = field.strip_prefix("k:") {
            let Ok(key) = serde_json::from_str::<Map<String, Value>>(key) else { continue };
            let Some((index, found)) = item(live, &key) else { continue };
            (item(desired, &key).map(|(_, item)| item), found, index.to_string())
        } else {
            continue;
        };
        path.push('/');
        path.push_str(&step);
        match wanted {
            None => out.push(FieldDiff { path: path.clone(), from: found.clone(), to: Value::Null }),
            Some(wanted) => {
                if let Some(below) = below.as_object().filter(|below| !below.is_empty()) {
                    walk(below, wanted, found, path, out);
                }
            }
        }
        path.truncate(length);
    }
}

fn item<'v>(list: &'v Value, key: &Map<String, Value>) -> Option<(usize, &'v Value)> {
    let items = list.as_array()?.iter().enumerate();
    items.into_iter().find(|(_, item)| key.iter().all(|(name, value)| super::equal::part(item, name) == *value))
}
