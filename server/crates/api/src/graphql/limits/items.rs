//! How many items a field gives, as far as that can be said before anything is resolved.

use std::collections::HashMap;

use async_graphql::{
    Value, Variables,
    parser::types::{Field, OperationDefinition, OperationType},
    registry::{MetaType, Registry},
};
use hypo_app::page::DEFAULT;

/// What a list without pages counts as. Such lists hold the parts of one thing (the items of an order, the objects of
/// a service, the pods of a component): a handful as a rule, now and then dozens. With ten, three of them inside each
/// other are affordable and four are not, and the dearest document of the portal (a whole plan) costs 8,979 of 20,000.
pub const PLAIN: u64 = 10;

/// What is known of the types and values of one operation.
pub struct Items<'a> {
    registry: &'a Registry,
    given: &'a Variables,
    defaults: HashMap<&'a str, &'a Value>,
}

impl<'a> Items<'a> {
    pub fn of(registry: &'a Registry, given: &'a Variables, operation: &'a OperationDefinition) -> Self {
        let defaults = operation.variable_definitions.iter().filter_map(|definition| {
            let definition = &definition.node;
            Some((definition.name.node.as_str(), &definition.default_value.as_ref()?.node))
        });
        Self { registry, given, defaults: defaults.collect() }
    }

    /// The type at the root of an operation.
    pub fn root(&self, kind: OperationType) -> Option<&'a MetaType> {
        let name = match kind {
            OperationType::Query => Some(&self.registry.query_type),
            OperationType::Mutation => self.registry.mutation_type.as_ref(),
            OperationType::Subscription => self.registry.subscription_type.as_ref(),
        };
        self.named(name?)
    }

    /// A type by its name or by how a field writes it. Those of introspection are not looked at: what they list is the
    /// schema, which is at hand, and clients' own tools ask for the whole of it at once.
    pub fn named(&self, name: &str) -> Option<&'a MetaType> {
        self.registry.concrete_type_by_name(name).filter(|found| !found.name().starts_with("__"))
    }

    /// Items a field of the type `on` asks for. What the schema does not know counts once: validation refuses it.
    pub fn asked(&self, on: Option<&'a MetaType>, field: &Field) -> u64 {
        if let Some((_, first)) = field.arguments.iter().find(|(name, _)| name.node == "first") {
            return match first.node.clone().into_const_with(|name| self.variable(name.as_str()).ok_or(())) {
                Ok(Value::Number(number)) => number.as_u64().unwrap_or(u64::MAX),
                // Null and what is no number.
                _ => DEFAULT,
            };
        }
        let name = field.name.node.as_str();
        let Some((on, known)) = on.and_then(|on| Some((on, on.field_by_name(name)?))) else { return 1 };
        if known.args.contains_key("first") {
            return DEFAULT;
        }
        let own = matches!(name, "nodes" | "edges") && is_page(on);
        if known.ty.starts_with('[') && !own { PLAIN } else { 1 }
    }

    fn variable(&self, name: &str) -> Option<Value> {
        self.given.get(name).or_else(|| self.defaults.get(name).copied()).cloned()
    }
}

/// The items of a page are counted where the page is asked for.
fn is_page(on: &MetaType) -> bool {
    on.field_by_name("pageInfo").is_some() || on.field_by_name("hasMore").is_some()
}
