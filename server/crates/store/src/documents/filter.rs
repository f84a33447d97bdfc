//! Equality on a member of the document, the same on both databases: arrays on the way, and at its end, match when
//! one of their elements does.

use hypo_shared::ErrorCode;
use serde_json::Value;

use crate::{Error, Result, sql::Filter};

/// Adds `path = value`.
pub fn equals(filter: Filter, postgres: bool, path: &str, value: &Value) -> Result<Filter> {
    let members: Vec<&str> = path.split('.').collect();
    let plain = |member: &&str| {
        !member.is_empty() && member.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '@' | '_' | '-' | '$'))
    };
    if members.len() > 8 || !members.iter().all(plain) {
        return Err(Error::refused(ErrorCode::InvalidInput, format!("{path:?} is no member path")));
    }
    if value.is_array() || value.is_object() {
        return Err(Error::refused(ErrorCode::InvalidInput, "a filter compares with a single value"));
    }
    Ok(if postgres { on_postgres(filter, &members, value) } else { on_sqlite(filter, &members, value) })
}

/// A jsonpath in lax mode unwraps arrays by itself, and the index of `doc_index` answers it.
fn on_postgres(filter: Filter, members: &[&str], value: &Value) -> Filter {
    let path: String = members.iter().map(|member| format!(".\"{member}\"")).collect();
    filter.and("doc_index @? CAST({} AS jsonpath)", format!("$ ? (@{path} == {value})"))
}

/// A chain of `json_each`, one per member; a member that is no array is looked at as an array of one.
fn on_sqlite(filter: Filter, members: &[&str], value: &Value) -> Filter {
    let mut from = String::new();
    for (step, member) in members.iter().enumerate() {
        let (parent, guard) = match step.checked_sub(1) {
            None => ("documents.doc".to_owned(), String::new()),
            Some(before) => (format!("m{before}.value"), format!("WHEN m{before}.type <> 'object' THEN '[]' ")),
        };
        let member = format!("'$.\"{member}\"'");
        if step > 0 {
            from.push_str(", ");
        }
        from.push_str(&format!(
            "json_each(CASE {guard}WHEN json_type({parent}, {member}) IS NULL THEN '[]' \
             WHEN json_type({parent}, {member}) = 'array' THEN {parent} -> {member} \
             ELSE json_array(json({parent} -> {member})) END) m{step}"
        ));
    }
    let last = format!("m{}", members.len() - 1);
    let exists = |condition: &str| format!("EXISTS (SELECT 1 FROM {from} WHERE {condition})");
    match value {
        Value::String(text) => {
            filter.and(&exists(&format!("{last}.type = 'text' AND {last}.value = {{}}")), text.clone())
        }
        Value::Number(number) => {
            let is_number = format!("{last}.type IN ('integer', 'real') AND {last}.value = {{}}");
            match number.as_i64() {
                Some(whole) => filter.and(&exists(&is_number), whole),
                None => filter.and(&exists(&is_number), number.as_f64().unwrap_or(f64::NAN)),
            }
        }
        Value::Bool(true) => filter.and_raw(exists(&format!("{last}.type = 'true'"))),
        Value::Bool(false) => filter.and_raw(exists(&format!("{last}.type = 'false'"))),
        _ => filter.and_raw(exists(&format!("{last}.type = 'null'"))),
    }
}
