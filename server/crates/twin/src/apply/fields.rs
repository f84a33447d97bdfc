//! Sets of field paths in the `FieldsV1` form of `metadata.managedFields` (structured-merge-diff v6).

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::shape::{Shape, is_atomic_map, list_shape};

/// A set of paths as a tree. Children are keyed by the wire form: `f:name`, `k:{"name":"x"}`, `v:"x"`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldSet {
    /// The path that ends here is a member itself.
    pub own: bool,
    /// Longer paths.
    pub children: BTreeMap<String, FieldSet>,
}

impl FieldSet {
    /// The paths a document mentions: leaves, and items of keyed lists.
    pub fn of(value: &Value, custom: bool) -> Self {
        let mut set = Self::default();
        let mut path = vec![];
        collect(value, &mut path, custom, &mut set);
        set.own = false;
        set
    }

    /// Whether nothing is in the set.
    pub fn is_empty(&self) -> bool {
        !self.own && self.children.values().all(Self::is_empty)
    }

    /// Adds all paths of another set.
    pub fn add(&mut self, other: &Self) {
        self.own |= other.own;
        for (key, child) in &other.children {
            self.children.entry(key.clone()).or_default().add(child);
        }
    }

    /// Takes all paths of another set away.
    pub fn subtract(&mut self, other: &Self) {
        self.own &= !other.own;
        for (key, child) in &other.children {
            if let Some(mine) = self.children.get_mut(key) {
                mine.subtract(child);
                if mine.is_empty() {
                    self.children.remove(key);
                }
            }
        }
    }

    /// The paths in both sets.
    pub fn intersection(&self, other: &Self) -> Self {
        let mut both = Self { own: self.own && other.own, children: BTreeMap::new() };
        for (key, child) in &self.children {
            if let Some(theirs) = other.children.get(key) {
                let common = child.intersection(theirs);
                if !common.is_empty() {
                    both.children.insert(key.clone(), common);
                }
            }
        }
        both
    }

    /// Adds one path.
    pub fn insert(&mut self, path: &[String]) {
        match path {
            [] => self.own = true,
            [first, rest @ ..] => self.children.entry(first.clone()).or_default().insert(rest),
        }
    }

    /// Removes a whole subtree.
    pub fn cut(&mut self, path: &[&str]) {
        match path {
            [] => {}
            [last] => {
                self.children.remove(*last);
            }
            [first, rest @ ..] => {
                if let Some(child) = self.children.get_mut(*first) {
                    child.cut(rest);
                    if child.is_empty() {
                        self.children.remove(*first);
                    }
                }
            }
        }
    }

    /// All member paths, parents before children.
    pub fn paths(&self) -> Vec<Vec<String>> {
        let mut paths = vec![];
        self.walk(&mut vec![], &mut paths);
        paths
    }

    fn walk(&self, at: &mut Vec<String>, out: &mut Vec<Vec<String>>) {
        if self.own {
            out.push(at.clone());
        }
        for (key, child) in &self.children {
            at.push(key.clone());
            child.walk(at, out);
            at.pop();
        }
    }

    /// The `fieldsV1` document.
    pub fn to_json(&self) -> Value {
        let mut members = Map::new();
        if self.own && !self.children.is_empty() {
            members.insert(".".into(), Value::Object(Map::new()));
        }
        for (key, child) in &self.children {
            members.insert(key.clone(), child.to_json());
        }
        Value::Object(members)
    }

    /// Reads a `fieldsV1` document.
    pub fn from_json(value: &Value) -> Self {
        let mut set = Self::read(value);
        set.own = false;
        set
    }

    fn read(value: &Value) -> Self {
        let mut set = Self::default();
        let members = value.as_object();
        set.own = members.is_none_or(|members| members.is_empty() || members.contains_key("."));
        for (key, child) in members.into_iter().flatten().filter(|(key, _)| *key != ".") {
            set.children.insert(key.clone(), Self::read(child));
        }
        set
    }
}

fn collect(value: &Value, path: &mut Vec<String>, custom: bool, set: &mut FieldSet) {
    match value {
        Value::Object(members) if !members.is_empty() && !is_atomic_map(path, custom) => {
            for (key, member) in members {
                path.push(key.clone());
                collect(member, path, custom, set.children.entry(format!("f:{key}")).or_default());
                path.pop();
            }
        }
        Value::Array(items) if !items.is_empty() => match list_shape(path, custom) {
            Shape::Atomic => set.own = true,
            Shape::Keyed(keys) => {
                for item in items {
                    let child = set.children.entry(item_key(item, keys)).or_default();
                    collect(item, path, custom, child);
                    child.own = true;
                }
            }
            Shape::Set => {
                for item in items {
                    set.children.entry(format!("v:{item}")).or_default().own = true;
                }
            }
        },
        _ => set.own = true,
    }
}

/// Key of a list item in wire form, keys in alphabetical order with their schema defaults.
pub fn item_key(item: &Value, keys: &[(&str, &str)]) -> String {
    let mut parts = Map::new();
    for (key, default) in keys {
        let value = item.get(*key).filter(|value| !value.is_null()).cloned();
        parts.insert((*key).into(), value.unwrap_or_else(|| Value::from(*default)));
    }
    format!("k:{}", Value::Object(parts))
}

/// A path as conflict messages print it: `.spec.template.spec.containers[name="x"].image`.
pub fn print_path(path: &[String]) -> String {
    let mut text = String::new();
    for element in path {
        if let Some(field) = element.strip_prefix("f:") {
            text.push('.');
            text.push_str(field);
        } else if let Some(key) = element.strip_prefix("k:") {
            let members: Map<String, Value> = serde_json::from_str(key).unwrap_or_default();
            let pairs: Vec<_> = members.iter().map(|(key, value)| format!("{key}={value}")).collect();
            text.push_str(&format!("[{}]", pairs.join(",")));
        } else if let Some(value) = element.strip_prefix("v:") {
            text.push_str(&format!("[={value}]"));
        }
    }
    text
}
