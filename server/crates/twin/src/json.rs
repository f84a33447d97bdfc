//! Small helpers over `serde_json::Value` by JSON pointer.

use serde_json::{Map, Value};

/// The text at a pointer, or `""`.
pub fn text<'v>(value: &'v Value, pointer: &str) -> &'v str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// The integer at a pointer.
pub fn int(value: &Value, pointer: &str) -> Option<i64> {
    value.pointer(pointer).and_then(Value::as_i64)
}

/// The flag at a pointer, or false.
pub fn flag(value: &Value, pointer: &str) -> bool {
    value.pointer(pointer).and_then(Value::as_bool).unwrap_or_default()
}

/// The list at a pointer, or an empty one.
pub fn list<'v>(value: &'v Value, pointer: &str) -> &'v [Value] {
    value.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The object at a pointer.
pub fn map<'v>(value: &'v Value, pointer: &str) -> Option<&'v Map<String, Value>> {
    value.pointer(pointer).and_then(Value::as_object)
}

/// Name of the object.
pub fn name(value: &Value) -> &str {
    text(value, "/metadata/name")
}

/// Namespace of the object, `""` for cluster-scoped ones.
pub fn namespace(value: &Value) -> &str {
    text(value, "/metadata/namespace")
}

/// Uid of the object.
pub fn uid(value: &Value) -> &str {
    text(value, "/metadata/uid")
}

/// Whether deletion has been asked for.
pub fn deleting(value: &Value) -> bool {
    value.pointer("/metadata/deletionTimestamp").is_some_and(|at| !at.is_null())
}

/// Sets a value at a pointer and makes missing objects on the way.
pub fn set(value: &mut Value, pointer: &str, new: impl Into<Value>) {
    let mut at = value;
    for part in pointer.split('/').skip(1) {
        let part = part.replace("~1", "/").replace("~0", "~");
        if let Value::Array(items) = at {
            let Some(item) = part.parse().ok().and_then(|index: usize| items.get_mut(index)) else { return };
            at = item;
            continue;
        }
        if !at.is_object() {
            *at = Value::Object(Map::new());
        }
        let Some(members) = at.as_object_mut() else { return };
        at = members.entry(part).or_insert(Value::Null);
    }
    *at = new.into();
}

/// Sets a value only where nothing is.
pub fn default(value: &mut Value, pointer: &str, new: impl Into<Value>) {
    if value.pointer(pointer).is_none_or(Value::is_null) {
        set(value, pointer, new);
    }
}

/// Removes the member at a pointer and returns it.
pub fn remove(value: &mut Value, pointer: &str) -> Option<Value> {
    let (parent, last) = pointer.rsplit_once('/')?;
    let last = last.replace("~1", "/").replace("~0", "~");
    value.pointer_mut(parent)?.as_object_mut()?.shift_remove(&last)
}

/// Labels at a pointer as pairs.
pub fn pairs<'v>(value: &'v Value, pointer: &str) -> impl Iterator<Item = (&'v str, &'v str)> {
    map(value, pointer).into_iter().flatten().filter_map(|(key, value)| Some((key.as_str(), value.as_str()?)))
}

/// An annotation of the object, or `""`.
pub fn annotation<'v>(value: &'v Value, key: &str) -> &'v str {
    map(value, "/metadata/annotations").and_then(|all| all.get(key)).and_then(Value::as_str).unwrap_or_default()
}

/// JSON merge patch (RFC 7386).
pub fn merge_patch(target: &mut Value, patch: &Value) {
    let Value::Object(changes) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Some(members) = target.as_object_mut() else { return };
    for (key, change) in changes {
        if change.is_null() {
            members.shift_remove(key);
        } else {
            merge_patch(members.entry(key.clone()).or_insert(Value::Null), change);
        }
    }
}
