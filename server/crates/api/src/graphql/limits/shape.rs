//! What the shape of an operation may cost. Fragments are counted as often as they are spread, with a memo, so that a
//! small text cannot become a large tree.

use std::collections::HashMap;

use async_graphql::{
    Name, Positioned, Request, Value, Variables,
    parser::types::{ExecutableDocument, Field, OperationType, Selection, SelectionSet},
};
use hypo_app::Error;
use hypo_shared::ErrorCode;

/// Fields inside fields.
pub const DEPTH: u32 = 12;
/// The same below `__schema` and `__type`, which clients' own queries nest deeper.
pub const INTROSPECTION_DEPTH: u32 = 20;
/// Lists of the schema inside each other below `__schema` and `__type`: types lead to fields and fields to types, so
/// that every further round multiplies the answer.
pub const CIRCLES: u32 = 2;
/// Renamed fields, `__typename` too.
pub const ALIASES: u64 = 15;
/// Fields of the operation itself.
pub const ROOT_FIELDS: u64 = 20;
/// Directives of one field.
pub const DIRECTIVES: usize = 5;
/// Fields, times the items of the lists they stand in.
pub const COMPLEXITY: u64 = 20_000;

/// What is known of an operation that passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    pub kind: OperationType,
    /// Fields, times the items of the lists they stand in; at least 1.
    pub cost: u64,
}

/// Checks every operation of a request's document.
///
/// # Errors
/// `HYP-6007` for a limit, `HYP-6001` for what cannot be parsed.
pub fn check(request: &mut Request) -> Result<Shape, Error> {
    let operation_name = request.operation_name.clone();
    let variables = request.variables.clone();
    let document = request.parsed_query().map_err(|error| Error::new(ErrorCode::InvalidInput, error.message))?;
    let mut chosen = None;
    for (name, operation) in document.operations.iter() {
        let mut walk = Walk { document, variables: &variables, memo: HashMap::new(), open: Vec::new() };
        let cost = walk.set(&operation.node.selection_set.node)?;
        cost.judge()?;
        if operation_name.is_none() || name.map(Name::as_str) == operation_name.as_deref() {
            chosen = Some(Shape { kind: operation.node.ty, cost: cost.complexity.max(1) });
        }
    }
    chosen.ok_or_else(|| Error::new(ErrorCode::InvalidInput, "The document has no such operation."))
}

/// What a selection set costs.
#[derive(Clone, Copy, Debug, Default)]
struct Cost {
    depth: u32,
    aliases: u64,
    /// Fields of this level.
    fields: u64,
    complexity: u64,
    /// Lists of the schema inside each other, see [`CIRCLES`].
    circles: u32,
}

impl Cost {
    fn judge(&self) -> Result<(), Error> {
        let over = |what: &str, limit: u64| {
            Err(Error::new(ErrorCode::QueryTooComplex, format!("The query has more than {limit} {what}.")))
        };
        if self.depth > DEPTH {
            return over("levels", DEPTH.into());
        }
        if self.aliases > ALIASES {
            return over("aliases", ALIASES);
        }
        if self.fields > ROOT_FIELDS {
            return over("root fields", ROOT_FIELDS);
        }
        if self.complexity > COMPLEXITY {
            return over("fields, counting list sizes", COMPLEXITY);
        }
        Ok(())
    }

    fn join(&mut self, other: Cost) {
        self.depth = self.depth.max(other.depth);
        self.aliases = self.aliases.saturating_add(other.aliases);
        self.fields = self.fields.saturating_add(other.fields);
        self.complexity = self.complexity.saturating_add(other.complexity);
        self.circles = self.circles.max(other.circles);
    }
}

struct Walk<'a> {
    document: &'a ExecutableDocument,
    variables: &'a Variables,
    memo: HashMap<&'a str, Cost>,
    /// Fragments that are being spread, to find cycles.
    open: Vec<&'a str>,
}

impl<'a> Walk<'a> {
    fn set(&mut self, set: &'a SelectionSet) -> Result<Cost, Error> {
        let mut cost = Cost::default();
        for Positioned { node: selection, .. } in &set.items {
            cost.join(match selection {
                Selection::Field(field) => self.field(&field.node)?,
                Selection::InlineFragment(inline) => self.set(&inline.node.selection_set.node)?,
                Selection::FragmentSpread(spread) => self.fragment(spread.node.fragment_name.node.as_str())?,
            });
        }
        Ok(cost)
    }

    fn fragment(&mut self, name: &'a str) -> Result<Cost, Error> {
        if let Some(cost) = self.memo.get(name) {
            return Ok(*cost);
        }
        if self.open.contains(&name) {
            return Err(Error::new(ErrorCode::InvalidInput, format!("The fragment {name} contains itself.")));
        }
        // An unknown fragment costs nothing here and is refused by validation.
        let Some(fragment) = self.document.fragments.get(name) else { return Ok(Cost::default()) };
        self.open.push(name);
        let cost = self.set(&fragment.node.selection_set.node)?;
        self.open.pop();
        self.memo.insert(name, cost);
        Ok(cost)
    }

    fn field(&mut self, field: &'a Field) -> Result<Cost, Error> {
        directives(field)?;
        let inside = self.set(&field.selection_set.node)?;
        let times = self.items(field);
        let name = field.name.node.as_str();
        let introspection = matches!(name, "__schema" | "__type");
        if introspection && inside.circles > CIRCLES {
            return Err(Error::new(ErrorCode::QueryTooComplex, "The query goes round in the schema."));
        }
        let list = matches!(name, "fields" | "inputFields" | "interfaces" | "possibleTypes");
        let mut depth = inside.depth + 1;
        if introspection && depth <= INTROSPECTION_DEPTH {
            depth = 1;
        }
        Ok(Cost {
            depth,
            aliases: inside.aliases.saturating_add(u64::from(field.alias.is_some())),
            fields: 1,
            complexity: inside.complexity.saturating_mul(times).saturating_add(1),
            circles: inside.circles + u32::from(list),
        })
    }

    /// Items a list field asks for. A page without `first` has 50.
    fn items(&self, field: &Field) -> u64 {
        let Some((_, value)) = field.arguments.iter().find(|(name, _)| name.node == "first") else {
            return if is_page(&field.selection_set.node) { hypo_app::page::DEFAULT } else { 1 };
        };
        let value = value.node.clone().into_const_with(|name| self.variables.get(&name).cloned().ok_or(()));
        match value {
            Ok(Value::Number(number)) => number.as_u64().unwrap_or(u64::MAX),
            _ => hypo_app::page::DEFAULT,
        }
    }
}

/// Whether a selection is of a connection.
fn is_page(set: &SelectionSet) -> bool {
    set.items.iter().any(|selection| match &selection.node {
        Selection::Field(field) => matches!(field.node.name.node.as_str(), "nodes" | "edges"),
        _ => false,
    })
}

fn directives(field: &Field) -> Result<(), Error> {
    let mut names: Vec<&str> = field.directives.iter().map(|directive| directive.node.name.node.as_str()).collect();
    if names.len() > DIRECTIVES {
        return Err(Error::new(ErrorCode::QueryTooComplex, format!("A field has more than {DIRECTIVES} directives.")));
    }
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    if names.len() < count {
        return Err(Error::new(ErrorCode::InvalidInput, "A field has the same directive twice."));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(query: &str) -> Option<ErrorCode> {
        check(&mut Request::new(query)).err().map(|error| error.code)
    }

    #[test]
    fn ordinary_queries_pass() {
        let shape = check(&mut Request::new("mutation { a(x: \"}\") { b } }")).unwrap();
        assert_eq!(shape, Shape { kind: OperationType::Mutation, cost: 2 });
        assert_eq!(code("{ packages(first: 50) { nodes { id name } totalCount } }"), None);
    }

    #[test]
    fn aliases_root_fields_and_depth() {
        let aliases: String = (0..101).map(|n| format!("a{n}: __typename ")).collect();
        assert_eq!(code(&format!("{{ {aliases} }}")), Some(ErrorCode::QueryTooComplex));
        let fields: String = (0..21).map(|n| format!("f{n} ")).collect();
        assert_eq!(code(&format!("{{ {fields} }}")), Some(ErrorCode::QueryTooComplex));
        let nested = |n: usize| format!("{}a{}", "{ a ".repeat(n), " }".repeat(n));
        assert_eq!(code(&nested(5)), None);
        assert_eq!(code(&nested(14)), Some(ErrorCode::QueryTooComplex));
    }

    #[test]
    fn lists_multiply() {
        assert_eq!(code("{ a(first: 99999999) { b } }"), Some(ErrorCode::QueryTooComplex));
        assert_eq!(code("{ a(first: 200) { b(first: 200) { c } } }"), Some(ErrorCode::QueryTooComplex));
        assert_eq!(check(&mut Request::new("{ a { nodes { id } } }")).unwrap().cost, 101);
        let mut request = Request::new("query($n: Int) { a(first: $n) { b } }")
            .variables(Variables::from_json(serde_json::json!({"n": 100_000})));
        assert_eq!(check(&mut request).unwrap_err().code, ErrorCode::QueryTooComplex);
    }

    #[test]
    fn fragments_are_counted_as_often_as_they_are_spread() {
        let mut bomb = String::from("{ ...f0 }");
        for n in 0..60 {
            bomb.push_str(&format!(" fragment f{n} on Query {{ a {{ ...f{m} }} b {{ ...f{m} }} }}", m = n + 1));
        }
        bomb.push_str(" fragment f60 on Query { x }");
        assert_eq!(code(&bomb), Some(ErrorCode::QueryTooComplex));
        assert_eq!(
            code("{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }"),
            Some(ErrorCode::InvalidInput)
        );
    }

    #[test]
    fn directives_and_circles() {
        assert_eq!(code("{ a @skip(if: true) @skip(if: true) }"), Some(ErrorCode::InvalidInput));
        assert_eq!(code("{ a @b @c @d @e @f @g }"), Some(ErrorCode::QueryTooComplex));
        let round = |n: usize| {
            format!("{{ __schema {{ types {}name{} }} }}", "{ fields { type ".repeat(n) + "{ ", " }".repeat(2 * n + 1))
        };
        assert_eq!(code(&round(2)), None);
        assert_eq!(code(&round(4)), Some(ErrorCode::QueryTooComplex));
        assert_eq!(code("{ a { fields { fields { fields { b } } } } }"), None, "a field of ours may be called so");
    }
}
