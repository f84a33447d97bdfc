//! `List` kinds hold objects in `items`; each is a document of its own.

use serde_json::Value;

use super::{Document, Origin};
use crate::{Error, object};

/// Lists in lists are followed this deep.
const DEPTH: usize = 4;

/// Adds the object, or the objects of a list, to `out`.
pub(super) fn expand(value: Value, origin: &Origin, limit: usize, out: &mut Vec<Document>) -> Result<(), Error> {
    level(value, origin, limit, 0, out)
}

fn level(mut value: Value, origin: &Origin, limit: usize, depth: usize, out: &mut Vec<Document>) -> Result<(), Error> {
    let refuse =
        |reason: &str| Error::Object { file: origin.file.clone(), index: origin.index, reason: reason.to_owned() };
    if !value.is_object() {
        return Err(refuse("it is not a mapping"));
    }
    let kind = object::text(&value, "/kind").to_owned();
    if kind.is_empty() || object::text(&value, "/apiVersion").is_empty() {
        return Err(refuse("it has no apiVersion or no kind"));
    }
    if kind.ends_with("List")
        && let Some(Value::Array(items)) = value.get_mut("items").map(Value::take)
    {
        if depth == DEPTH {
            return Err(refuse("lists stand in lists too deep"));
        }
        let item_kind = kind.trim_end_matches("List").to_owned();
        let version = object::text(&value, "/apiVersion").to_owned();
        for mut item in items {
            // A typed list (`ConfigMapList`) may leave out what every item is.
            if let Value::Object(members) = &mut item
                && !item_kind.is_empty()
            {
                members.entry("apiVersion").or_insert_with(|| version.clone().into());
                members.entry("kind").or_insert_with(|| item_kind.clone().into());
            }
            level(item, origin, limit, depth + 1, out)?;
        }
        return Ok(());
    }
    if object::text(&value, "/metadata/name").is_empty() && object::text(&value, "/metadata/generateName").is_empty() {
        return Err(refuse("it has no name"));
    }
    if out.len() >= limit {
        return Err(Error::TooLarge { what: "the number of documents".into(), limit: limit as u64 });
    }
    out.push(Document { object: value, origin: origin.clone() });
    Ok(())
}
