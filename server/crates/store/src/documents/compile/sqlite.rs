//! The words of SQLite. A row of `json_each` has `type` and `value`; objects and arrays are JSON text, strings are text.

use hypo_migrations::keys::sqlite_instant;
use hypo_tmf::query::Path;

use super::{Compiler, Root};

/// A chain of `json_each`, one per member; a value that is no array is looked at as an array of one.
pub fn rows(sql: &mut Compiler, path: &Path, root: &Root, unwrap: bool) -> (String, String) {
    let mut chain = Vec::new();
    let (mut parent, mut object) = ("documents.doc".to_owned(), None);
    if let Root::Element(element) = root {
        let row = sql.name();
        chain.push(format!(
            "json_each(CASE {element}.type WHEN 'array' THEN {element}.value WHEN 'object' THEN '[' || {element}.value || ']' \
             ELSE '[]' END) {row}"
        ));
        (parent, object) = (format!("{row}.value"), Some(row));
    }
    let last = path.members().len().saturating_sub(1);
    for (step, member) in path.members().iter().enumerate() {
        let place = sql.bind(quoted("$", member));
        let row = sql.name();
        let guard = object.map(|object| format!("WHEN {object}.type <> 'object' THEN '[]' ")).unwrap_or_default();
        let array = if step < last || unwrap {
            format!("WHEN json_type({parent}, {place}) = 'array' THEN {parent} -> {place} ")
        } else {
            String::new()
        };
        chain.push(format!(
            "json_each(CASE {guard}WHEN json_type({parent}, {place}) IS NULL THEN '[]' {array}\
             ELSE '[' || ({parent} -> {place}) || ']' END) {row}"
        ));
        (parent, object) = (format!("{row}.value"), Some(row));
    }
    (chain.join(", "), object.unwrap_or_default())
}

/// The items of an array in a row; none for any other value.
pub fn items(sql: &mut Compiler, row: &str) -> (String, String) {
    let inner = sql.name();
    (format!("json_each(CASE {row}.type WHEN 'array' THEN {row}.value ELSE '[]' END) {inner}"), inner)
}

pub fn path(path: &Path) -> String {
    path.members().iter().fold("$".to_owned(), |path, member| quoted(&path, member))
}

fn quoted(path: &str, member: &str) -> String {
    format!("{path}.\"{member}\"")
}

pub fn text(row: &str, sign: &str, place: &str) -> String {
    format!("({row}.type = 'text' AND {row}.value {sign} {place})")
}

/// The literal is read by the same function as the stored number, so that both are rounded alike.
pub fn number(row: &str, sign: &str, place: &str) -> String {
    format!("({row}.type IN ('integer', 'real') AND CAST({row}.value AS REAL) {sign} CAST({place} AS REAL))")
}

pub fn boolean(row: &str, value: bool) -> String {
    format!("{row}.type = '{value}'")
}

pub fn instant(row: &str, sign: &str, place: &str) -> String {
    format!("CASE {row}.type WHEN 'text' THEN {} {sign} {place} END", sqlite_instant(&format!("{row}.value")))
}
