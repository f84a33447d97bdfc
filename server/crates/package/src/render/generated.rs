//! Values that a renderer makes anew each time (`randAlphaNum`, `genCA`): found by rendering twice, kept on upgrades.

use std::collections::HashMap;

use hypo_shared::analysis::ObjectRef;
use serde_json::Value;

use super::{GeneratedField, Render};
use crate::object::escape;

/// Values that differ between two renders of the same input, sorted. Objects are matched by identity;
/// an object that stands in one render only is named with an empty path.
#[must_use]
pub fn compare_renders(a: &Render, b: &Render) -> Vec<GeneratedField> {
    let mut right: HashMap<ObjectRef, &Value> =
        b.documents.iter().map(|document| (document.reference(), &document.object)).collect();
    let mut out = Vec::new();
    for document in &a.documents {
        let object = document.reference();
        match right.remove(&object) {
            Some(other) => differences(&document.object, other, &mut String::new(), &object, &mut out),
            None => out.push(GeneratedField { object, path: String::new() }),
        }
    }
    out.extend(right.into_keys().map(|object| GeneratedField { object, path: String::new() }));
    out.sort();
    out.dedup();
    out
}

/// Puts the generated values of an earlier render into a new one, so that an upgrade changes no password,
/// carries the list of generated fields on and makes the digest anew.
pub fn keep_generated(new: &mut Render, old: &Render) {
    let kept: HashMap<ObjectRef, &Value> =
        old.documents.iter().map(|document| (document.reference(), &document.object)).collect();
    let mut fields = old.generated.clone();
    fields.extend(new.generated.iter().cloned());
    fields.sort();
    fields.dedup();
    let mut still = Vec::new();
    let places: HashMap<ObjectRef, usize> =
        new.documents.iter().enumerate().map(|(index, document)| (document.reference(), index)).collect();
    for field in fields {
        let Some(index) = places.get(&field.object) else { continue };
        let target = &mut new.documents[*index].object;
        if let Some(slot) = target.pointer_mut(&field.path)
            && let Some(value) = kept.get(&field.object).and_then(|object| object.pointer(&field.path))
            && !field.path.is_empty()
        {
            *slot = value.clone();
        }
        still.push(field);
    }
    new.generated = still;
    new.seal();
}

fn differences(a: &Value, b: &Value, path: &mut String, object: &ObjectRef, out: &mut Vec<GeneratedField>) {
    let length = path.len();
    match (a, b) {
        (Value::Object(a), Value::Object(b)) if a.len() == b.len() && a.keys().all(|key| b.contains_key(key)) => {
            for (key, value) in a {
                path.push('/');
                path.push_str(&escape(key));
                differences(value, &b[key], path, object, out);
                path.truncate(length);
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (index, (left, right)) in a.iter().zip(b).enumerate() {
                path.push('/');
                path.push_str(&index.to_string());
                differences(left, right, path, object, out);
                path.truncate(length);
            }
        }
        _ if a != b => out.push(GeneratedField { object: object.clone(), path: path.clone() }),
        _ => {}
    }
}
