//! Recorded changes of a package's object: made, listed and replayable.

use hypo_shared::plan::RecordedOverride;
use serde_json::{Map, Value};

use crate::object;

/// Lists what makes `to` of `from`, so that [`replay`] of the list over `from` gives `to`. A removed member is
/// recorded with `to: null`, an added one with `from: null`. Arrays of the same length are compared item by item,
/// others are replaced whole.
#[must_use]
pub fn between(from: &Value, to: &Value, reason: &str) -> Vec<RecordedOverride> {
    let mut out = Vec::new();
    walk(from, to, &mut String::new(), reason, &mut out);
    out
}

/// Applies recorded changes to an object; what the recording did not foresee is left as it is.
pub fn replay(object: &mut Value, overrides: &[RecordedOverride]) {
    for change in overrides {
        set(object, &change.path, change.to.clone());
    }
}

/// Sets, or with null removes, the value at a JSON pointer. Objects on the way are made, arrays never grow.
pub fn set(object: &mut Value, pointer: &str, value: Value) {
    if pointer.is_empty() {
        *object = value;
        return;
    }
    let Some((parent, last)) = pointer.rsplit_once('/') else { return };
    let key = object::unescape(last);
    let mut at = object;
    for part in parent.split('/').skip(1) {
        let part = object::unescape(part);
        at = match at {
            Value::Array(items) => match part.parse::<usize>().ok().and_then(|index| items.get_mut(index)) {
                Some(item) => item,
                None => return,
            },
            other => {
                if other.is_null() {
                    *other = Value::Object(Map::new());
                }
                let Some(map) = other.as_object_mut() else { return };
                map.entry(part).or_insert_with(|| Value::Object(Map::new()))
            }
        };
    }
    match at {
        Value::Object(map) if value.is_null() => {
            map.shift_remove(&key);
        }
        Value::Object(map) => {
            map.insert(key, value);
        }
        Value::Array(items) => {
            if let Some(slot) = key.parse::<usize>().ok().and_then(|index| items.get_mut(index)) {
                *slot = value;
            }
        }
        _ => {}
    }
}

fn walk(from: &Value, to: &Value, path: &mut String, reason: &str, out: &mut Vec<RecordedOverride>) {
    let length = path.len();
    match (from, to) {
        (Value::Object(left), Value::Object(right)) => {
            for (key, value) in left {
                path.push('/');
                path.push_str(&object::escape(key));
                walk(value, right.get(key).unwrap_or(&Value::Null), path, reason, out);
                path.truncate(length);
            }
            for (key, value) in right.iter().filter(|(key, _)| !left.contains_key(*key)) {
                path.push('/');
                path.push_str(&object::escape(key));
                walk(&Value::Null, value, path, reason, out);
                path.truncate(length);
            }
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            for (index, (left, right)) in left.iter().zip(right).enumerate() {
                path.push('/');
                path.push_str(&index.to_string());
                walk(left, right, path, reason, out);
                path.truncate(length);
            }
        }
        _ if from != to => out.push(RecordedOverride {
            path: path.clone(),
            from: from.clone(),
            to: to.clone(),
            reason: reason.to_owned(),
        }),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_recorded_replays() {
        let from = json!({"a": {"b/c": 1, "gone": [1]}, "list": [{"x": 1}, {"y": 2}], "same": true});
        let to = json!({"a": {"b/c": 2, "new": {"deep": "v"}}, "list": [{"x": 1}, {"y": 3, "z": 4}], "same": true});
        let list = between(&from, &to, "test");
        assert_eq!(
            list.iter().map(|change| change.path.as_str()).collect::<Vec<_>>(),
            ["/a/b~1c", "/a/gone", "/a/new", "/list/1/y", "/list/1/z"]
        );
        let mut object = from.clone();
        replay(&mut object, &list);
        assert_eq!(object, to);
    }

    #[test]
    fn a_missing_parent_is_made_and_an_array_never_grows() {
        let mut object = json!({"list": [1]});
        set(&mut object, "/metadata/labels/a", json!("b"));
        set(&mut object, "/list/3", json!(4));
        assert_eq!(object, json!({"list": [1], "metadata": {"labels": {"a": "b"}}}));
    }
}
