//! Pages about error codes, compiled in from `docs/errors`.

use hypo_shared::ErrorCode;
use serde_json::{Value, json};

const PAGES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/pages.rs"));

/// The page of a code, Markdown; a code without a page gets its title.
pub fn page(code: ErrorCode) -> String {
    let found = PAGES.iter().find(|(name, _)| *name == code.code());
    found.map_or_else(|| format!("# {code}\n\n{}\n", code.title()), |(_, text)| (*text).to_owned())
}

/// All codes with their titles.
pub fn index() -> Value {
    ErrorCode::ALL.iter().map(|code| json!({"code": code.code(), "title": code.title()})).collect()
}
