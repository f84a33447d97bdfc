//! What differs between the object we want and the live one, counted as server-side apply counts: only fields we set,
//! and fields we set before and no longer want.

mod equal;
mod owned;

use hypo_shared::plan::FieldDiff;
use serde_json::Value;

use super::redact::{fold, redacted};
use crate::{digest::DigestKey, object, ports::cluster::LABEL_ORDER};

/// Fields of `desired` whose live value differs, and live fields that our field manager owns and `desired` no longer
/// has. Defaults, status, managed fields and other managers' fields never count, nor does a change of the order label
/// alone. Secret data is compared and shown by keyed digest. Without `live` the answer is one difference with an empty path.
#[must_use]
pub fn diff(desired: &Value, live: Option<&Value>, key: &DigestKey) -> Vec<FieldDiff> {
    let desired = redacted(&fold(desired), key);
    let Some(live) = live else {
        return vec![FieldDiff { path: String::new(), from: Value::Null, to: desired }];
    };
    let live = redacted(&fold(live), key);
    let mut out = Vec::new();
    walk(&desired, &live, &mut String::new(), &mut out);
    owned::removed(&desired, &live, &mut out);
    let order = format!("/metadata/labels/{}", object::escape(LABEL_ORDER));
    if out.iter().all(|diff| diff.path == order) {
        out.clear();
    }
    out
}

/// Whether nothing differs. The digests that are compared never leave this function, so that any key will do.
#[must_use]
pub fn same(desired: &Value, live: &Value) -> bool {
    diff(desired, Some(live), &DigestKey::new([0; 32])).is_empty()
}

fn walk(desired: &Value, live: &Value, path: &mut String, out: &mut Vec<FieldDiff>) {
    let length = path.len();
    match (desired, live) {
        (Value::Object(wanted), Value::Object(found)) => {
            for (key, value) in wanted {
                if path.is_empty() && key == "status" || path == "/metadata" && key == "managedFields" {
                    continue;
                }
                path.push('/');
                path.push_str(&object::escape(key));
                walk(value, found.get(key).unwrap_or(&Value::Null), path, out);
                path.truncate(length);
            }
        }
        (Value::Array(wanted), Value::Array(found)) => list(wanted, found, path, out),
        _ if equal::same(desired, live, path) => {}
        _ => out.push(FieldDiff { path: path.clone(), from: live.clone(), to: desired.clone() }),
    }
}

/// Lists with a merge key are compared by it, so that what others added does not count; others item by item.
fn list(wanted: &[Value], found: &[Value], path: &mut String, out: &mut Vec<FieldDiff>) {
    let length = path.len();
    let key = equal::merge_key(path, wanted);
    if key.is_empty() && wanted.len() != found.len() {
        out.push(FieldDiff { path: path.clone(), from: found.to_vec().into(), to: wanted.to_vec().into() });
        return;
    }
    for (index, item) in wanted.iter().enumerate() {
        let other = if key.is_empty() {
            found.get(index)
        } else {
            found.iter().find(|other| key.iter().all(|key| equal::part(item, key) == equal::part(other, key)))
        };
        path.push('/');
        path.push_str(&index.to_string());
        walk(item, other.unwrap_or(&Value::Null), path, out);
        path.truncate(length);
    }
}

#[cfg(test)]
mod tests;
