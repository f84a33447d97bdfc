//! The words of PostgreSQL. Rows have one column, `j`, a `jsonb`.

use hypo_tmf::query::{Compare, Operator, Path};

use super::{Ask, Compiler, Root};

/// Whole numbers below are the same as `numeric` and as a double.
const EXACT: f64 = 9_007_199_254_740_992.0;

pub fn rows(sql: &mut Compiler, at: &Path, root: &Root, unwrap: bool) -> (String, String) {
    let place = sql.bind(path("lax $", at, if unwrap { "[*]" } else { "" }));
    let from = match root {
        Root::Document => "documents.doc_index".to_owned(),
        Root::Element(row) => format!("{row}.j"),
    };
    let row = sql.name();
    (format!("jsonb_path_query({from}, CAST({place} AS jsonpath)) AS {row}(j)"), row)
}

/// The items of an array in a row; none for any other value.
pub fn items(sql: &mut Compiler, row: &str) -> (String, String) {
    let inner = sql.name();
    let array = format!("CASE jsonb_typeof({row}.j) WHEN 'array' THEN {row}.j ELSE '[]' END");
    (format!("jsonb_array_elements({array}) AS {inner}(j)"), inner)
}

/// Equality as a jsonpath, which the index of `doc_index` answers; `None` where it would mean something else.
pub fn indexed(sql: &mut Compiler, at: &Path, ask: Ask<'_>) -> Option<String> {
    let Ask::Compare(Compare { operator: Operator::Eq, any_of, .. }) = ask else { return None };
    let attribute = path("@", at, "");
    let mut any = Vec::new();
    for literal in any_of {
        if literal.instant().is_some() {
            return None;
        }
        any.push(format!("{attribute} == {}", json(literal.text())));
        if let Some(number) = literal.number() {
            if number.abs() >= EXACT {
                return None;
            }
            any.push(format!("{attribute} == {}", literal.number_text()?));
        }
        if let Some(value) = literal.boolean() {
            any.push(format!("{attribute} == {value}"));
        }
    }
    let place = sql.bind(format!("$ ? ({})", any.join(" || ")));
    Some(format!("documents.doc_index @? CAST({place} AS jsonpath)"))
}

pub fn path(root: &str, at: &Path, end: &str) -> String {
    let members: String = at.members().iter().map(|member| format!(".{}", json(member))).collect();
    format!("{root}{members}{end}")
}

/// A jsonpath writes texts as JSON does.
fn json(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

pub fn text(row: &str, sign: &str, place: &str) -> String {
    format!("(jsonb_typeof({row}.j) = 'string' AND ({row}.j #>> '{{}}') COLLATE \"C\" {sign} {place})")
}

pub fn number(row: &str, sign: &str, place: &str) -> String {
    format!(
        "CASE jsonb_typeof({row}.j) WHEN 'number' THEN \
         CAST({row}.j #>> '{{}}' AS double precision) {sign} CAST({place} AS double precision) END"
    )
}

pub fn boolean(row: &str, value: bool) -> String {
    format!("{row}.j = '{value}'::jsonb")
}

pub fn instant(row: &str, sign: &str, place: &str) -> String {
    format!("CASE jsonb_typeof({row}.j) WHEN 'string' THEN hypo_instant({row}.j #>> '{{}}') {sign} {place} END")
}
