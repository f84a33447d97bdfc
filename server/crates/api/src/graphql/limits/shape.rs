//! What the shape of an operation may cost. Fragments are counted as often as they are spread, with a memo, so that a
//! small text cannot become a large tree.

use std::collections::HashMap;

use async_graphql::{
    Name, Positioned, Request,
    parser::types::{ExecutableDocument, Field, OperationType, Selection, SelectionSet},
    registry::{MetaType, Registry},
};
use hypo_app::Error;
use hypo_shared::ErrorCode;

use super::items::Items;

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

/// Checks every operation of a request's document against the schema's types.
///
/// # Errors
/// `HYP-6007` for a limit, `HYP-6001` for what cannot be parsed.
pub fn check(request: &mut Request, registry: &Registry) -> Result<Shape, Error> {
    let operation_name = request.operation_name.clone();
    let variables = request.variables.clone();
    let document = request.parsed_query().map_err(|error| Error::new(ErrorCode::InvalidInput, error.message))?;
    let mut chosen = None;
    for (name, operation) in document.operations.iter() {
        let items = Items::of(registry, &variables, &operation.node);
        let root = items.root(operation.node.ty);
        let mut walk = Walk { document, items, memo: HashMap::new(), open: Vec::new() };
        let cost = walk.set(&operation.node.selection_set.node, root)?;
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
    items: Items<'a>,
    memo: HashMap<&'a str, Cost>,
    /// Fragments that are being spread, to find cycles.
    open: Vec<&'a str>,
}

impl<'a> Walk<'a> {
    /// A selection of the type `on`, which is not known below the schema's own fields.
    fn set(&mut self, set: &'a SelectionSet, on: Option<&'a MetaType>) -> Result<Cost, Error> {
        let mut cost = Cost::default();
        for Positioned { node: selection, .. } in &set.items {
            cost.join(match selection {
                Selection::Field(field) => self.field(&field.node, on)?,
                Selection::InlineFragment(inline) => {
                    let condition = inline.node.type_condition.as_ref();
                    let on = condition.map_or(on, |condition| self.items.named(condition.node.on.node.as_str()));
                    self.set(&inline.node.selection_set.node, on)?
                }
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
        let on = self.items.named(fragment.node.type_condition.node.on.node.as_str());
        let cost = self.set(&fragment.node.selection_set.node, on)?;
        self.open.pop();
        self.memo.insert(name, cost);
        Ok(cost)
    }

    fn field(&mut self, field: &'a Field, on: Option<&'a MetaType>) -> Result<Cost, Error> {
        directives(field)?;
        let name = field.name.node.as_str();
        let gives = on.and_then(|on| self.items.named(&on.field_by_name(name)?.ty));
        let inside = self.set(&field.selection_set.node, gives)?;
        let times = self.items.asked(on, field);
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
mod tests;
