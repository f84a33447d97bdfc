//! Merging an applied configuration into a live object, and taking fields out again.

use serde_json::{Map, Value};

use super::{
    fields::{FieldSet, item_key},
    shape::{Shape, is_atomic_map, list_shape},
};

/// Lays `applied` over `live`: maps by key, keyed lists by item, everything else replaced.
pub fn merge(live: &mut Value, applied: &Value, path: &mut Vec<String>, custom: bool) {
    match (live, applied) {
        (Value::Object(live), Value::Object(applied)) if !is_atomic_map(path, custom) => {
            for (key, member) in applied {
                path.push(key.clone());
                merge(live.entry(key.clone()).or_insert(Value::Null), member, path, custom);
                path.pop();
            }
        }
        (live @ Value::Array(_), Value::Array(applied)) => match list_shape(path, custom) {
            Shape::Atomic => *live = Value::Array(applied.clone()),
            Shape::Keyed(keys) => merge_lists(live, applied, |item| item_key(item, keys), path, custom),
            Shape::Set => merge_lists(live, applied, |item| format!("v:{item}"), path, custom),
        },
        (live, applied) => *live = applied.clone(),
    }
}

/// Keeps the applied order; items only the live list has stay where they were relative to their neighbours.
fn merge_lists(
    live: &mut Value,
    applied: &[Value],
    key: impl Fn(&Value) -> String,
    path: &mut Vec<String>,
    custom: bool,
) {
    let old = live.as_array().cloned().unwrap_or_default();
    let wanted: Vec<String> = applied.iter().map(&key).collect();
    let mut merged = vec![];
    let mut next = 0;
    for item in &old {
        let its_key = key(item);
        match wanted.iter().position(|one| *one == its_key) {
            None => merged.push(item.clone()),
            Some(at) => {
                while next <= at {
                    merged.push(merge_item(&old, &applied[next], &wanted[next], &key, path, custom));
                    next += 1;
                }
            }
        }
    }
    for at in next..applied.len() {
        merged.push(merge_item(&old, &applied[at], &wanted[at], &key, path, custom));
    }
    *live = Value::Array(merged);
}

fn merge_item(
    old: &[Value],
    applied: &Value,
    wanted: &str,
    key: &impl Fn(&Value) -> String,
    path: &mut Vec<String>,
    custom: bool,
) -> Value {
    let mut item = old.iter().find(|item| key(item) == wanted).cloned().unwrap_or(Value::Null);
    merge(&mut item, applied, path, custom);
    item
}

/// Removes the member paths of `gone` from a document. A keyed item goes when its own path is in the set and
/// nothing in `kept` lies below it; maps emptied by this go too.
pub fn remove(value: &mut Value, gone: &FieldSet, kept: &FieldSet, path: &mut Vec<String>, custom: bool) {
    for (element, child) in &gone.children {
        let nothing = FieldSet::default();
        let kept_child = kept.children.get(element).unwrap_or(&nothing);
        if let Some(field) = element.strip_prefix("f:") {
            let Some(members) = value.as_object_mut() else { continue };
            let Some(member) = members.get_mut(field) else { continue };
            path.push(field.to_owned());
            if child.own && kept_child.is_empty() {
                members.shift_remove(field);
            } else {
                remove(member, child, kept_child, path, custom);
                if is_hollow(member) {
                    members.shift_remove(field);
                }
            }
            path.pop();
        } else if let Value::Array(items) = value {
            let shape = list_shape(path, custom);
            let key = |item: &Value| match shape {
                Shape::Keyed(keys) => item_key(item, keys),
                _ => format!("v:{item}"),
            };
            let Some(at) = items.iter().position(|item| key(item) == *element) else { continue };
            if child.own && kept_child.is_empty() {
                items.remove(at);
            } else {
                remove(&mut items[at], child, kept_child, path, custom);
            }
        }
    }
}

fn is_hollow(value: &Value) -> bool {
    value.as_object().is_some_and(Map::is_empty) || value.as_array().is_some_and(Vec::is_empty)
}

/// The value at a wire-form path.
pub fn lookup<'v>(value: &'v Value, path: &[String], at: &mut Vec<String>, custom: bool) -> Option<&'v Value> {
    let Some((first, rest)) = path.split_first() else { return Some(value) };
    if let Some(field) = first.strip_prefix("f:") {
        let member = value.get(field)?;
        at.push(field.to_owned());
        let found = lookup(member, rest, at, custom);
        at.pop();
        return found;
    }
    let shape = list_shape(at, custom);
    let item = value.as_array()?.iter().find(|item| match shape {
        Shape::Keyed(keys) => item_key(item, keys) == *first,
        _ => format!("v:{item}") == *first,
    })?;
    lookup(item, rest, at, custom)
}

/// Drops null members, which mean "not given" in an applied configuration.
pub fn strip_nulls(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|_, member| !member.is_null());
            members.values_mut().for_each(strip_nulls);
        }
        Value::Array(items) => items.iter_mut().for_each(strip_nulls),
        _ => {}
    }
}
