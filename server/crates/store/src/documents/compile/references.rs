//! SQLite keeps the ids that a document names (`document_refs`), so that who refers to something is looked up.

use hypo_tmf::query::{Compare, Literal, Operator};

use super::Compiler;

/// Documents that may hold one of the ids at the path, as a table `r` before `documents`; the comparison itself decides.
/// A `CROSS JOIN` keeps that order. `None` where another comparison than that of texts could be meant.
pub fn candidates(sql: &mut Compiler, compare: &Compare) -> Option<String> {
    if sql.postgres || !is_reference(compare) {
        return None;
    }
    let places: Vec<String> = compare.any_of.iter().map(|literal| sql.bind(literal.text().to_owned())).collect();
    let places = places.join(", ");
    Some(format!("(SELECT DISTINCT document FROM document_refs WHERE target IN ({places})) r CROSS JOIN documents"))
}

/// Equality with texts at a path below the document that ends in `id`.
pub fn is_reference(compare: &Compare) -> bool {
    let is_text = |literal: &Literal| {
        literal.instant().is_none() && literal.number_text().is_none() && literal.boolean().is_none()
    };
    matches!(compare.path.members(), [_, .., last] if last == "id")
        && compare.operator == Operator::Eq
        && compare.any_of.iter().all(is_text)
}
